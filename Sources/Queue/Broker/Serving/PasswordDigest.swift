import Message

/// Passwords by their SHA-256, compared without telling by the time it takes how much of them was right.
enum PasswordDigest {
    static let byteCount = 32

    static func of(_ password: [UInt8]) -> [UInt8] { SHA256.digest(password) }

    /// nil: not 64 hexadecimal digits.
    static func bytes(ofHex digits: String) -> [UInt8]? {
        let digits = Array(digits.utf8)
        guard digits.count == byteCount * 2 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Looks at every byte of every candidate, whatever it finds.
    static func isAny(of candidates: some Collection<[UInt8]>, _ digest: [UInt8]) -> Bool {
        var found = false
        for candidate in candidates {
            let same = isSame(candidate, digest)
            found = found || same
        }
        return found
    }

    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

extension PasswordDigest {
    /// Compared with where a name is unknown; no password is known to have it.
    static let ofNobody = [UInt8](repeating: 0, count: byteCount)
}
