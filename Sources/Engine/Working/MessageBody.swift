package import Message
import RouteLanguage
package import Store

/// What the queue keeps of a message: its id, when it was received, where it starts, and all live names as values.
/// The id stands first, so that the store can tell whose body it is.
package struct MessageBody: Sendable, Hashable {
    package var messageID: String
    package var received: Instant
    /// Where its steps begin in the route's `body`: 0, or a child's first instruction.
    package var start: Int
    package var slots: [Value]
    /// Only for a child of `split` or `fanout`.
    package var lineage: Lineage?
    /// Why it failed above the durability line: it goes to `on error` at once.
    package var intakeError: String?
    /// Worked again from the durability line (`dead retry --latest`), or part of such a message: what it delivered before
    /// is delivered again, and not marked or billed a second time.
    package var isRepeat = false
    /// Its row could not be read whole: values are missing that the row has, so it can never be delivered.
    package var isIncomplete = false
    /// Put aside above the durability line: no step has seen it, it was not filtered and its key was not looked at.
    package var isRaw = false
    /// A job whose body was not read as its queue's record: the only slot holds the bytes as they came.
    package var isUnread = false

    /// Whose child a message is.
    package struct Lineage: Sendable, Hashable {
        package let parent: EntryID
        package let parentMessage: String
        /// Indices of the items around it: `0`, `3.1`.
        package let itemPath: String
        /// The parent has ended `dead` meanwhile, and this child was retried by hand: its end moves the parent's word.
        package var isOrphan: Bool
        /// What its queue orders the whole message by; 0: nothing. An orphan is worked under it.
        package let orderingKey: UInt64

        package init(
            parent: EntryID, parentMessage: String, itemPath: String, isOrphan: Bool = false, orderingKey: UInt64 = 0
        ) {
            self.parent = parent
            self.parentMessage = parentMessage
            self.itemPath = itemPath
            self.isOrphan = isOrphan
            self.orderingKey = orderingKey
        }
    }

    package init(
        messageID: String, received: Instant, start: Int, slots: [Value], lineage: Lineage? = nil,
        intakeError: String? = nil
    ) {
        self.messageID = messageID
        self.received = received
        self.start = start
        self.slots = slots
        self.lineage = lineage
        self.intakeError = intakeError
    }

    private enum SlotMark {
        static let missing: UInt8 = 0
        static let value: UInt8 = 1
        /// The same value as slot 0 holds: the row under its `as` name.
        static let current: UInt8 = 2
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let lineage = Flags(rawValue: 1)
        static let orphan = Flags(rawValue: 2)
        static let intakeError = Flags(rawValue: 4)
        static let isRepeat = Flags(rawValue: 16)
        static let incomplete = Flags(rawValue: 8)
        static let raw = Flags(rawValue: 32)
        static let unread = Flags(rawValue: 64)
    }

    /// - Parameter sameAsCurrent: a slot that is known to hold what slot 0 holds; it is not written twice.
    package func encoded(shapes: ShapeTable, sameAsCurrent: Int? = nil) -> [UInt8] {
        var writer = ByteWriter(reserving: 512)
        writer.write(messageID)
        writer.write(received.microseconds)
        writer.writeVariable(UInt64(start))
        var flags: Flags = []
        if let lineage { flags.insert(lineage.isOrphan ? [.lineage, .orphan] : .lineage) }
        if intakeError != nil { flags.insert(.intakeError) }
        if isRepeat { flags.insert(.isRepeat) }
        if isIncomplete { flags.insert(.incomplete) }
        if isRaw { flags.insert(.raw) }
        if isUnread { flags.insert(.unread) }
        writer.write(flags.rawValue)
        if let lineage {
            writer.write(lineage.parent.rawValue)
            writer.write(lineage.parentMessage)
            writer.write(lineage.itemPath)
            writer.write(lineage.orderingKey)
        }
        if let intakeError { writer.write(intakeError) }
        writer.writeVariable(UInt64(slots.count))
        for (index, slot) in slots.enumerated() {
            if case .missing = slot {
                writer.write(SlotMark.missing)
            } else if index != 0, index == sameAsCurrent {
                writer.write(SlotMark.current)
            } else {
                writer.write(SlotMark.value)
                writer.write(slot, shapes: shapes)
            }
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8], shapes: ShapeTable) throws(ByteDecodingError) {
        var reader = ByteReader(bytes)
        messageID = try reader.readText()
        received = Instant(microseconds: try reader.read())
        start = Int(clamping: try reader.readVariable())
        let flags = Flags(rawValue: try reader.read())
        isIncomplete = flags.contains(.incomplete)
        isRaw = flags.contains(.raw)
        isUnread = flags.contains(.unread)
        if flags.contains(.lineage) {
            lineage = Lineage(
                parent: EntryID(rawValue: try reader.read()), parentMessage: try reader.readText(),
                itemPath: try reader.readText(), isOrphan: flags.contains(.orphan), orderingKey: try reader.read())
        }
        isRepeat = flags.contains(.isRepeat)
        if flags.contains(.intakeError) { intakeError = try reader.readText() }
        let count = try reader.readVariable()
        guard count <= 4096 else { throw ByteDecodingError(offset: reader.offset, expected: "at most 4,096 slots") }
        slots = []
        slots.reserveCapacity(Int(count))
        for _ in 0..<count {
            switch try reader.read(UInt8.self) {
            case SlotMark.missing: slots.append(.missing)
            case SlotMark.value: slots.append(try reader.readValue(shapes: shapes))
            case SlotMark.current where !slots.isEmpty: slots.append(slots[0])
            default: throw ByteDecodingError(offset: reader.offset, expected: "a slot")
            }
        }
    }
}
