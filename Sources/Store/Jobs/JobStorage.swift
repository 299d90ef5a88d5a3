import Message

/// The jobs of all queues over the tables of the store. See DESIGN.md, "Jobs".
///
/// What a turn changes is applied in memory and noted as facts, one blob a turn (`job_log`). Chunks and queues whose facts
/// are about to leave the log are written as images; those that ended before never are.
package final class JobStorage {
    let rows: JobRows
    let settings: JobSettings
    var random: any RandomNumberGenerator

    // MARK: All there is

    var node: JobNode
    var queues: [UInt32: JobQueue] = [:]
    var names: [[UInt8]: JobQueue] = [:]
    var chunks: [UInt64: JobChunk] = [:]
    /// Chunks found last, by the low bits of their numbers: neighbours come together.
    private var found = [JobChunk?](repeating: nil, count: 64)
    private var foundQueue: JobQueue?
    var foundName: JobQueue?
    /// While loading: queues that chunks name and that are not there (any more).
    var strangers: [UInt32: JobQueue] = [:]
    var jobs = 0
    var timers = JobTimers()
    /// Numbers of chunks in order, those of chunks that ended among them.
    var order: [UInt64] = []
    /// Numbers of queues alike.
    var queueOrder: [UInt32] = []

    // MARK: This turn

    /// The log's row that the next commit writes.
    var turn: Int64 = 1
    var facts = JobFacts()
    var touched: [JobQueue] = []
    /// Chunks that got blocks.
    var grown: [JobChunk] = []
    var nodeChanged = false
    /// How late it is, or was when something was committed last, in microseconds. In every row of the log, so that those
    /// that are left know it.
    var moment: Int64 = 0
    /// The rows of queues go with the next commit: everything was removed.
    var forgetsQueues = false
    /// The log is being read: what looks empty may be filled again.
    var isLoading = true
    /// Why this turn cannot be committed.
    var refusal: StoreError?
    /// Chunks that numbers were given out in.
    var reserving: [JobChunk] = []

    // MARK: The log

    /// Rows of the log with their bytes, oldest first.
    var log = Queue<LoggedRow>()
    var logBytes = 0
    /// So many of the oldest rows are needed by no chunk.
    var freeRows = 0
    var freeBytes = 0
    /// Chunks that the log knows more of than their images, oldest first.
    unowned(unsafe) var firstDirty: JobChunk?
    unowned(unsafe) var lastDirty: JobChunk?
    /// Queues alike; some are clean again.
    var dirtyQueues = Queue<JobQueue>()
    /// Chunks that ended and still have rows.
    var doomed = Queue<JobChunk>()
    /// Dropped queues whose rows go with the next commit.
    var droppedQueues: [JobQueue] = []
    var plan = JobPlan()
    /// The log is being shortened.
    var isTrimming = false

    // MARK: Memory

    var pool: MemoryPool
    var headResidents: [JobChunk] = []
    var bodyResidents: [JobChunk] = []
    var headBytes = 0
    var bodyBytes = 0
    var headHand = 0
    var bodyHand = 0
    /// Nothing can leave memory before this turn.
    var headsStuck: Int64 = 0
    var bodiesStuck: Int64 = 0
    /// Chunks read from the file: heads, and bodies.
    var headReads = 0
    var bodyReads = 0
    /// Images written.
    var images = 0

    init(
        _ database: Database, _ settings: JobSettings, random: any RandomNumberGenerator
    ) throws(StoreError) {
        rows = JobRows(database)
        self.settings = settings
        self.random = random
        pool = MemoryPool(bodyBytes: max(1024, settings.chunkBytes + settings.chunkBytes / 8))
        if let stored = try rows.node() {
            node = stored
        } else {
            var source = AnyRandom(random)
            node = JobNode(identity: JobIdentity(using: &source))
            self.random = source.source
            nodeChanged = true
        }
        try load()
    }

    deinit {
        // Queues and chunks name each other.
        for chunk in chunks.values { chunk.queue.ready.removeAll() }
        for queue in queues.values { queue.ready.removeAll() }
        for queue in touched { queue.ready.removeAll() }
        pool.removeAll()
    }

    func refuse(_ message: String) {
        refusal = refusal ?? .failed(operation: "record a job", message: message)
    }

    func refuse(_ error: StoreError) { refusal = refusal ?? error }

    // MARK: Look-ups

    @inline(__always)
    func chunk(_ number: UInt64) -> JobChunk? {
        let place = Int(truncatingIfNeeded: number & 63)
        if let chunk = found[place], chunk.number == number { return chunk.isDead ? nil : chunk }
        return search(number, place)
    }

    @inline(never)
    private func search(_ number: UInt64, _ place: Int) -> JobChunk? {
        guard let chunk = chunks[number] else { return nil }
        found[place] = chunk
        return chunk
    }

    func forgetFound(_ chunk: JobChunk) {
        let place = Int(truncatingIfNeeded: chunk.number & 63)
        if found[place] === chunk { found[place] = nil }
    }

    @inline(__always)
    func queueObject(_ id: UInt32) -> JobQueue? {
        if let foundQueue, foundQueue.id == id, !foundQueue.isGone { return foundQueue }
        let queue = queues[id]
        foundQueue = queue
        return queue
    }

    /// The chunk of a slot that was given out, its heads in memory.
    @inline(__always)
    func place(_ number: JobNumber) -> JobChunk? {
        guard let chunk = chunk(number.chunk), number.slot < chunk.slots, records(of: chunk) != nil else { return nil }
        return chunk
    }

    // MARK: What is dirty

    @inline(__always)
    func markDirty(_ chunk: JobChunk) {
        if !chunk.isDirty { becomeDirty(chunk) }
    }

    private func becomeDirty(_ chunk: JobChunk) {
        chunk.isDirty = true
        chunk.dirtySince = turn
        chunk.dirtyPrevious = lastDirty
        chunk.dirtyNext = nil
        if let lastDirty { lastDirty.dirtyNext = chunk } else { firstDirty = chunk }
        lastDirty = chunk
    }

    func markClean(_ chunk: JobChunk) {
        guard chunk.isDirty else { return }
        chunk.isDirty = false
        if let previous = chunk.dirtyPrevious {
            previous.dirtyNext = chunk.dirtyNext
        } else {
            firstDirty = chunk.dirtyNext
        }
        if let next = chunk.dirtyNext {
            next.dirtyPrevious = chunk.dirtyPrevious
        } else {
            lastDirty = chunk.dirtyPrevious
        }
        chunk.dirtyPrevious = nil
        chunk.dirtyNext = nil
    }

    @inline(__always)
    func touch(_ queue: JobQueue) {
        guard !queue.isTouched, !queue.isGone else { return }
        queue.isTouched = true
        touched.append(queue)
    }

    func markDirty(_ queue: JobQueue) {
        guard !queue.isDirty else { return }
        queue.isDirty = true
        queue.dirtySince = turn
        dirtyQueues.append(queue)
    }
}

/// A generator behind an existential, as the generic ones of the library want it.
private struct AnyRandom: RandomNumberGenerator {
    var source: any RandomNumberGenerator
    init(_ source: any RandomNumberGenerator) { self.source = source }
    mutating func next() -> UInt64 { source.next() }
}

struct LoggedRow {
    let id: Int64
    let bytes: Int
}

/// First in, first out, in one array whose front is given up now and then.
struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { start == elements.count }
    var first: Element? { start < elements.count ? elements[start] : nil }
    subscript(_ position: Int) -> Element { elements[start + position] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst(_ count: Int = 1) {
        start += count
        if start == elements.count {
            elements.removeAll(keepingCapacity: start < 4096)
            start = 0
        } else if start > 1024, start * 2 > elements.count {
            elements.removeFirst(start)
            start = 0
        }
    }

    mutating func removeAll() {
        elements = []
        start = 0
    }
}

extension JobStorage {
    func renewNode() {
        var source = AnyRandom(random)
        node.identity.nodeID = JobIdentity.newNodeID(using: &source)
        random = source.source
        nodeChanged = true
    }
}

extension JobStorage {
    /// The latest moment that is known, in microseconds.
    var lastMoment: Int64 { max(moment, Int64(clamping: node.lastCreated / 1000)) }
}
