/// A Bloom filter over fingerprints: ten bits a key and six probes let about one strange key in a hundred through.
struct KeyFilter {
    private(set) var words: [UInt64]
    private static let probes = 6

    init(keys: Int) {
        var size = 8
        while size * 64 < keys * 10 { size *= 2 }
        words = [UInt64](repeating: 0, count: size)
    }

    /// nil: the stored bytes are no filter.
    init?(stored bytes: UnsafeRawBufferPointer) {
        let size = bytes.count / 8
        guard bytes.count.isMultiple(of: 8), size > 0, size & (size - 1) == 0 else { return nil }
        words = [UInt64](unsafeUninitializedCapacity: size) { target, count in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            count = size
        }
    }

    mutating func insert(high: UInt64, low: UInt64) {
        var probe = Probe(high: high, low: low, bits: words.count * 64)
        for _ in 0..<Self.probes {
            let bit = probe.next()
            words[bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    func mayContain(_ fingerprint: KeyFingerprint) -> Bool {
        var probe = Probe(high: fingerprint.high, low: fingerprint.low, bits: words.count * 64)
        for _ in 0..<Self.probes {
            let bit = probe.next()
            if words[bit >> 6] & (1 << UInt64(bit & 63)) == 0 { return false }
        }
        return true
    }

    /// Double hashing with the two halves of the fingerprint.
    private struct Probe {
        var value: UInt64
        let step: UInt64
        let mask: UInt64
        init(high: UInt64, low: UInt64, bits: Int) {
            value = high
            step = low | 1
            mask = UInt64(bits - 1)
        }
        mutating func next() -> Int {
            defer { value &+= step }
            return Int((value ^ value >> 32) & mask)
        }
    }
}
