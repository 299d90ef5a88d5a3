/// Up to 512 jobs of one queue: what is known of them without reading anything, and, while there is room in memory, their
/// heads and bodies. Belongs to `JobStorage`.
final class JobChunk {
    let number: UInt64
    let queue: JobQueue

    /// Numbers that were given out.
    var slots = 0
    /// Jobs by state.
    var counts = InlineArray<4, Int>(repeating: 0)
    var live = 0
    /// Slots that say where their job is now.
    var forwards = 0
    /// Jobs that came from another queue.
    var arrivals = 0
    /// No job's `JobRecord.time` is before this.
    var earliest = Int64.max

    // MARK: Heads

    /// `slots` records; nil: they lie in the file only.
    private(set) var records: UnsafeMutablePointer<JobRecord>?
    private(set) var recordCapacity = 0
    /// A bit for each queued job, while the records are here.
    private var readyBits = InlineArray<8, UInt64>(repeating: 0)
    /// First numbers of the jobs that came from another queue, by slot, while the records are here.
    var origins: [Int: UInt64] = [:]

    // MARK: Bodies

    /// Blocks from `bodyBase` to `bodyEnd`.
    private(set) var bodies: UnsafeMutableRawPointer?
    private(set) var bodyCapacity = 0
    private(set) var bodyBase = 0
    /// Memory that was outgrown while somebody looked at it.
    private var retired: [(UnsafeMutableRawPointer, Int)] = []
    var bodyEnd = 0
    /// Bytes of blocks whose jobs live.
    var liveBodyBytes = 0
    /// Bytes of blocks in the file; 0 with `segments` means that those are to be replaced.
    var storedBodyEnd = 0
    /// Rows of blocks in the file.
    var segments = 0
    /// Where the blocks of this turn begin; nil: it has none.
    var grownFrom: Int?
    /// While loading: the log's facts do not follow from what is in the file. Its rows were deleted since, so that it must
    /// turn out to have ended.
    var lacksBlocks = false

    // MARK: Where it stands

    unowned(unsafe) var previous: JobChunk?
    unowned(unsafe) var next: JobChunk?
    var isReady = false
    var timerPlace = -1
    var isDead = false
    /// Numbers given out in this turn whose jobs are still to be added.
    var pending = 0
    /// The commit under way writes it, or deletes it.
    var isPlanned = false
    /// Closures that look at its memory.
    var pins = 0

    /// Whether the file has an image of it.
    var isStored = false
    /// Whether the file has any row of it.
    var hasRows: Bool { isStored || segments > 0 }
    /// The log's row that its image includes.
    var asOf: Int64 = 0
    /// Whether the log knows more of it than the file.
    var isDirty = false
    var dirtySince: Int64 = 0
    unowned(unsafe) var dirtyPrevious: JobChunk?
    unowned(unsafe) var dirtyNext: JobChunk?

    // MARK: Residency

    var headPlace = -1
    var bodyPlace = -1
    var wasUsed = false

    init(number: UInt64, queue: JobQueue) {
        self.number = number
        self.queue = queue
    }

    deinit {
        records?.deallocate()
        bodies?.deallocate()
        for (memory, _) in retired { memory.deallocate() }
    }

    /// Nothing of it is needed any more, once no job can be added.
    var isEmpty: Bool { live == 0 && forwards == 0 && pending == 0 }
    var isOpen: Bool { queue.open === self }
}

// MARK: - Heads

extension JobChunk {
    static let fullHeads = JobNumber.slots * JobRecord.size

    var headMemory: Int { recordCapacity * JobRecord.size }

    /// Makes room for `count` records, those that are new empty.
    func reserveRecords(_ count: Int, from pool: inout MemoryPool, full: Bool) {
        guard count > recordCapacity else { return }
        let capacity = full ? JobNumber.slots : min(JobNumber.slots, max(16, recordCapacity * 4, count))
        let memory = pool.take(capacity * JobRecord.size).bindMemory(to: JobRecord.self, capacity: capacity)
        let kept = recordCapacity
        if let records { memory.update(from: records, count: kept) }
        (memory + kept).initialize(repeating: .nothing, count: capacity - kept)
        releaseRecords(to: &pool)
        records = memory
        recordCapacity = capacity
    }

    func releaseRecords(to pool: inout MemoryPool) {
        if let records { pool.give(UnsafeMutableRawPointer(records), bytes: headMemory) }
        records = nil
        recordCapacity = 0
    }

    @inline(__always) func setReady(_ slot: Int) { readyBits[slot >> 6] |= 1 << UInt64(slot & 63) }
    @inline(__always) func clearReady(_ slot: Int) { readyBits[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
    func clearAllReady() { readyBits = InlineArray(repeating: 0) }

    /// The first queued slot at or after `slot`.
    @inline(__always)
    func firstReady(from slot: Int = 0) -> Int? {
        guard slot < JobNumber.slots else { return nil }
        var word = slot >> 6
        var bits = readyBits[word] & (UInt64.max << UInt64(slot & 63))
        while bits == 0 {
            word += 1
            guard word < 8 else { return nil }
            bits = readyBits[word]
        }
        return word << 6 + bits.trailingZeroBitCount
    }

    /// The last queued slot before `slot`.
    func lastReady(before slot: Int) -> Int? {
        var place = min(slot, JobNumber.slots) - 1
        while place >= 0 {
            let bits = readyBits[place >> 6] & (UInt64.max >> UInt64(63 - place & 63))
            if bits != 0 { return (place & ~63) + 63 - bits.leadingZeroBitCount }
            place = (place & ~63) - 1
        }
        return nil
    }
}

// MARK: - Bodies

extension JobChunk {
    /// Room for one more block, at the end.
    @inline(__always)
    func appendBlock(_ bytes: Int, from pool: inout MemoryPool, full: Int) -> UnsafeMutableRawPointer {
        let used = bodyEnd - bodyBase
        if used + bytes > bodyCapacity { growBodies(used + bytes, from: &pool, full: full) }
        defer { bodyEnd += bytes }
        // growBodies has made it.
        return (bodies ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)) + used
    }

    private func growBodies(_ bytes: Int, from pool: inout MemoryPool, full: Int) {
        let used = bodyEnd - bodyBase
        let capacity = max(full, bytes <= 4096 ? max(1024, bytes * 2) : bytes * 3)
        let rounded = pool.rounded(max(bytes, min(capacity, max(bytes, pool.bodyBytes))))
        let memory = pool.take(rounded)
        if let bodies { memory.copyMemory(from: bodies, byteCount: used) }
        let base = bodyBase
        releaseBodies(to: &pool)
        bodyBase = base
        bodies = memory
        bodyCapacity = rounded
    }

    func releaseBodies(to pool: inout MemoryPool) {
        if let bodies {
            if pins > 0 { retired.append((bodies, bodyCapacity)) } else { pool.give(bodies, bytes: bodyCapacity) }
        }
        bodies = nil
        bodyCapacity = 0
        bodyBase = bodyEnd
    }

    func releaseRetired(to pool: inout MemoryPool) {
        guard !retired.isEmpty else { return }
        for (memory, bytes) in retired { pool.give(memory, bytes: bytes) }
        retired = []
    }

    /// Nothing of the blocks that it knows of is in memory.
    func markNoBodies() { bodyBase = bodyEnd }

    /// Takes over blocks from the first one on.
    func replaceBodies(with memory: UnsafeMutableRawPointer, capacity: Int, end: Int, pool: inout MemoryPool) {
        releaseBodies(to: &pool)
        bodies = memory
        bodyCapacity = capacity
        bodyBase = 0
        bodyEnd = end
    }

    /// Blocks from `start` on, where they are in memory.
    @inline(__always)
    func blocks(_ start: Int, _ bytes: Int) -> UnsafeRawBufferPointer? {
        guard let bodies, start >= bodyBase, start + bytes <= bodyEnd else { return nil }
        return UnsafeRawBufferPointer(start: bodies + (start - bodyBase), count: bytes)
    }
}
