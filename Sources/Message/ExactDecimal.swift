/// A decimal number that is exact: `mantissa` x 10^-`scale`. 38 digits at most.
///
/// `1.50` and `1.5` are equal and hash alike, but keep the scale they were written with when printed.
/// Arithmetic that leaves 38 digits answers `nil`; nothing here traps.
package struct ExactDecimal: Sendable {
    package let mantissa: Int128
    /// Digits behind the point, 0 to 38.
    package let scale: Int

    package init(mantissa: Int128, scale: Int) {
        precondition((0...38).contains(scale), "a scale is 0 to 38")
        self.mantissa = mantissa
        self.scale = scale
    }
}

extension ExactDecimal: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        if left.scale == right.scale { return left.mantissa == right.mantissa }
        let (left, right) = (left.withoutZerosAtTheEnd, right.withoutZerosAtTheEnd)
        return left.mantissa == right.mantissa && left.scale == right.scale
    }

    package func hash(into hasher: inout Hasher) {
        let reduced = withoutZerosAtTheEnd
        hasher.combine(reduced.mantissa)
        hasher.combine(reduced.scale)
    }
}
