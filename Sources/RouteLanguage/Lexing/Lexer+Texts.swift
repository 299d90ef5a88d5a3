extension Lexer {
    /// From inside a text to the next quote, value or line end.
    mutating func lexTextPiece() {
        let start = position
        var end = start
        scan: while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "{"):
                guard let length = quantifierLength(at: end) else { break scan }
                end += length
            case UInt8(ascii: "\""), UInt8(ascii: "\n"): break scan
            case UInt8(ascii: "\\") where end + 1 < bytes.count && bytes[end + 1] != UInt8(ascii: "\n"):
                end += hasUnicodeEscape(at: end) ? 3 : 2
            default: end += 1
            }
        }
        end = min(end, bytes.count)
        if end > start { append(.textPiece, from: start, length: end - start) }
        guard position < bytes.count else { return }
        switch byte() {
        case UInt8(ascii: "\""):
            openTexts.removeLast()
            isInText = false
            take(.textEnd, 1)
        case UInt8(ascii: "{"):
            openValues.append(0)
            isInText = false
            take(.valueStart, 1)
        default: endBrokenText()
        }
    }

    /// The length of `{3}`, `{2,}`, `{2,5}` there: they stand for themselves, so that a pattern of `matches` is written as
    /// everywhere; nobody interpolates a number that is written in its place.
    private func quantifierLength(at index: Int) -> Int? {
        var end = index + 1
        while end < bytes.count, bytes[end].isDigit { end += 1 }
        guard end > index + 1, end < bytes.count else { return nil }
        if bytes[end] == UInt8(ascii: ",") {
            end += 1
            while end < bytes.count, bytes[end].isDigit { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return nil }
        return end + 1 - index
    }

    /// `\u{`: its brace opens no value.
    private func hasUnicodeEscape(at index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index + 1] == UInt8(ascii: "u") && bytes[index + 2] == UInt8(ascii: "{")
    }

    /// The line ends inside a text: closes every text and value that is open, with one message.
    mutating func endBrokenText() {
        guard let outermost = openTexts.first else { return }
        let opening = isInText ? openTexts[openTexts.count - 1] : outermost
        var end = position
        while end > opening + 1, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        report(
            .unterminatedText, "this text does not end on its line", from: opening, to: end,
            notes: ["a text ends with `\"`; a line break in it is written `\\n`, a `{` is written `\\{`"],
            edits: [
                .replace(
                    Span(file: file, start: end, end: end), with: "\"", explanation: "at its end", shown: "\"")
            ])
        while openTexts.popLast() != nil {
            if !isInText, openValues.popLast() != nil { take(.valueEnd, 0) }
            take(.textEnd, 0)
            isInText = false
        }
        openValues = []
        isInText = false
    }
}
