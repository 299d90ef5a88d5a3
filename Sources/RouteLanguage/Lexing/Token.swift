/// One word, sign or piece of text. Its bytes are read from the source by `start..<end`.
struct Token: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
        case name, number
        /// `5s`: a number with letters behind it, known unit or not.
        case measure
        /// `4xx`.
        case statusClass
        case date
        /// The opening quote, pieces between, the closing quote (empty where the text does not end).
        case textStart, textPiece, textEnd
        /// `{` and `}` of `{expr}` in a text.
        case valueStart, valueEnd
        case leftBrace, rightBrace, leftBracket, rightBracket, leftParen, rightParen
        case comma, colon, pipe, at
        case dot, questionDot, dotDot, question, questionQuestion, bang
        case assign, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case plus, minus, star, slash, percent
        /// A line break; several in a row are one token.
        case newline
        /// Bytes that belong to nothing; the lexer has given a diagnostic.
        case invalid
        case endOfFile
    }

    let kind: Kind
    let start: Int
    let end: Int
    /// A space, a comment or a line break stands before it.
    let hasSpaceBefore: Bool
    let isFirstOnLine: Bool
}
