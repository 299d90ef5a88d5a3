import Message

/// A queue of jobs in memory: its counts and its chunks in order. Belongs to `JobStorage`.
final class JobQueue {
    let id: UInt32
    private(set) var name: [UInt8]
    private(set) var made: Instant

    var pause: PauseState = []
    /// Jobs by state.
    var counts = InlineArray<4, Int>(repeating: 0)
    var totals = JobQueueTotals()

    // Chunks, oldest first. They are kept by `JobStorage.chunks`.
    unowned(unsafe) var first: JobChunk?
    unowned(unsafe) var last: JobChunk?
    /// The one that new jobs go to.
    unowned(unsafe) var open: JobChunk?
    /// Chunks with queued jobs, the oldest at the top; some that have none any more.
    var ready = ReadyChunks()
    /// Whether its last chunk was filled to the end: the next one gets all its memory at once.
    var isBusy = false
    /// Bytes of bodies that its next chunk may be expected to need.
    var usualBytes = 0

    /// It was dropped; chunks that forward to other queues may still name it.
    var isGone = false
    /// Whether its totals change in this turn.
    var isTouched = false
    /// Whether the log knows more of it than its row.
    var isDirty = false
    var dirtySince: Int64 = 0
    /// The log's row that its own row includes; 0: it has none.
    var asOf: Int64 = 0

    init(id: UInt32, name: [UInt8], made: Instant) {
        self.id = id
        self.name = name
        self.made = made
    }

    /// A queue that only its chunks named turns out to be there.
    func appear(as name: [UInt8], made: Instant) {
        self.name = name
        self.made = made
        isGone = false
    }

    var jobs: Int { counts[0] + counts[1] + counts[2] + counts[3] }

    func append(_ chunk: JobChunk) {
        chunk.previous = last
        chunk.next = nil
        if let last { last.next = chunk } else { first = chunk }
        last = chunk
    }

    func unlink(_ chunk: JobChunk) {
        if let previous = chunk.previous { previous.next = chunk.next } else { first = chunk.next }
        if let next = chunk.next { next.previous = chunk.previous } else { last = chunk.previous }
        chunk.previous = nil
        chunk.next = nil
        if open === chunk { open = nil }
    }
}

/// What a queue counts for as long as it exists.
struct JobQueueTotals {
    var jobsIn: UInt64 = 0
    var jobsOut: UInt64 = 0
    /// By `JobEnding`.
    var ended = InlineArray<5, UInt64>(repeating: 0)
    var deadLettered: UInt64 = 0

    mutating func count(_ event: JobEvent) {
        switch event {
        case .fetched: jobsOut &+= 1
        case .queued: jobsIn &+= 1
        case .changed: break
        }
    }
}

/// Chunks that have queued jobs, the oldest first. Those that were emptied leave when they come to the top.
struct ReadyChunks {
    private struct Place: Comparable {
        let chunk: JobChunk
        static func < (left: Self, right: Self) -> Bool { left.chunk.number < right.chunk.number }
        static func == (left: Self, right: Self) -> Bool { left.chunk === right.chunk }
    }

    private var heap = Heap<Place>()

    mutating func removeAll() {
        for place in heap.unordered { place.chunk.isReady = false }
        heap.removeAll()
    }

    mutating func push(_ chunk: JobChunk) {
        chunk.isReady = true
        heap.insert(Place(chunk: chunk))
    }

    /// The oldest chunk that has a queued job.
    @inline(__always)
    mutating func first() -> JobChunk? {
        while let top = heap.min?.chunk {
            if top.counts[0] > 0, !top.isDead { return top }
            top.isReady = false
            _ = heap.popMin()
        }
        return nil
    }
}
