import Message

/// The patterns of `format` and of `date(.s, "yyyy-MM-dd")`: `yyyy MM dd HH mm ss SSS`, anything in single quotes, and
/// every other character but letters as it stands.
struct DatePattern {
    enum Part: Hashable {
        /// A letter and how often it stands there.
        case field(UInt8, Int)
        case literal(UInt8)
    }

    let parts: [Part]

    /// - Throws: the letter or word that is no part of a pattern.
    init(_ text: String) throws(EvaluationError) {
        var parts: [Part] = []
        let bytes = Array(text.utf8)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "'") {
                guard let end = bytes[(place + 1)...].firstIndex(of: byte) else {
                    throw EvaluationError("a pattern has an open quote")
                }
                parts += bytes[(place + 1)..<end].map(Part.literal)
                place = end + 1
            } else if Self.isLetter(byte) {
                let end = bytes[place...].firstIndex { $0 != byte } ?? bytes.count
                guard Self.known[byte]?.contains(end - place) == true else {
                    let word = String(decoding: bytes[place..<end], as: UTF8.self)
                    throw EvaluationError("`\(word)` is no part of a date pattern")
                }
                parts.append(.field(byte, end - place))
                place = end
            } else {
                parts.append(.literal(byte))
                place += 1
            }
        }
        self.parts = parts
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static let known: [UInt8: Set<Int>] = [
        UInt8(ascii: "y"): [4], UInt8(ascii: "M"): [1, 2], UInt8(ascii: "d"): [1, 2], UInt8(ascii: "H"): [1, 2],
        UInt8(ascii: "m"): [1, 2], UInt8(ascii: "s"): [1, 2], UInt8(ascii: "S"): [3, 6],
    ]

    func render(_ value: LocalDateTime) throws(EvaluationError) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .literal(let byte): bytes.append(byte)
            case .field(let letter, let width):
                let digits = Array(String(Self.number(letter, width, value)).utf8)
                bytes += [UInt8](repeating: UInt8(ascii: "0"), count: Swift.max(0, width - digits.count)) + digits
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ letter: UInt8, _ width: Int, _ value: LocalDateTime) -> Int64 {
        let seconds = value.timeOfDay.microseconds / 1_000_000
        return switch letter {
        case UInt8(ascii: "y"): Int64(value.date.year)
        case UInt8(ascii: "M"): Int64(value.date.month)
        case UInt8(ascii: "d"): Int64(value.date.day)
        case UInt8(ascii: "H"): seconds / 3600
        case UInt8(ascii: "m"): seconds / 60 % 60
        case UInt8(ascii: "s"): seconds % 60
        default: value.timeOfDay.microseconds % 1_000_000 / (width == 3 ? 1000 : 1)
        }
    }

    /// `nil` where the text is not written so, or names a day or time that does not exist.
    func parse(_ text: String) -> LocalDateTime? {
        let bytes = Array(text.utf8)
        var found: [UInt8: Int] = [:]
        var place = 0
        for part in parts {
            switch part {
            case .literal(let byte):
                guard place < bytes.count, bytes[place] == byte else { return nil }
                place += 1
            case .field(let letter, let width):
                let longest = width == 1 ? 2 : width
                let digits = bytes[place...].prefix(longest).prefix { (48...57).contains($0) }
                guard digits.count >= width else { return nil }
                let number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
                found[letter] = letter == UInt8(ascii: "S") && width == 3 ? number * 1000 : number
                place += digits.count
            }
        }
        guard place == bytes.count else { return nil }
        guard
            let date = LocalDate(
                year: found[UInt8(ascii: "y")] ?? 1970, month: found[UInt8(ascii: "M")] ?? 1,
                day: found[UInt8(ascii: "d")] ?? 1),
            let time = LocalTime(
                hour: found[UInt8(ascii: "H")] ?? 0, minute: found[UInt8(ascii: "m")] ?? 0,
                second: found[UInt8(ascii: "s")] ?? 0, microsecond: found[UInt8(ascii: "S")] ?? 0)
        else { return nil }
        return LocalDateTime(date: date, timeOfDay: time)
    }
}
