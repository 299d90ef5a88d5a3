/// Bytes to tokens. Never fails: what belongs to nothing becomes an `.invalid` token and a diagnostic.
///
/// A text with values inside becomes several tokens; the nesting (`"a{f("b")}"`) is a stack of brace counts, not
/// recursion. A text ends at its line's end at the latest, so one lost quote spoils one line.
struct Lexer {
    struct Result: Sendable {
        let bytes: [UInt8]
        /// Ends with `.endOfFile`.
        let tokens: [Token]
        let comments: [CommentSyntax]
        let diagnostics: [Diagnostic]
    }

    let file: Int
    let bytes: [UInt8]
    var position = 0
    private(set) var tokens: [Token] = []
    private var comments: [CommentSyntax] = []
    private var diagnostics: [Diagnostic] = []
    /// Open braces in each `{expr}` that we are in, the innermost last.
    var openValues: [Int] = []
    /// Opening quotes of the texts that we are in.
    var openTexts: [Int] = []
    var isInText = false
    private var hasSpaceBefore = false
    private var isFirstOnLine = true

    static func lex(_ text: String, file: Int) -> Result {
        var lexer = Lexer(file: file, bytes: Array(text.utf8))
        lexer.run()
        return Result(
            bytes: lexer.bytes, tokens: lexer.tokens, comments: lexer.comments, diagnostics: lexer.diagnostics)
    }

    private init(file: Int, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        tokens.reserveCapacity(bytes.count / 4 + 8)
    }

    private mutating func run() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count {
            if isInText { lexTextPiece() } else { lexToken() }
        }
        if !openTexts.isEmpty { endBrokenText() }
        append(.newline, from: bytes.count, length: 0)
        append(.endOfFile, from: bytes.count, length: 0)
    }

    func byte(_ offset: Int = 0) -> UInt8 {
        let index = position + offset
        return index < bytes.count ? bytes[index] : 0
    }

    mutating func append(_ kind: Token.Kind, from start: Int, length: Int) {
        if kind == .newline, tokens.last.map({ $0.kind == .newline }) ?? true {
            position = start + length
            return
        }
        tokens.append(
            Token(
                kind: kind, start: start, end: start + length, hasSpaceBefore: hasSpaceBefore,
                isFirstOnLine: isFirstOnLine))
        position = start + length
        hasSpaceBefore = kind == .newline
        isFirstOnLine = kind == .newline
    }

    mutating func take(_ kind: Token.Kind, _ length: Int) { append(kind, from: position, length: length) }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, from start: Int, to end: Int, notes: [String] = [],
        edits: [Diagnostic.Edit] = []
    ) {
        diagnostics.append(
            Diagnostic(code, message, at: Span(file: file, start: start, end: end), notes: notes, edits: edits))
    }
}

// MARK: - Outside of texts

extension Lexer {
    private mutating func lexToken() {
        switch byte() {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            position += 1
            hasSpaceBefore = true
        case UInt8(ascii: "\n"):
            if !openTexts.isEmpty { endBrokenText() }
            take(.newline, 1)
            hasSpaceBefore = true
            isFirstOnLine = true
        case UInt8(ascii: "#"): lexComment()
        case UInt8(ascii: "\""):
            openTexts.append(position)
            isInText = true
            take(.textStart, 1)
        case let first where first.isNameStart: lexName()
        case let first where first.isDigit: lexNumber()
        default: lexSign()
        }
    }

    private mutating func lexComment() {
        let start = position
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        position = end
        while end > start, bytes[end - 1] == UInt8(ascii: "\r") || bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        comments.append(
            CommentSyntax(
                text: String(decoding: bytes[start..<end], as: UTF8.self),
                span: Span(file: file, start: start, end: end), isTrailing: !isFirstOnLine))
        hasSpaceBefore = true
    }

    private mutating func lexName() {
        var length = 1
        while byte(length).isNamePart { length += 1 }
        take(.name, length)
    }

    private mutating func lexSign() {
        let (first, second) = (byte(), byte(1))
        let isFollowed = { (wanted: Character) in second == wanted.asciiValue }
        switch first {
        case UInt8(ascii: "{"): openBrace()
        case UInt8(ascii: "}"): closeBrace()
        case UInt8(ascii: "["): take(.leftBracket, 1)
        case UInt8(ascii: "]"): take(.rightBracket, 1)
        case UInt8(ascii: "("): take(.leftParen, 1)
        case UInt8(ascii: ")"): take(.rightParen, 1)
        case UInt8(ascii: ","): take(.comma, 1)
        case UInt8(ascii: ":"): take(.colon, 1)
        case UInt8(ascii: "|"): take(.pipe, 1)
        case UInt8(ascii: "@"): take(.at, 1)
        case UInt8(ascii: "+"): take(.plus, 1)
        case UInt8(ascii: "-"): take(.minus, 1)
        case UInt8(ascii: "*"): take(.star, 1)
        case UInt8(ascii: "/"): take(.slash, 1)
        case UInt8(ascii: "%"): take(.percent, 1)
        case UInt8(ascii: "."): isFollowed(".") ? take(.dotDot, 2) : take(.dot, 1)
        case UInt8(ascii: "?"): lexQuestion(second)
        case UInt8(ascii: "!"): isFollowed("=") ? take(.notEqual, 2) : take(.bang, 1)
        case UInt8(ascii: "="): isFollowed("=") ? take(.equal, 2) : take(.assign, 1)
        case UInt8(ascii: "<"): isFollowed("=") ? take(.lessOrEqual, 2) : take(.less, 1)
        case UInt8(ascii: ">"): isFollowed("=") ? take(.greaterOrEqual, 2) : take(.greater, 1)
        default: lexInvalid()
        }
    }

    private mutating func lexQuestion(_ second: UInt8) {
        switch second {
        case UInt8(ascii: "?"): take(.questionQuestion, 2)
        case UInt8(ascii: "."): take(.questionDot, 2)
        default: take(.question, 1)
        }
    }

    private mutating func openBrace() {
        if let last = openValues.indices.last { openValues[last] += 1 }
        take(.leftBrace, 1)
    }

    private mutating func closeBrace() {
        guard let last = openValues.indices.last else { return take(.rightBrace, 1) }
        guard openValues[last] == 0 else {
            openValues[last] -= 1
            return take(.rightBrace, 1)
        }
        openValues.removeLast()
        isInText = true
        take(.valueEnd, 1)
    }

    /// All bytes in a row that can begin nothing are one token and one message.
    private mutating func lexInvalid() {
        let start = position
        var end = start
        while end < bytes.count, bytes[end].beginsNothing { end += 1 }
        let written = String(decoding: bytes[start..<end], as: UTF8.self)
        let shown = written.unicodeScalars.prefix(12).map(Self.visible).joined()
        let quotes: Set<Character> = ["“", "”", "„", "‘", "’", "'", "«", "»"]
        if let first = written.first, quotes.contains(first) {
            report(
                .invalidCharacter, "`\(first)` is not a quote of this language, `\"` is", from: start, to: end,
                edits: [.replace(Span(file: file, start: start, end: end), with: "\"")])
        } else if written.first == "&" {
            report(
                .invalidCharacter, "`\(shown)` means nothing here; conditions are joined by `and`", from: start,
                to: end, edits: [.replace(Span(file: file, start: start, end: end), with: "and")])
        } else if written.first == ";" {
            report(
                .invalidCharacter, "`;` means nothing here; a line break ends a step", from: start, to: end,
                edits: [.replace(Span(file: file, start: start, end: end), with: "", shown: "(nothing)")])
        } else {
            report(
                .invalidCharacter, "`\(shown)` means nothing here", from: start, to: end,
                notes: ["names are made of the letters a to z, digits and `_`; other characters stand in texts"])
        }
        append(.invalid, from: start, length: end - start)
    }

    /// Itself, or its number where nothing would be seen: `U+00A0`.
    private static func visible(_ scalar: Unicode.Scalar) -> String {
        if scalar.properties.isPrintable, !scalar.properties.isWhitespace { return String(scalar) }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

// MARK: - Numbers

extension Lexer {
    private mutating func lexNumber() {
        if let length = dateLength() { return take(.date, length) }
        var length = digits(from: 0)
        if byte(length) == UInt8(ascii: "."), byte(length + 1).isDigit {
            length = digits(from: length + 1)
        }
        guard byte(length).isNameStart else { return take(.number, length) }
        if length == 1, byte(1) == UInt8(ascii: "x"), byte(2) == UInt8(ascii: "x"), !byte(3).isNamePart {
            return take(.statusClass, 3)
        }
        while byte(length).isNamePart { length += 1 }
        take(.measure, length)
    }

    /// The offset behind the digits that begin at `offset`.
    private func digits(from offset: Int) -> Int {
        var end = offset
        while byte(end).isDigit { end += 1 }
        return end
    }

    /// 10 where `2026-01-01` stands here.
    private func dateLength() -> Int? {
        for offset in 0..<10 {
            let isSeparator = offset == 4 || offset == 7
            guard isSeparator ? byte(offset) == UInt8(ascii: "-") : byte(offset).isDigit else { return nil }
        }
        return byte(10).isNamePart ? nil : 10
    }
}

// MARK: - Kinds of bytes

extension UInt8 {
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isNameStart: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 || self == 95 }
    var isNamePart: Bool { isNameStart || isDigit }

    fileprivate var beginsNothing: Bool {
        switch self {
        case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "$"), UInt8(ascii: "^"), UInt8(ascii: "~"),
            UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "\\"), 127...:
            true
        default: self < 32 && self != 9 && self != 10 && self != 13
        }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
