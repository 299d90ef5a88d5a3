/// A block whose closing brace does not stand where its opening line says it should.
struct SuspectBlock {
    let open: Token
    let close: Token
    /// What the block belongs to, as messages call it: `` `choose` ``, ``route `orders` ``.
    let owner: String
    /// First step in it that is indented no deeper than the line of its opening brace.
    let firstOutdented: Token?
}

extension Parser {
    static let declarationWords = [
        "use", "env", "secret", "connect", "queue", "policy", "record", "template", "route", "tariff", "test",
    ]

    /// A declaration begins here: its word stands first on its line, without indentation. Where blocks are not closed
    /// this is where reading goes on.
    var isAtDeclarationStart: Bool {
        let first = current
        guard first.kind == .name, first.isFirstOnLine, first.start == 0 || bytes[first.start - 1] == 10 else {
            return false
        }
        let next = token(1).kind
        guard next == .name || next == .textStart else { return false }
        return Self.declarationWords.contains { isWord(first, $0) }
    }

    /// Where an open block must end without its brace.
    var isAtBlockBreak: Bool { at(.endOfFile) || isAtDeclarationStart }

    func indentation(_ token: Token) -> Int { lines.indentation(ofLine: lines.line(at: token.start)) }

    func placeText(_ token: Token) -> String {
        let place = lines.place(at: token.start)
        return "\(place.line):\(place.column)"
    }

    /// Skips to the end of the line or to the brace that closes the enclosing block, over whole blocks in between; the
    /// parser speaks again.
    mutating func recoverToLineEnd() {
        var open = 0
        while !isAtBlockBreak {
            switch current.kind {
            case .leftBrace: open += 1
            case .rightBrace:
                if open == 0 { return stopPanicking() }
                open -= 1
            case .newline where open == 0: return stopPanicking()
            default: break
            }
            advance()
        }
        stopPanicking()
    }

    /// To the next line that stands at the left margin and is no brace: what is indented belonged to the declaration
    /// that could not be read.
    mutating func recoverToDeclaration() {
        recoverToLineEnd()
        while !isAtBlockBreak {
            let next = current
            if next.isFirstOnLine, next.kind == .name, indentation(next) == 0 { break }
            advance()
        }
    }

    /// As `recoverToLineEnd`, and stops before a comma, too: for fields and settings.
    mutating func recoverToSeparator() {
        var open = 0
        while !isAtBlockBreak {
            switch current.kind {
            case .leftBrace, .leftBracket, .leftParen: open += 1
            case .rightBrace:
                if open == 0 { return stopPanicking() }
                open -= 1
            case .rightBracket, .rightParen: open = max(0, open - 1)
            case .newline, .comma:
                if open == 0 { return stopPanicking() }
            default: break
            }
            advance()
        }
        stopPanicking()
    }

    private mutating func stopPanicking() { isPanicking = false }

    /// Reports an opening brace without its end. The one whose contents are indented wrongly is named, since that is
    /// where the brace is missing.
    mutating func failNeverClosed(_ open: Token, owner: String) {
        guard !isAbandoning else { return }
        isAbandoning = true
        isPanicking = false
        let suspect = suspects.last { $0.open.start > open.start && $0.firstOutdented != nil }
        let culprit = suspect?.open ?? open
        var origins: [Diagnostic.Origin] = []
        var edits: [Diagnostic.Edit] = []
        if let suspect, let outdented = suspect.firstOutdented {
            origins = [
                .init("its `}` would stand before line \(lines.line(at: outdented.start)), which is indented less")
            ]
            edits = [closingBrace(before: outdented)]
        } else {
            edits = [closingBraces(upTo: open)]
        }
        note(
            Diagnostic(
                .neverClosed, "this `{` of \(suspect?.owner ?? owner) is never closed", at: span(culprit),
                origins: origins, edits: edits))
    }

    /// Lines with the braces of every block that is open, from the innermost to that of `open`, behind the last token.
    private func closingBraces(upTo open: Token) -> Diagnostic.Edit {
        let end = tokens[max(position - 1, 0)].kind == .newline ? tokens[max(position - 2, 0)].end : span(current).start
        let commentEnd = comments.last { $0.span.end <= current.start }?.span.end ?? 0
        let place = max(end, commentEnd)
        let text = openBraces.reversed().map { "\n" + String(repeating: " ", count: indentation($0)) + "}" }.joined()
        return .replace(Span(file: file, start: place, end: place), with: text, shown: "}")
    }

    /// A line with `}` before the line of `token`.
    func closingBrace(before token: Token) -> Diagnostic.Edit {
        let line = lines.line(at: token.start)
        let start = lines.range(ofLine: line).lowerBound
        return .replace(
            Span(file: file, start: start, end: start),
            with: String(repeating: " ", count: indentation(token)) + "}\n",
            explanation: "insert before line \(line)", shown: "}")
    }

    /// The whole line of a brace where it stands alone, else the brace.
    func removal(of brace: Token) -> Diagnostic.Edit {
        let line = lines.line(at: brace.start)
        let range = lines.range(ofLine: line)
        let isAlone = lines.text(range).trimmedOfSpace == "}"
        let end = line < lines.lineCount ? lines.range(ofLine: line + 1).lowerBound : range.upperBound
        let removed = isAlone ? range.lowerBound..<end : brace.start..<brace.end
        return .replace(
            Span(file: file, start: removed.lowerBound, end: removed.upperBound), with: "",
            explanation: "remove it", shown: "line \(line) without `}`")
    }

    /// Steps follow although the block of `owner` is closed.
    mutating func failClosedTooEarly(open: Token, close: Token, owner: String, nextIs what: String) {
        let suspect = suspects.first { $0.open.start > open.start && $0.firstOutdented == nil }
        let (culpritOpen, culpritClose) = (suspect?.open ?? open, suspect?.close ?? close)
        let line = lines.line(at: tokenBeyondNewlines().start)
        note(
            Diagnostic(
                .closedTooEarly, "this `}` closes \(suspect?.owner ?? owner)", at: span(culpritClose),
                origins: [.init("opened at \(placeText(culpritOpen)), but line \(line) is indented as \(what)")],
                edits: [removal(of: culpritClose)]))
    }
}
