extension ExactDecimal {
    /// A whole number, scale 0.
    package init(_ int: Int128) { self.init(mantissa: int, scale: 0) }

    package static let zero = ExactDecimal(mantissa: 0, scale: 0)

    /// 10^38 - 1: the largest magnitude that an operation may yield.
    private static let largest = UInt128(PowersOfTen[38]) - 1

    package var isZero: Bool { mantissa == 0 }

    /// Stays as it is only for the one Int128 that has no counterpart (39 digits, which no operation yields).
    package var negated: ExactDecimal {
        let (value, overflow) = Int128(0).subtractingReportingOverflow(mantissa)
        return overflow ? self : ExactDecimal(mantissa: value, scale: scale)
    }

    package func adding(_ other: ExactDecimal) -> ExactDecimal? {
        if let sum = aligned(with: other, { $0.addingReportingOverflow($1) }) { return sum }
        return withoutZerosAtTheEnd.aligned(with: other.withoutZerosAtTheEnd) { $0.addingReportingOverflow($1) }
    }

    package func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
        if let sum = aligned(with: other, { $0.subtractingReportingOverflow($1) }) { return sum }
        return withoutZerosAtTheEnd.aligned(with: other.withoutZerosAtTheEnd) { $0.subtractingReportingOverflow($1) }
    }

    /// The scale of the product is the sum of the scales, unless only dropping zeros at the end makes it fit.
    package func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        plainProduct(other) ?? reducedProduct(other)
    }

    /// The quotient with exactly `scale` digits behind the point; `nil` for a divisor of zero, a scale outside
    /// 0 to 38, or more than 38 digits. Rounded once, from the exact quotient.
    package func divided(by other: ExactDecimal, scale: Int, rounding rule: RoundingRule) -> ExactDecimal? {
        guard other.mantissa != 0, (0...38).contains(scale) else { return nil }
        let isNegative = (mantissa < 0) != (other.mantissa < 0)
        let exponent = other.scale - self.scale + scale
        let (dividend, divisor) = (mantissa.magnitude, other.mantissa.magnitude)
        var (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
        var remainder = RoundingRemainder(rest, of: divisor)
        if exponent >= 0 {
            var digits = exponent
            while digits > 0 {
                let step = min(digits, 38)
                let power = UInt128(PowersOfTen[step])
                let (scaled, overflow) = quotient.multipliedReportingOverflow(by: power)
                if overflow || scaled > Self.largest { return nil }
                // The remainder is smaller than the divisor, so this quotient is smaller than the power.
                let (more, left) = divisor.dividingFullWidth(rest.multipliedFullWidth(by: power))
                quotient = scaled + more
                rest = left
                digits -= step
            }
            remainder = RoundingRemainder(rest, of: divisor)
        } else {
            let cut = -exponent
            guard cut <= 38 else { return nil }
            let power = UInt128(PowersOfTen[cut])
            let (whole, low) = quotient.quotientAndRemainder(dividingBy: power)
            quotient = whole
            remainder = Self.remainder(low, of: power, thenMore: rest != 0)
        }
        return Self.rounded(quotient, remainder, isNegative: isNegative, scale: scale, rule)
    }

    /// With exactly `scale` digits behind the point; `nil` if they do not fit or the scale is outside 0 to 38.
    package func rounded(to scale: Int, _ rule: RoundingRule) -> ExactDecimal? {
        if scale == self.scale { return self }
        guard (0...38).contains(scale) else { return nil }
        if scale > self.scale {
            let (value, overflow) = mantissa.multipliedReportingOverflow(by: PowersOfTen[scale - self.scale])
            return overflow || value.magnitude > Self.largest ? nil : ExactDecimal(mantissa: value, scale: scale)
        }
        let power = UInt128(PowersOfTen[self.scale - scale])
        let (whole, low) = mantissa.magnitude.quotientAndRemainder(dividingBy: power)
        let remainder = RoundingRemainder(low, of: power)
        return Self.rounded(whole, remainder, isNegative: mantissa < 0, scale: scale, rule)
    }

    /// The same number, written as briefly as possible.
    package var withoutZerosAtTheEnd: ExactDecimal {
        var (mantissa, scale) = (mantissa, scale)
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        return ExactDecimal(mantissa: mantissa, scale: scale)
    }

    /// The whole number that it is, or `nil` where digits other than zero stand behind the point.
    package var wholeNumber: Int128? {
        let reduced = withoutZerosAtTheEnd
        return reduced.scale == 0 ? reduced.mantissa : nil
    }

    /// The nearest Double, for what must leave exact numbers.
    package var approximate: Double { Double(mantissa) / Double(PowersOfTen[scale]) }

    // MARK: Steps

    private func aligned(
        with other: ExactDecimal, _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> ExactDecimal? {
        var (left, right) = (mantissa, other.mantissa)
        var (overflowed, wide) = (false, scale)
        if scale < other.scale {
            wide = other.scale
            (left, overflowed) = left.multipliedReportingOverflow(by: PowersOfTen[other.scale - scale])
        } else if scale > other.scale {
            (right, overflowed) = right.multipliedReportingOverflow(by: PowersOfTen[scale - other.scale])
        }
        if overflowed { return nil }
        let (value, overflow) = operation(left, right)
        return overflow || value.magnitude > Self.largest ? nil : ExactDecimal(mantissa: value, scale: wide)
    }

    private func plainProduct(_ other: ExactDecimal) -> ExactDecimal? {
        guard scale + other.scale <= 38 else { return nil }
        let (value, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
        if overflow || value.magnitude > Self.largest { return nil }
        return ExactDecimal(mantissa: value, scale: scale + other.scale)
    }

    /// At full width, then without as many zeros at its end as it must lose to fit.
    private func reducedProduct(_ other: ExactDecimal) -> ExactDecimal? {
        var (high, low) = mantissa.magnitude.multipliedFullWidth(by: other.mantissa.magnitude)
        var scale = scale + other.scale
        while high != 0 || low > Self.largest || scale > 38 {
            let (quotient, rest) = high.quotientAndRemainder(dividingBy: 10)
            let (shorter, digit) = UInt128(10).dividingFullWidth((rest, low))
            guard scale > 0, digit == 0 else { return nil }
            (high, low, scale) = (quotient, shorter, scale - 1)
        }
        let isNegative = (mantissa < 0) != (other.mantissa < 0)
        return ExactDecimal(mantissa: isNegative ? -Int128(low) : Int128(low), scale: scale)
    }

    /// `low` of `power` (a power of ten above 1), plus a bit more than nothing if `thenMore`.
    private static func remainder(_ low: UInt128, of power: UInt128, thenMore: Bool) -> RoundingRemainder {
        let plain = RoundingRemainder(low, of: power)
        guard thenMore else { return plain }
        switch plain {
        case .none: return .belowHalf
        case .half: return .aboveHalf
        case .belowHalf, .aboveHalf: return plain
        }
    }

    private static func rounded(
        _ magnitude: UInt128, _ remainder: RoundingRemainder, isNegative: Bool, scale: Int, _ rule: RoundingRule
    ) -> ExactDecimal? {
        let grown = rule.grows(isOdd: magnitude & 1 == 1, remainder: remainder) ? magnitude + 1 : magnitude
        guard grown <= largest else { return nil }
        return ExactDecimal(mantissa: isNegative ? -Int128(grown) : Int128(grown), scale: scale)
    }
}

extension ExactDecimal: Comparable {
    /// Correct across scales: the products are compared at their full width.
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.scale == right.scale { return left.mantissa < right.mantissa }
        if (left.mantissa < 0) != (right.mantissa < 0) { return left.mantissa < 0 }
        let a = left.mantissa.magnitude.multipliedFullWidth(by: UInt128(PowersOfTen[max(0, right.scale - left.scale)]))
        let b = right.mantissa.magnitude.multipliedFullWidth(by: UInt128(PowersOfTen[max(0, left.scale - right.scale)]))
        let (small, large) = left.mantissa < 0 ? (b, a) : (a, b)
        return small.high != large.high ? small.high < large.high : small.low < large.low
    }
}
