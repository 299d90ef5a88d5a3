/// 10^0 to 10^38, what fits in 128 bits.
package enum PowersOfTen {
    @usableFromInline static let table: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 1...38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// `exponent` is 0 to 38 (a caller's duty: scales are).
    @inlinable
    package static subscript(exponent: Int) -> Int128 { table[exponent] }
}
