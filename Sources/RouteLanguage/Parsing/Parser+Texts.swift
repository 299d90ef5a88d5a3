extension Parser {
    /// A text with its values; the current token is its opening quote.
    mutating func parseText() -> TextSyntax {
        let start = advance()
        var parts: [TextSyntax.Part] = []
        while true {
            switch current.kind {
            case .textPiece: parts.append(parsePiece(advance()))
            case .valueStart: parts.append(.value(parseInterpolation()))
            case .textEnd:
                advance()
                return TextSyntax(parts: parts, span: span(from: start))
            default:
                return TextSyntax(parts: parts, span: span(from: start))
            }
        }
    }

    private mutating func parsePiece(_ piece: Token) -> TextSyntax.Part {
        let (text, faults) = Escapes.resolve(bytes[piece.start..<piece.end])
        for fault in faults {
            let place = Span(file: file, start: fault.lowerBound, end: fault.upperBound)
            note(
                Diagnostic(
                    .invalidEscape, "`\(lines.text(fault))` stands for nothing in a text", at: place,
                    origins: [.init(#"escapes: \n \t \r \" \\ \{ \} \u{1F600}"#)],
                    edits: [.replace(place, with: "\\" + lines.text(fault), explanation: "a backslash itself")]))
        }
        return .literal(text, span(piece))
    }

    /// `{expr}`; whatever is wrong in it, reading goes on behind its brace.
    private mutating func parseInterpolation() -> ExpressionSyntax {
        let open = advance()
        if at(.valueEnd) {
            note(
                Diagnostic(
                    .unexpectedWord, "nothing stands in these braces", at: span(open).through(span(current)),
                    edits: [.replace(span(open), with: "\\{", explanation: "a brace itself", shown: "\\{")]))
            advance()
            return unreadable()
        }
        let value = parseExpression()
        if !isPanicking, !at(.valueEnd) { failExpecting("`}` after the value") }
        skipToValueEnd()
        return value
    }

    private mutating func skipToValueEnd() {
        var open = 0
        while !isAtLineEnd {
            switch current.kind {
            case .valueStart: open += 1
            case .valueEnd:
                advance()
                if open == 0 { return }
                open -= 1
                continue
            default: break
            }
            advance()
        }
    }
}
