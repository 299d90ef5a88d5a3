/// Commands as a person types them: words between spaces on one line, quoted where they hold spaces or other bytes.
extension RequestParser {
    mutating func readInline(_ input: UnsafeMutablePointer<UInt8>, count: Int, words: inout Words) -> Outcome {
        switch line(input, count: count, at: 0) {
        case .incomplete: return .incomplete(needs: count + 1)
        case .tooLong: return .failure(.tooBigInline)
        case .whole(let end, let next):
            if let failure = split(input, end: end, into: &words) { return .failure(failure) }
            guard let first = words.first else { return .nothing(consumed: next) }
            let name = UnsafeRawBufferPointer(start: input + first.start, count: first.length)
            return RequestParser.isForeign(name) ? .foreign : .command(consumed: next)
        }
    }

    private func split(
        _ input: UnsafeMutablePointer<UInt8>, end: Int, into words: inout Words
    ) -> ProtocolFailure? {
        var index = 0
        while true {
            while index < end, RequestParser.isSpace(input[index]) { index += 1 }
            guard index < end else { return nil }
            guard words.count < limits.words else { return .tooBigInline }
            let start = index
            while index < end, !RequestParser.isSpace(input[index]), !RequestParser.isQuote(input[index]) { index += 1 }
            var length = index - start
            if index < end, RequestParser.isQuote(input[index]) {
                var quoted = QuotedWord(input: input, end: end, index: index, written: index)
                guard quoted.read() else { return .unbalancedQuotes }
                index = quoted.index
                length = quoted.written - start
            }
            words.append((start: start, length: length))
        }
    }

    /// Space, tab, vertical tab, form feed, and CR within a line.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    /// `POST` or `Host:`, which no command of ours is called and every such HTTP request has.
    private static func isForeign(_ name: UnsafeRawBufferPointer) -> Bool {
        (name.count == 4 && begins(name, with: "post")) || (name.count >= 5 && begins(name, with: "host:"))
    }

    private static func begins(_ name: UnsafeRawBufferPointer, with lowercase: StaticString) -> Bool {
        for index in 0..<lowercase.utf8CodeUnitCount where name[index] | 0x20 != lowercase.utf8Start[index] | 0x20 {
            return false
        }
        return true
    }
}

/// Reads a word from its first quote on and writes what it means to where it stands, which is never longer.
private struct QuotedWord {
    let input: UnsafeMutablePointer<UInt8>
    /// Of the line.
    let end: Int
    var index: Int
    var written: Int

    /// To the end of the word; false: a quote is not closed, or something follows the closing one.
    mutating func read() -> Bool {
        while index < end, !RequestParser.isSpace(input[index]) {
            let byte = take()
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard readQuoted(by: byte) else { return false }
                return index == end || RequestParser.isSpace(input[index])
            default: put(byte)
            }
        }
        return true
    }

    /// To the closing quote.
    private mutating func readQuoted(by quote: UInt8) -> Bool {
        while index < end {
            let byte = take()
            if byte == quote { return true }
            guard byte == UInt8(ascii: "\\"), index < end else {
                put(byte)
                continue
            }
            if quote == UInt8(ascii: "\"") { readEscape() } else { readSingleQuoteEscape() }
        }
        return false
    }

    /// What follows a backslash between double quotes.
    private mutating func readEscape() {
        let byte = take()
        switch byte {
        case UInt8(ascii: "n"): put(10)
        case UInt8(ascii: "r"): put(13)
        case UInt8(ascii: "t"): put(9)
        case UInt8(ascii: "b"): put(8)
        case UInt8(ascii: "a"): put(7)
        case UInt8(ascii: "x"):
            guard end - index >= 2, let high = digit(input[index]), let low = digit(input[index + 1]) else {
                put(byte)
                return
            }
            index += 2
            put(high << 4 | low)
        default: put(byte)
        }
    }

    /// Between single quotes a backslash stands for itself, unless a single quote follows it.
    private mutating func readSingleQuoteEscape() {
        put(input[index] == UInt8(ascii: "'") ? take() : UInt8(ascii: "\\"))
    }

    private func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private mutating func take() -> UInt8 {
        defer { index += 1 }
        return input[index]
    }

    private mutating func put(_ byte: UInt8) {
        input[written] = byte
        written += 1
    }
}
