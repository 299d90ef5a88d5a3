/// Decimal integers as words of a command spell them.
package enum IntegerText {
    /// Decimal digits with an optional `+` or `-`, nothing before or after them, within 64 bits; else nil. The empty
    /// word is no number.
    package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        var index = 0
        let end = text.count
        guard end > 0 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
        guard index < end else { return nil }
        while index < end - 1, text[index] == UInt8(ascii: "0") { index += 1 }
        // 19 digits are below 2^64.
        guard end - index <= 19 else { return nil }
        var magnitude: UInt64 = 0
        while index < end {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            index += 1
        }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(bitPattern: 0 &- magnitude) : nil
    }
}
