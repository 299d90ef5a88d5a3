/// What is wrong with a client's input. Nothing that follows it can be understood, so the connection ends with the reply.
package enum ProtocolFailure: Error, Sendable, Hashable, BitwiseCopyable {
    case unbalancedQuotes
    case tooBigInline
    case tooBigWordCount
    case invalidWordCount
    case tooBigBulkLength
    /// Also: the bulk does not end where its length says.
    case invalidBulkLength
    case expectedBulk(UInt8)
    /// The command is longer than `ParserLimits.commandBytes`.
    case tooBigCommand

    /// The reply, without its `-` and line end.
    package var message: String { "ERR Protocol error: \(reason)" }

    private var reason: String {
        switch self {
        case .unbalancedQuotes: "unbalanced quotes in request"
        case .tooBigInline: "too big inline request"
        case .tooBigWordCount: "too big mbulk count string"
        case .invalidWordCount: "invalid multibulk length"
        case .tooBigBulkLength: "too big bulk count string"
        case .invalidBulkLength: "invalid bulk length"
        case .expectedBulk(let byte): "expected '$', got '\(Self.printable(byte))'"
        case .tooBigCommand: "too big request"
        }
    }

    /// A byte that is not printable ASCII as `\x0a`: it must neither end the reply's line nor be bad UTF-8.
    private static func printable(_ byte: UInt8) -> String {
        if byte >= 0x20, byte < 0x7f { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
    }
}
