import Message

extension Frame {
    func byteFunction(
        _ function: Function, _ subject: Value, _ arguments: [Expression]
    ) throws(EvaluationError) -> Value {
        switch function {
        case .sha256: return .text(SHA256.hex(SHA256.digest(try Self.bytes(of: subject))))
        case .hmac:
            let key = try Self.bytes(of: try argument(1, arguments))
            return .text(SHA256.hex(HMAC.digest(try Self.bytes(of: subject), key: key)))
        case .hex: return try TextLimit.checked(SHA256.hex(try Self.bytes(of: subject)))
        case .base64: return try TextLimit.checked(Base64Text.encode(try Self.bytes(of: subject)))
        case .fromBase64:
            guard case .text(let text) = subject else { throw EvaluationError("`from_base64` needs text") }
            return Base64Text.decode(text).map(Value.bytes) ?? .missing
        default: throw EvaluationError("`\(function.rawValue)` is no function of bytes")
        }
    }

    private static func bytes(of value: Value) throws(EvaluationError) -> [UInt8] {
        switch value {
        case .bytes(let bytes): return bytes
        case .text(let text), .json(let text): return Array(text.utf8)
        default: throw EvaluationError("this function needs text or bytes")
        }
    }
}

/// RFC 2104 over SHA-256.
enum HMAC {
    static func digest(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? SHA256.digest(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        let inner = SHA256.digest(block.map { $0 ^ 0x36 } + message)
        return SHA256.digest(block.map { $0 ^ 0x5C } + inner)
    }
}

/// RFC 4648 with padding, read strictly.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        Base64.append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` for anything that is not padded base64.
    static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count / 4 * 3)
        for start in stride(from: 0, to: source.count, by: 4) {
            let isLast = start + 4 == source.count
            let padding = isLast ? source[start...].reversed().prefix { $0 == UInt8(ascii: "=") }.count : 0
            guard padding <= 2 else { return nil }
            var bits: UInt32 = 0
            for byte in source[start..<start + 4 - padding] {
                guard let index = alphabet.firstIndex(of: byte) else { return nil }
                bits = bits << 6 | UInt32(index)
            }
            bits <<= UInt32(padding * 6)
            guard bits & ((UInt32(1) << UInt32(padding * 8)) - 1) == 0 else { return nil }
            for position in 0..<(3 - padding) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - position * 8)))
            }
        }
        return bytes
    }
}
