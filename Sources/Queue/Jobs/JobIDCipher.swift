import COpenSSL
package import Store

/// Makes the ids that clients see of job numbers, and job numbers of ids: a job is found without a table, and nobody
/// without the key can make up an id or see from one how many jobs there are.
///
/// `D-` + 8 digits of the node + `-` + 24 characters + `-` + 4 digits, the TTL field. The 24 characters are 18 bytes in
/// the alphabet of Base64: one AES-128 block of [job number 48 bits | TTL field 16 bits | 64 zero bits], big endian, and
/// two bytes folded from it. One block has no mode or padding to get wrong; the zero bits and the repeated TTL field
/// tell ids of another key: one of 2^80 made-up ids would pass.
///
/// The node's digits are not looked at: they say where an id comes from, and a node may get a new id while old jobs live.
/// Owns its OpenSSL contexts; for one thread at a time.
package final class JobIDCipher {
    package enum Decoded: Sendable, Hashable {
        /// No id at all: BADID.
        case malformed
        /// Not made with this key.
        case unknown
        case job(JobNumber, ttlField: UInt16)
    }

    package static let length = 40

    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    /// - Parameter key: 16 bytes, `JobIndex.idKey`.
    package init(key: [UInt8]) {
        precondition(key.count == 16, "the key of job ids has 16 bytes")
        sealing = JobIDCipher.context(key, isSealing: true)
        opening = JobIDCipher.context(key, isSealing: false)
    }

    deinit {
        EVP_CIPHER_CTX_free(sealing)
        EVP_CIPHER_CTX_free(opening)
    }

    /// The field of a job with this life: its minutes, at most 65535, odd where it is delivered again, even where it is
    /// handed out at most once.
    /// - Parameter ttlSeconds: 0: kept without limit.
    package static func ttlField(ttlSeconds: UInt32, retrySeconds: UInt32) -> UInt16 {
        let minutes = ttlSeconds == 0 ? 0xffff : UInt16(min(ttlSeconds / 60, 0xffff))
        return retrySeconds == 0 ? minutes & 0xfffe : minutes | 1
    }

    /// Writes an id.
    /// - Parameters:
    ///   - nodeID: at least 8 bytes, the node's hexadecimal digits.
    ///   - target: at least 40 bytes.
    package func encode(
        _ number: JobNumber, ttlField: UInt16, nodeID: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(number.rawValue >> 48 == 0, "a job number has 48 bits")
        precondition(nodeID.count >= 8 && target.count >= JobIDCipher.length, "too short for a job id")
        guard let bytes = target.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        bytes[0] = UInt8(ascii: "D")
        bytes[1] = UInt8(ascii: "-")
        for index in 0..<8 { bytes[2 + index] = nodeID[index] }
        bytes[10] = UInt8(ascii: "-")
        let block = run(sealing, (number.rawValue << 16 | UInt64(ttlField), 0))
        SixtyFour.write(block, to: bytes + 11)
        bytes[35] = UInt8(ascii: "-")
        for index in 0..<4 {
            let digit = UInt8(truncatingIfNeeded: ttlField >> UInt16(12 - 4 * index)) & 15
            bytes[36 + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        }
    }

    package func encode(_ number: JobNumber, ttlField: UInt16, nodeID: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: JobIDCipher.length) { buffer, count in
            nodeID.withUnsafeBytes {
                encode(number, ttlField: ttlField, nodeID: $0, into: UnsafeMutableRawBufferPointer(buffer))
            }
            count = JobIDCipher.length
        }
    }

    package func decode(_ id: UnsafeRawBufferPointer) -> Decoded {
        guard id.count == JobIDCipher.length, let base = id.baseAddress else { return .malformed }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        guard bytes[0] == UInt8(ascii: "D"), bytes[1] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "-"),
            bytes[35] == UInt8(ascii: "-")
        else { return .malformed }
        guard let field = JobIDCipher.field(bytes + 36), let block = SixtyFour.read(bytes + 11) else {
            return .unknown
        }
        let (high, zero) = run(opening, block)
        guard zero == 0, UInt16(truncatingIfNeeded: high) == field else { return .unknown }
        return .job(JobNumber(rawValue: high >> 16), ttlField: field)
    }
}

// MARK: Parts

extension JobIDCipher {
    /// Four lower-case hexadecimal digits; nil: something else, which no id of ours has.
    private static func field(_ bytes: UnsafePointer<UInt8>) -> UInt16? {
        var field: UInt16 = 0
        for index in 0..<4 {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): field = field << 4 | UInt16(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): field = field << 4 | UInt16(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return field
    }

    private static func context(_ key: [UInt8], isSealing: Bool) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new(), let cipher = EVP_CIPHER_fetch(nil, "AES-128-ECB", nil) else {
            fatalError("OpenSSL offers no AES-128")
        }
        let result = EVP_CipherInit_ex2(context, cipher, key, nil, isSealing ? 1 : 0, nil)
        precondition(result == 1, "OpenSSL could not start AES-128")
        EVP_CIPHER_CTX_set_padding(context, 0)
        EVP_CIPHER_free(cipher)
        return context
    }

    /// One block, as two big-endian numbers.
    private func run(_ context: OpaquePointer, _ block: (UInt64, UInt64)) -> (UInt64, UInt64) {
        var source = (block.0.bigEndian, block.1.bigEndian)
        var target: (UInt64, UInt64) = (0, 0)
        let result = withUnsafeBytes(of: &source) { source in
            withUnsafeMutableBytes(of: &target) { target in
                let input = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let output = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return EVP_Cipher(context, output, input, 16)
            }
        }
        // 1, or the bytes written, by OpenSSL's kind of cipher: never 0 or less unless it failed.
        precondition(result > 0, "OpenSSL could not run AES-128")
        return (UInt64(bigEndian: target.0), UInt64(bigEndian: target.1))
    }
}

/// 18 bytes as 24 characters of Base64's alphabet: a block and two bytes folded from it.
private enum SixtyFour {
    static func write(_ block: (UInt64, UInt64), to characters: UnsafeMutablePointer<UInt8>) {
        // 48 bits are eight characters: 64 = 48 + 16, 16 + 32, 32 + 16.
        put(block.0 >> 16, to: characters)
        put((block.0 & 0xffff) << 32 | block.1 >> 32, to: characters + 8)
        put((block.1 & 0xffff_ffff) << 16 | folded(block), to: characters + 16)
    }

    /// nil: a character is none of the alphabet's, or the folded bytes are not this block's.
    static func read(_ characters: UnsafePointer<UInt8>) -> (UInt64, UInt64)? {
        guard let first = take(characters), let second = take(characters + 8), let third = take(characters + 16) else {
            return nil
        }
        let block = (first << 16 | second >> 32, second << 32 | third >> 16)
        return third & 0xffff == folded(block) ? block : nil
    }

    private static func folded(_ block: (UInt64, UInt64)) -> UInt64 {
        let mixed = block.0 ^ block.1
        return (mixed ^ mixed >> 16 ^ mixed >> 32 ^ mixed >> 48) & 0xffff
    }

    private static func put(_ bits: UInt64, to characters: UnsafeMutablePointer<UInt8>) {
        // A table: the bits are random, so every branch on them would be guessed wrong.
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for index in 0..<8 { characters[index] = alphabet.utf8Start[Int(bits >> UInt64(42 - 6 * index)) & 63] }
    }

    /// The values of the ASCII characters; `@`, which is 64: none of the alphabet.
    private static let values: StaticString = """
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@>@@@?456789:;<=@@@@@@@\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\
        \u{6}\u{7}\u{8}\u{9}\u{a}\u{b}\u{c}\u{d}\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\
        \u{17}\u{18}\u{19}@@@@@@\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f} !\"#$%&'()*+,-./0123@@@@@
        """

    private static func take(_ characters: UnsafePointer<UInt8>) -> UInt64? {
        // A table: the characters are random, so every branch on them would be guessed wrong.
        let values = values.utf8Start
        var bits: UInt64 = 0
        var bad: UInt8 = 0
        for index in 0..<8 {
            let character = characters[index]
            let six = values[Int(character & 0x7f)]
            bad |= six | character & 0x80
            bits = bits << 6 | UInt64(six & 63)
        }
        return bad < 64 ? bits : nil
    }
}
