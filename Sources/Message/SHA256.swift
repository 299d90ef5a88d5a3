import COpenSSL
import Synchronization

/// SHA-256 over OpenSSL: the digest is fetched once, a context is reused. One of these is for one thread at a time.
package final class SHA256 {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new() else { fatalError("OpenSSL has no memory for a digest context") }
        self.context = context
        start()
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to what is hashed.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        let result = EVP_DigestUpdate(context, base, bytes.count)
        precondition(result == 1, "OpenSSL could not update a SHA-256")
    }

    package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    package func update(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { update($0) } }

    /// The 32 bytes of everything since the last `finish`, and a fresh start.
    package func finish() -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            finish(into: buffer)
            count = 32
        }
        start()
        return digest
    }

    /// The first 16 of the 32 bytes as two big-endian numbers, and a fresh start.
    package func finishFingerprint() -> Fingerprint {
        let fingerprint = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            finish(into: buffer)
            let raw = UnsafeRawBufferPointer(buffer)
            return Fingerprint(
                high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
        start()
        return fingerprint
    }

    private func start() {
        let result = EVP_DigestInit_ex2(context, SHA256.algorithm.pointer, nil)
        precondition(result == 1, "OpenSSL could not start a SHA-256")
    }

    private func finish(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let result = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        precondition(result == 1, "OpenSSL could not finish a SHA-256")
    }

    private static let algorithm = Algorithm()

    /// The fetched digest, owned for the life of the process.
    private struct Algorithm: @unchecked Sendable {  // an EVP_MD is immutable and counted atomically
        let pointer: OpaquePointer
        init() {
            guard let pointer = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("OpenSSL offers no SHA-256") }
            self.pointer = pointer
        }
    }
}

/// The first half of a SHA-256: enough to tell keys apart, small enough to keep many.
package struct Fingerprint: Sendable, Hashable, Comparable {
    package let high: UInt64
    package let low: UInt64
    @inlinable package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable package static func < (left: Self, right: Self) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension SHA256 {
    /// A hasher that waits for the next caller; whoever finds it taken makes one.
    private struct Spare: @unchecked Sendable {  // only ever touched inside its Mutex
        let hasher = SHA256()
    }

    private static let spare = Mutex(Spare())

    private static func withHasher<T>(_ use: (SHA256) -> T) -> T {
        spare.withLockIfAvailable { use($0.hasher) } ?? use(SHA256())
    }

    package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        withHasher { hasher in
            hasher.update(bytes)
            return hasher.finish()
        }
    }

    package static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { digest($0) } }

    package static func fingerprint(_ bytes: UnsafeRawBufferPointer) -> Fingerprint {
        withHasher { hasher in
            hasher.update(bytes)
            return hasher.finishFingerprint()
        }
    }

    package static func fingerprint(_ bytes: [UInt8]) -> Fingerprint { bytes.withUnsafeBytes { fingerprint($0) } }

    /// Lower-case hexadecimal digits, two a byte.
    package static func hex(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[index * 2] = hexDigit(byte >> 4)
                buffer[index * 2 + 1] = hexDigit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    /// The lower-case digit of 0 to 15.
    static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 48 : value &+ 87 }
}
