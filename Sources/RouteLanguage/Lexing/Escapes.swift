/// The escapes of a text: `\n \t \r \" \\ \{ \} \u{1F600}`.
enum Escapes {
    /// The text of a piece with its escapes resolved, and the byte ranges of those that mean nothing.
    static func resolve(_ piece: ArraySlice<UInt8>) -> (text: String, faults: [Range<Int>]) {
        guard piece.contains(UInt8(ascii: "\\")) else { return (String(decoding: piece, as: UTF8.self), []) }
        var resolved: [UInt8] = []
        resolved.reserveCapacity(piece.count)
        var faults: [Range<Int>] = []
        var index = piece.startIndex
        while index < piece.endIndex {
            guard piece[index] == UInt8(ascii: "\\") else {
                resolved.append(piece[index])
                index += 1
                continue
            }
            let (bytes, length) = escape(piece[index...])
            if let bytes { resolved += bytes } else { faults.append(index..<(index + length)) }
            index += length
        }
        return (String(decoding: resolved, as: UTF8.self), faults)
    }

    /// What the escape at the start of `rest` stands for (nil: nothing), and its length, at least 1.
    private static func escape(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8]?, length: Int) {
        guard let second = rest.dropFirst().first else { return (nil, 1) }
        switch second {
        case UInt8(ascii: "n"): return ([10], 2)
        case UInt8(ascii: "t"): return ([9], 2)
        case UInt8(ascii: "r"): return ([13], 2)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): return ([second], 2)
        case UInt8(ascii: "u"): return unicode(rest)
        case 0x80...:
            // A whole character, so that the carets point at something that can be read.
            let continuation = rest.dropFirst(2).prefix { $0 & 0xC0 == 0x80 }
            return (nil, 2 + continuation.count)
        default: return (nil, 2)
        }
    }

    private static func unicode(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8]?, length: Int) {
        let digits = rest.dropFirst(3).prefix { $0.isNamePart }
        let length = 3 + digits.count
        guard rest.dropFirst(2).first == UInt8(ascii: "{") else { return (nil, 2) }
        guard rest.dropFirst(length).first == UInt8(ascii: "}") else { return (nil, min(length, rest.count)) }
        guard digits.count <= 6, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { return (nil, length + 1) }
        return (Array(String(Character(scalar)).utf8), length + 1)
    }
}
