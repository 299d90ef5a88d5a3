/// What text from outside may not do to a log: break a line, move a terminal's cursor, or turn the reading direction.
package enum LogEscaping {
    /// C0, DEL, C1 (ANSI escapes start in these), line and paragraph separators, bidirectional controls and the
    /// byte order mark.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }

    /// Whether every byte is printable ASCII: then nothing needs to be looked at scalar by scalar.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }

    /// Appends text for people; unsafe scalars are written `\n`, `\t` or `\u{202e}`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        if isPlain(text) { return bytes.append(contentsOf: text.utf8) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case _ where isUnsafe(scalar):
                bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            default: bytes.append(contentsOf: String(Character(scalar)).utf8)
            }
        }
    }

    /// Text that a terminal may show as it is.
    package static func inert(_ text: String) -> String {
        if isPlain(text) { return text }
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same for text of several lines, whose line breaks stay.
    package static func inertLines(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == UInt8(ascii: "\n") }) { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { inert(String($0)) }
            .joined(separator: "\n")
    }

    /// Appends a JSON string with its quotes; unsafe scalars are written `\u202e`.
    static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case _ where isUnsafe(scalar):
                let hex = String(scalar.value, radix: 16)
                bytes.append(contentsOf: "\\u".utf8)
                bytes.append(contentsOf: String(repeating: "0", count: 4 - hex.utf8.count).utf8)
                bytes.append(contentsOf: hex.utf8)
            default: bytes.append(contentsOf: String(Character(scalar)).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
