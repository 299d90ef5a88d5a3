/// A fast 64-bit hash of a row's columns as they arrived: the same bytes give the same hash on every run and machine.
///
/// It folds 64 x 64 bit products, as wyhash does. It tells rows apart that differ by accident; it is not a signature.
struct ContentHash {
    private(set) var value: UInt64

    init(seed: UInt64 = 0x2d35_8dcc_aa6c_78a5) { value = seed }

    @inline(__always)
    mutating func add(_ word: UInt64) {
        let product = (word ^ 0x8bb8_4b93_962e_acc9).multipliedFullWidth(by: value ^ 0x4b33_a62e_d433_d4a3)
        value = (product.high ^ product.low) &+ ((value &<< 29) | (value &>> 35))
    }

    /// Length first, so that `ab`, `c` and `a`, `bc` differ.
    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(truncatingIfNeeded: bytes.count))
        var offset = 0
        while offset &+ 8 <= bytes.count {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        guard offset < bytes.count else { return }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = (tail &<< 8) | UInt64(bytes[offset])
            offset &+= 1
        }
        add(tail)
    }

    /// NULL, which differs from every value.
    @inline(__always)
    mutating func addMissing() { add(0x6e75_6c6c_6e75_6c6c) }
}
