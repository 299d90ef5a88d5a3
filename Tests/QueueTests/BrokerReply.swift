import Queue

/// A reply as a client reads it.
indirect enum Reply: Hashable, CustomStringConvertible {
    case status(String)
    case error(String)
    case integer(Int64)
    case bulk(String)
    case null
    case nullArray
    case array([Reply])

    var description: String {
        switch self {
        case .status(let text): "+\(text)"
        case .error(let text): "-\(text)"
        case .integer(let value): ":\(value)"
        case .bulk(let text): "\"\(text)\""
        case .null: "null"
        case .nullArray: "no array"
        case .array(let elements): "\(elements)"
        }
    }

    var elements: [Reply] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The text of a status or a bulk.
    var text: String {
        switch self {
        case .status(let text), .bulk(let text), .error(let text): text
        case .integer(let value): String(value)
        case .null, .nullArray, .array: ""
        }
    }

    /// The first word of an error.
    var token: String {
        guard case .error(let text) = self else { return "" }
        return String(text.prefix { $0 != " " })
    }

    /// The value behind a name in a flat array.
    subscript(name: String) -> Reply? {
        let elements = elements
        for index in stride(from: 0, to: elements.count - 1, by: 2) where elements[index] == .bulk(name) {
            return elements[index + 1]
        }
        return nil
    }
}

extension Reply: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .bulk(value) }
    init(arrayLiteral elements: Reply...) { self = .array(elements) }
}

/// Reads all replies in some bytes. Bytes that are no text are read as Latin-1, one character each.
struct ReplyReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func all() -> [Reply] {
        var replies: [Reply] = []
        while position < bytes.count { replies.append(next()) }
        return replies
    }

    private mutating func next() -> Reply {
        let kind = bytes[position]
        position += 1
        let line = line()
        switch kind {
        case UInt8(ascii: "+"): return .status(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"): return .integer(Int64(line) ?? .min)
        case UInt8(ascii: "$"):
            guard let count = Int(line), count >= 0 else { return .null }
            defer { position += count + 2 }
            return .bulk(text(position..<position + count))
        case UInt8(ascii: "*"):
            guard let count = Int(line), count >= 0 else { return .nullArray }
            return .array((0..<count).map { _ in next() })
        default: return .null
        }
    }

    private mutating func line() -> String {
        let start = position
        while bytes[position] != 13 { position += 1 }
        defer { position += 2 }
        return text(start..<position)
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(bytes[range].map { Unicode.Scalar($0) }))
    }
}
