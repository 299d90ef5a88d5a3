/// A command's name or an option's word, folded to lower case and packed so that comparing is comparing two numbers.
/// The last byte is the word's length. Words longer than 15 bytes are no keyword: they all become `none`.
package struct Keyword: Sendable, Hashable, BitwiseCopyable {
    let low: UInt64
    let high: UInt64

    package static let none = Keyword(low: 0, high: 0)
    package static let bytesMost = 15

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    package init(_ word: UnsafeRawBufferPointer) {
        guard word.count <= Self.bytesMost, let base = word.baseAddress else {
            self = .none
            return
        }
        let first = min(8, word.count)
        let rest = word.count > 8 ? Self.fold(base + 8, word.count - 8) : 0
        self.init(low: Self.fold(base, first), high: rest | UInt64(word.count) << 56)
    }

    package init(_ word: String) {
        var word = word
        self = word.withUTF8 { Keyword(UnsafeRawBufferPointer($0)) }
    }

    /// Up to eight bytes, little endian, `A` to `Z` as `a` to `z`, all eight at a time.
    private static func fold(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        if count == 8 {
            word = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        } else {
            for index in 0..<count {
                word |= UInt64(bytes.load(fromByteOffset: index, as: UInt8.self)) << UInt64(index * 8)
            }
        }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let sevenBits = word & (ones &* 0x7f)
        let aboveZ = sevenBits &+ ones &* UInt64(0x7f - UInt8(ascii: "Z"))
        let fromA = sevenBits &+ ones &* UInt64(0x80 - UInt8(ascii: "A"))
        let upper = ~word & (fromA ^ aboveZ) & (ones &* 0x80)
        return word | (upper >> 2)
    }
}
