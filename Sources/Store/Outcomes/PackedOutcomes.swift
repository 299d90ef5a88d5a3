import Message

/// An ending in a row of many.
enum PackedEnding {
    private static let reopenedBit: UInt8 = 0x80

    static func append(_ ending: Ending, reopened: Bool, to buffer: PackedBuffer) {
        buffer.append(ending.word.rawValue | (reopened ? reopenedBit : 0))
        buffer.append(ending.route.rawValue)
        buffer.append(ending.at.microseconds)
        buffer.append(text: ending.message)
    }

    static func read(_ reader: inout ByteReader) throws(ByteDecodingError) -> (ending: Ending, reopened: Bool) {
        let tag = try reader.read(UInt8.self)
        guard let word = FinalWord(rawValue: tag & ~reopenedBit) else {
            throw ByteDecodingError(offset: reader.offset, expected: "a final word")
        }
        let route = RouteID(rawValue: try reader.read())
        let at = Instant(microseconds: try reader.read())
        let ending = Ending(route: route, message: try reader.readText(), word: word, at: at)
        return (ending, tag & reopenedBit != 0)
    }
}

/// A delivery mark in a row of many.
enum PackedMark {
    static func append(_ mark: DeliveryMark, to buffer: PackedBuffer) {
        buffer.append(mark.route.rawValue)
        buffer.append(mark.at.microseconds)
        buffer.append(text: mark.message)
        buffer.append(text: mark.step)
        buffer.append(text: mark.itemPath)
        buffer.append(mark.billedTo != nil)
        if let customer = mark.billedTo { buffer.append(text: customer) }
    }

    static func read(_ reader: inout ByteReader) throws(ByteDecodingError) -> DeliveryMark {
        let route = RouteID(rawValue: try reader.read())
        let at = Instant(microseconds: try reader.read())
        let message = try reader.readText()
        let step = try reader.readText()
        let itemPath = try reader.readText()
        let isBilled = try reader.read(UInt8.self) != 0
        let customer = isBilled ? try reader.readText() : nil
        return DeliveryMark(
            route: route, message: message, step: step, itemPath: itemPath, at: at, billedTo: customer)
    }
}
