import Message

/// An entry's head as it lies in memory and on disk: 48 bytes, little-endian, no padding.
struct HeadRecord {
    var due: Int64
    /// `Int64.max`: never.
    var expires: Int64
    var orderingKey: UInt64
    var plan: UInt32
    var route: UInt32
    var take: UInt32
    /// Where the body lies among the bodies of its chunk: its length as four bytes, then itself.
    var bodyStart: UInt32
    var queue: UInt16
    var slot: UInt16
    var attempt: UInt16
    var crashMarks: UInt8
    /// State in the low bits.
    private var flags: UInt8

    private static let gone: UInt8 = 0x80
    private static let progressed: UInt8 = 0x40
    private static let stateBits: UInt8 = 0x07

    var isGone: Bool { flags & Self.gone != 0 }
    mutating func markGone() { flags |= Self.gone }

    var hasProgress: Bool {
        get { flags & Self.progressed != 0 }
        set { flags = newValue ? flags | Self.progressed : flags & ~Self.progressed }
    }

    /// nil: the stored bytes name no state.
    var state: EntryHead.State? { EntryHead.State(rawValue: flags & Self.stateBits) }
}

extension HeadRecord {
    init(_ head: EntryHead, slot: UInt16, bodyStart: UInt32) {
        due = head.due.microseconds
        expires = head.expires?.microseconds ?? Int64.max
        orderingKey = head.orderingKey
        plan = head.plan.rawValue
        route = head.route.rawValue
        take = head.take
        self.bodyStart = bodyStart
        queue = head.queue.rawValue
        self.slot = slot
        attempt = head.attempt
        crashMarks = head.crashMarks
        flags = head.state.rawValue
    }

    /// Takes over what can change in an entry's life.
    mutating func update(from head: EntryHead) {
        flags = flags & ~Self.stateBits | head.state.rawValue
        due = head.due.microseconds
        take = head.take
        attempt = head.attempt
        crashMarks = head.crashMarks
    }

    func head(id: EntryID) -> EntryHead {
        EntryHead(
            id: id, queue: QueueID(rawValue: queue), plan: PlanID(rawValue: plan), route: RouteID(rawValue: route),
            state: state ?? .waiting, due: Instant(microseconds: due),
            expires: expires == Int64.max ? nil : Instant(microseconds: expires), orderingKey: orderingKey, take: take,
            attempt: attempt, crashMarks: crashMarks)
    }

    /// Heads of a stored chunk; nil where the bytes are not heads in order of their slots.
    static func records(from bytes: UnsafeRawBufferPointer) -> [HeadRecord]? {
        let size = MemoryLayout<HeadRecord>.stride
        guard bytes.count.isMultiple(of: size) else { return nil }
        let records = [HeadRecord](unsafeUninitializedCapacity: bytes.count / size) { target, count in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            count = bytes.count / size
        }
        var next = 0
        for record in records {
            guard record.state != nil, Int(record.slot) >= next else { return nil }
            next = Int(record.slot) + 1
        }
        return records
    }
}

extension EntryID {
    init(chunk: UInt64, slot: UInt16) { self.init(rawValue: chunk << 16 | UInt64(slot)) }
    var chunk: UInt64 { rawValue >> 16 }
    var slot: UInt16 { UInt16(truncatingIfNeeded: rawValue) }
}
