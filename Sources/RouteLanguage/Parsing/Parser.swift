/// Text to tree. Never throws: the tree holds what could be read, the diagnostics say the rest.
///
/// Recursive descent over the lexer's tokens. After a mistake the parser is silent (`isPanicking`) until it has skipped
/// to the end of the line or the brace that encloses it, so that one mistake gives one message. Every loop either takes
/// a token or ends.
package struct Parser {
    /// How deep blocks and expressions may nest.
    package static let depthLimit = 200

    /// `index` is the file's position in `SourceSet.files`.
    package static func parse(
        _ file: SourceSet.File, index: Int
    ) -> (tree: FileSyntax, diagnostics: [Diagnostic]) {
        let source = Lexer.lex(file.text, file: index)
        var parser = Parser(source, file: index)
        let tree = parser.parseFile()
        return (tree, parser.allDiagnostics(with: source.diagnostics))
    }

    let file: Int
    let bytes: [UInt8]
    let tokens: [Token]
    let comments: [CommentSyntax]
    let lines: LineMap
    var position = 0
    var depth = 0
    var isPanicking = false
    /// A brace was never closed: every open block ends where the next declaration begins, without a further message.
    var isAbandoning = false
    /// Blocks whose closing brace is indented unlike the line that opened them: where a brace is probably too many or
    /// missing. Kept per declaration.
    var suspects: [SuspectBlock] = []
    /// Braces that are open at the current token, the innermost last.
    var openBraces: [Token] = []
    private var diagnostics: [Diagnostic] = []

    init(_ source: Lexer.Result, file: Int) {
        self.file = file
        bytes = source.bytes
        tokens = source.tokens
        comments = source.comments
        lines = LineMap(bytes: source.bytes)
    }

    /// The parser's and the lexer's, in file order. What the parser says about a line that the lexer could not read is
    /// a consequence and left out.
    private func allDiagnostics(with lexical: [Diagnostic]) -> [Diagnostic] {
        let unreadable = Set(lexical.map { lines.line(at: $0.span.start) })
        let own = diagnostics.filter { !unreadable.contains(lines.line(at: $0.span.start)) }
        return (lexical + own).inFileOrder
    }
}

// MARK: - Tokens

extension Parser {
    var current: Token { token(0) }

    func token(_ offset: Int) -> Token { tokens[min(position + offset, tokens.count - 1)] }

    /// The first token from `offset` on that is no line break.
    func tokenBeyondNewlines(from offset: Int = 0) -> Token {
        let next = token(offset)
        return next.kind == .newline ? token(offset + 1) : next
    }

    func at(_ kind: Token.Kind) -> Bool { current.kind == kind }

    var isAtLineEnd: Bool { at(.newline) || at(.endOfFile) }

    func word(_ token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

    func isWord(_ token: Token, _ wanted: String) -> Bool {
        token.kind == .name && token.end - token.start == wanted.utf8.count
            && bytes[token.start..<token.end].elementsEqual(wanted.utf8)
    }

    func at(_ wanted: String) -> Bool { isWord(current, wanted) }

    func span(_ token: Token) -> Span { Span(file: file, start: token.start, end: token.end) }

    /// From `start` to the end of the last token taken.
    func span(from start: Token) -> Span {
        Span(file: file, start: start.start, end: position > 0 ? tokens[position - 1].end : start.end)
    }

    func name(_ token: Token) -> NameSyntax { NameSyntax(text: word(token), span: span(token)) }

    @discardableResult
    mutating func advance() -> Token {
        let taken = current
        if position < tokens.count - 1 { position += 1 }
        return taken
    }

    mutating func take(_ kind: Token.Kind) -> Token? { at(kind) ? advance() : nil }

    mutating func take(_ wanted: String) -> Token? { at(wanted) ? advance() : nil }

    mutating func skipNewlines() { while at(.newline) { advance() } }

    /// As it is named in a message.
    func describe(_ token: Token) -> String {
        switch token.kind {
        case .newline: "the end of the line"
        case .endOfFile: "the end of the file"
        case .textStart, .textPiece, .textEnd: "a text"
        case .valueEnd: "`}`"
        default: "`\(word(token).prefix(40))`"
        }
    }
}

// MARK: - Mistakes

extension Parser {
    /// Adds a diagnostic; what follows on the line is not read.
    mutating func fail(_ diagnostic: Diagnostic) {
        if !isPanicking { diagnostics.append(diagnostic) }
        isPanicking = true
    }

    /// Adds a diagnostic about something that was read all the same.
    mutating func note(_ diagnostic: Diagnostic) {
        if !isPanicking { diagnostics.append(diagnostic) }
    }

    /// `expected X, found Y` at the current token.
    mutating func failExpecting(_ expected: String, notes: [String] = [], edits: [Diagnostic.Edit] = []) {
        let place = isAtLineEnd ? span(tokens[max(position - 1, 0)]).after : span(current)
        fail(
            Diagnostic(
                .unexpectedWord, "expected \(expected), found \(describe(current))", at: place, notes: notes,
                edits: edits))
    }

    mutating func expect(_ kind: Token.Kind, _ expected: String) -> Token? {
        if let taken = take(kind) { return taken }
        failExpecting(expected)
        return nil
    }

    mutating func expectName(_ expected: String) -> NameSyntax? { expect(.name, expected).map(name) }

    /// Runs `body` and drops what it reports: its line has its message already.
    mutating func silently<Result>(_ body: (inout Parser) -> Result) -> Result {
        let count = diagnostics.count
        let result = body(&self)
        diagnostics.removeLast(diagnostics.count - count)
        return result
    }

    /// One level deeper; false, with a diagnostic, where that is too deep.
    mutating func enter() -> Bool {
        guard depth < Self.depthLimit else {
            failTooDeep(at: span(current))
            return false
        }
        depth += 1
        return true
    }

    mutating func leave() { depth -= 1 }

    mutating func failTooDeep(at place: Span) {
        fail(
            Diagnostic(
                .nestedTooDeep, "this is nested more than \(Self.depthLimit) levels deep", at: place,
                notes: ["name a part of it with `let`"]))
        isAbandoning = true
    }
}
