import Message

/// An accepted key as it lies in memory and on disk: 40 bytes, little-endian.
struct KeyRecord {
    var high: UInt64
    var low: UInt64
    var content: UInt64
    var message: UInt64
    var until: Int64

    init(_ key: AcceptedKey) {
        high = key.fingerprint.high
        low = key.fingerprint.low
        content = key.content
        message = key.message
        until = key.until.microseconds
    }

    var key: AcceptedKey {
        AcceptedKey(
            fingerprint: KeyFingerprint(high: high, low: low), content: content, message: message,
            until: Instant(microseconds: until))
    }

    func isOf(_ fingerprint: KeyFingerprint) -> Bool { low == fingerprint.low && high == fingerprint.high }

    /// Whole records of `bytes`; nil where they do not come out even.
    static func records(from bytes: UnsafeRawBufferPointer) -> [KeyRecord]? {
        let size = MemoryLayout<KeyRecord>.stride
        guard bytes.count.isMultiple(of: size) else { return nil }
        return [KeyRecord](unsafeUninitializedCapacity: bytes.count / size) { target, count in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            count = bytes.count / size
        }
    }
}
