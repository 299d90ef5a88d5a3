import Message

/// Commands as other people may see them: MONITOR, SLOWLOG. Secrets and what is long are left out.
enum CommandText {
    private static let secret = Array("(secret)".utf8)
    private static let auth = Keyword("auth")
    private static let hello = Keyword("hello")
    private static let config = Keyword("config")
    private static let requirePassword = Keyword("requirepass")

    /// The words of a command; longer ones end in `... (N more bytes)`, and where there are too many the last one says
    /// `... (N more arguments)`.
    static func words(of arguments: Arguments, wordsMost: Int, bytesMost: Int) -> [[UInt8]] {
        let firstSecret = firstSecret(of: arguments)
        let isShortened = arguments.count > wordsMost
        var words: [[UInt8]] = []
        for index in 0..<(isShortened ? wordsMost - 1 : arguments.count) {
            words.append(index >= firstSecret ? secret : shortened(arguments[index], bytesMost))
        }
        if isShortened { words.append(Array("... (\(arguments.count - words.count) more arguments)".utf8)) }
        return words
    }

    /// The place from which on every word is secret; the count of the words if none is.
    private static func firstSecret(of arguments: Arguments) -> Int {
        guard arguments.count > 1 else { return arguments.count }
        switch Keyword(arguments[0]) {
        case auth: return 1
        case hello: return place(after: auth, in: arguments)
        case config: return place(after: requirePassword, in: arguments)
        default: return arguments.count
        }
    }

    private static func place(after word: Keyword, in arguments: Arguments) -> Int {
        for index in 1..<arguments.count where Keyword(arguments[index]) == word { return index + 1 }
        return arguments.count
    }

    private static func shortened(_ word: UnsafeRawBufferPointer, _ bytesMost: Int) -> [UInt8] {
        guard word.count > bytesMost else { return Array(word) }
        return Array(word.prefix(bytesMost)) + Array("... (\(word.count - bytesMost) more bytes)".utf8)
    }

    /// In double quotes, with everything that is no printable ASCII as an escape.
    static func appendQuoted(_ word: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in word {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 10: bytes.append(contentsOf: "\\n".utf8)
            case 13: bytes.append(contentsOf: "\\r".utf8)
            case 9: bytes.append(contentsOf: "\\t".utf8)
            case 0x20..<0x7f: bytes.append(byte)
            default: bytes.append(contentsOf: ("\\x" + SHA256.hex([byte])).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
