import Message

/// A job's head as it lies in memory and in the file: 32 bytes, little-endian, no padding.
struct JobRecord: BitwiseCopyable {
    /// Where `state` is `forward`: the job's number now.
    var due: Int64
    /// `Int64.max`: never.
    var expires: Int64
    /// Where the job's block (`JobBlock`) lies among the bodies of its chunk.
    var bodyStart: UInt32
    /// Length of the block.
    var bodyBytes: UInt32
    var nacks: UInt16
    var additionalDeliveries: UInt16
    var deliveries: UInt16
    /// `JobState`, or one of the two below.
    var state: UInt8
    var flags: UInt8

    static let size = MemoryLayout<JobRecord>.stride
    /// The job was moved to another queue.
    static let forward: UInt8 = 4
    /// There was no job, or it ended.
    static let gone: UInt8 = 5

    private static let wasQueued: UInt8 = 1
    private static let atMostOnce: UInt8 = 2
    private static let limited: UInt8 = 4
    private static let came: UInt8 = 8

    static let nothing = JobRecord(
        due: 0, expires: 0, bodyStart: 0, bodyBytes: 0, nacks: 0, additionalDeliveries: 0, deliveries: 0, state: gone,
        flags: 0)

    @inline(__always) var isLive: Bool { state < Self.forward }

    /// Whether it was moved here: its first number lies beside the records.
    var cameFromElsewhere: Bool {
        get { flags & Self.came != 0 }
        set { flags = newValue ? flags | Self.came : flags & ~Self.came }
    }

    /// When something must be done about it; `Int64.max`: never.
    @inline(__always) var time: Int64 {
        if state == JobState.delayed.rawValue || state == JobState.leased.rawValue { return min(due, expires) }
        return isLive ? expires : .max
    }
}

extension JobRecord {
    init(_ head: JobHead, bodyStart: UInt32, bodyBytes: UInt32) {
        self = .nothing
        self.bodyStart = bodyStart
        self.bodyBytes = bodyBytes
        update(from: head)
    }

    init(forwardTo number: JobNumber) {
        self = .nothing
        due = Int64(bitPattern: number.rawValue)
        state = Self.forward
    }

    mutating func update(from head: JobHead) {
        due = head.due.microseconds
        expires = head.expires.microseconds
        nacks = head.nacks
        additionalDeliveries = head.additionalDeliveries
        deliveries = head.deliveries
        state = head.state.rawValue
        flags =
            flags & Self.came | (head.wasQueued ? Self.wasQueued : 0) | (head.isAtMostOnce ? Self.atMostOnce : 0)
            | (head.isLimited ? Self.limited : 0)
    }

    /// nil: no job.
    var head: JobHead? {
        guard let state = JobState(rawValue: state) else { return nil }
        return JobHead(
            state: state, due: Instant(microseconds: due), expires: Instant(microseconds: expires), nacks: nacks,
            additionalDeliveries: additionalDeliveries, deliveries: deliveries,
            wasQueued: flags & Self.wasQueued != 0, isAtMostOnce: flags & Self.atMostOnce != 0,
            isLimited: flags & Self.limited != 0)
    }

    var target: JobNumber? { state == Self.forward ? JobNumber(rawValue: UInt64(bitPattern: due)) : nil }
}

extension JobNumber {
    static let slotBits: UInt64 = 9
    /// Most jobs of a chunk.
    static let slots = 1 << 9

    @inline(__always) init(chunk: UInt64, slot: Int) {
        self.init(rawValue: chunk << Self.slotBits | UInt64(truncatingIfNeeded: slot))
    }
    @inline(__always) var chunk: UInt64 { rawValue >> Self.slotBits }
    @inline(__always) var slot: Int { Int(truncatingIfNeeded: rawValue & UInt64(Self.slots - 1)) }
}
