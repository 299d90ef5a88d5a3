import Message

/// What a turn says about jobs, one behind the other: a row of `job_log`. Each says how a slot, a chunk or a queue is now,
/// so that reading one twice changes nothing. Little-endian.
struct JobFacts {
    enum Kind: UInt8 {
        case added = 1
        /// As `added`, with the job's first number.
        case arrived = 2
        case changed = 3
        /// The slot holds nothing any more.
        case vacated = 4
        case forwarded = 5
        /// Queued and delayed jobs of a chunk are gone.
        case purged = 6
        /// A chunk is gone.
        case dropped = 7
        case queueMade = 8
        case queueCounted = 9
        case queueDropped = 10
        case everythingRemoved = 11
        /// Blocks that a chunk grew by.
        case blocks = 12
        /// A chunk's blocks lie in the file up to here.
        case stored = 13
        /// How late the turn was.
        case moment = 14
    }

    private(set) var buffer = PackedBuffer(capacity: 64 * 1024)
    /// Where the rows of a turn that is too long for one begin.
    private(set) var rowEnds: [Int] = []
    private static let rowBytes = 64 * 1024 * 1024
    private static let keptBytes = 4 * 1024 * 1024

    var count: Int { buffer.count }
    var isEmpty: Bool { buffer.count == 0 }

    mutating func removeAll() {
        rowEnds.removeAll()
        if buffer.count > Self.keptBytes { buffer = PackedBuffer(capacity: 64 * 1024) } else { buffer.removeAll() }
    }

    /// The rows to write, in order.
    func forEachRow(_ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) {
        var start = 0
        for end in rowEnds + [buffer.count] where end > start {
            try body(buffer.slice(start..<end))
            start = end
        }
    }

    @inline(__always)
    private mutating func begin(_ kind: Kind) {
        if buffer.count - (rowEnds.last ?? 0) > Self.rowBytes { rowEnds.append(buffer.count) }
        buffer.append(kind.rawValue)
    }

    @inline(__always)
    private func append(_ record: JobRecord) {
        buffer.append(record.due)
        buffer.append(record.expires)
        buffer.append(
            UInt64(record.nacks) | UInt64(record.additionalDeliveries) << 16
                | UInt64(record.deliveries) << 32 | UInt64(record.state) << 48 | UInt64(record.flags) << 56)
    }

    // MARK: Jobs

    /// Its block comes in a fact of its own, at the end of the turn.
    @inline(__always)
    mutating func added(_ number: JobNumber, queue: UInt32, _ record: JobRecord, created: UInt64, origin: UInt64?) {
        begin(origin == nil ? .added : .arrived)
        buffer.append(number.rawValue)
        buffer.append(queue)
        append(record)
        buffer.append(record.bodyStart)
        buffer.append(record.bodyBytes)
        buffer.append(created)
        if let origin { buffer.append(origin) }
    }

    mutating func blocks(chunk: UInt64, start: Int, _ blocks: UnsafeRawBufferPointer) {
        begin(.blocks)
        buffer.append(chunk)
        buffer.append(UInt32(truncatingIfNeeded: start))
        buffer.append(UInt32(truncatingIfNeeded: blocks.count))
        buffer.append(raw: blocks)
    }

    mutating func stored(chunk: UInt64, end: Int, segment: Int) {
        begin(.stored)
        buffer.append(chunk)
        buffer.append(UInt32(truncatingIfNeeded: end))
        buffer.append(UInt16(truncatingIfNeeded: segment))
    }

    @inline(__always)
    mutating func changed(_ number: JobNumber, _ record: JobRecord) {
        begin(.changed)
        buffer.append(number.rawValue)
        append(record)
    }

    @inline(__always)
    mutating func vacated(_ number: JobNumber) {
        begin(.vacated)
        buffer.append(number.rawValue)
    }

    mutating func forwarded(_ number: JobNumber, to target: JobNumber) {
        begin(.forwarded)
        buffer.append(number.rawValue)
        buffer.append(target.rawValue)
    }

    mutating func purged(chunk: UInt64) {
        begin(.purged)
        buffer.append(chunk)
    }

    mutating func dropped(chunk: UInt64) {
        begin(.dropped)
        buffer.append(chunk)
    }

    // MARK: Queues

    mutating func made(_ queue: JobQueue) {
        begin(.queueMade)
        buffer.append(queue.id)
        buffer.append(queue.made.microseconds)
        buffer.append(block: queue.name)
    }

    mutating func counted(_ queue: JobQueue) {
        begin(.queueCounted)
        buffer.append(queue.id)
        JobQueueForm.append(queue, to: buffer)
    }

    mutating func dropped(_ queue: JobQueue) {
        begin(.queueDropped)
        buffer.append(queue.id)
    }

    mutating func everythingRemoved() { begin(.everythingRemoved) }

    mutating func moment(_ microseconds: Int64) {
        begin(.moment)
        buffer.append(microseconds)
    }
}

/// A queue's pause and totals as stored.
enum JobQueueForm {
    static func append(_ queue: JobQueue, to buffer: PackedBuffer) {
        buffer.append(queue.pause.rawValue)
        let totals = queue.totals
        buffer.append(variable: totals.jobsIn)
        buffer.append(variable: totals.jobsOut)
        for ending in totals.ended.indices { buffer.append(variable: totals.ended[ending]) }
        buffer.append(variable: totals.deadLettered)
    }

    static func read(_ reader: inout FactReader) -> (PauseState, JobQueueTotals)? {
        guard let pause: UInt8 = reader.read() else { return nil }
        var totals = JobQueueTotals()
        guard let jobsIn = reader.readVariable(), let jobsOut = reader.readVariable() else { return nil }
        totals.jobsIn = jobsIn
        totals.jobsOut = jobsOut
        for ending in totals.ended.indices {
            guard let count = reader.readVariable() else { return nil }
            totals.ended[ending] = count
        }
        guard let dead = reader.readVariable() else { return nil }
        totals.deadLettered = dead
        return (PauseState(rawValue: pause), totals)
    }
}

/// Reads stored facts by pointer; every read is checked against the end.
struct FactReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset >= bytes.count }

    @inline(__always)
    mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T? {
        guard bytes.count - offset >= MemoryLayout<T>.size else { return nil }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    mutating func readVariable() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func read(bytes count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, bytes.count - offset >= count else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    mutating func readBlock() -> UnsafeRawBufferPointer? {
        guard let count = readVariable(), count <= UInt64(bytes.count) else { return nil }
        return read(bytes: Int(count))
    }

    /// A record without its place among the bodies; nil: no state there is, or the end.
    @inline(__always)
    mutating func readRecord() -> JobRecord? {
        guard let due: Int64 = read(), let expires: Int64 = read(), let rest: UInt64 = read() else { return nil }
        var record = JobRecord.nothing
        record.due = due
        record.expires = expires
        record.nacks = UInt16(truncatingIfNeeded: rest)
        record.additionalDeliveries = UInt16(truncatingIfNeeded: rest >> 16)
        record.deliveries = UInt16(truncatingIfNeeded: rest >> 32)
        record.state = UInt8(truncatingIfNeeded: rest >> 48)
        record.flags = UInt8(truncatingIfNeeded: rest >> 56)
        return record.isLive ? record : nil
    }
}
