/// The keys of the last commits: records in the order they came, found by an open-addressed table of positions.
/// Two flat allocations whatever their number. Fingerprints are hashes already and need no other.
struct RecentKeys {
    private(set) var records: [KeyRecord] = []
    /// 32 bits of the fingerprint above position + 1, so that strangers are told apart without a look at their records;
    /// 0: free. Its size is a power of two, at most half full.
    private var slots: [UInt64]

    init() { slots = [UInt64](repeating: 0, count: 64) }

    var count: Int { records.count }

    func find(_ fingerprint: KeyFingerprint) -> KeyRecord? {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: fingerprint.low) & mask
            while slots[slot] != 0 {
                if slots[slot] >> 32 == fingerprint.high & 0xffff_ffff {
                    let record = records[Int(slots[slot] & 0xffff_ffff) - 1]
                    if record.isOf(fingerprint) { return record }
                }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    /// A key that is there already is found with its newest record.
    mutating func insert(_ record: KeyRecord) {
        records.append(record)
        if records.count * 2 > slots.count { grow() } else { enter(records.count - 1) }
    }

    private mutating func enter(_ position: Int) {
        let record = records[position]
        let fingerprint = KeyFingerprint(high: record.high, low: record.low)
        let tag = record.high & 0xffff_ffff
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: record.low) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag, records[Int(slots[slot] & 0xffff_ffff) - 1].isOf(fingerprint) { break }
            slot = (slot + 1) & mask
        }
        slots[slot] = tag << 32 | UInt64(position + 1)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for position in records.indices { enter(position) }
    }
}
