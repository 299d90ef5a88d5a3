/// How digits that do not fit are dropped. All rules look at the magnitude, so `-x` rounds to minus what `x` rounds to.
package enum RoundingRule: String, Sendable, Hashable, CaseIterable {
    /// To the nearest; a tie goes to the even neighbour.
    case halfEven = "half_even"
    /// To the nearest; a tie goes away from zero.
    case halfUp = "half_up"
    /// Away from zero.
    case up
    /// Towards zero.
    case down
}

/// What a division left over, as seen from the middle between two neighbours.
package enum RoundingRemainder: Sendable {
    case none, belowHalf, half, aboveHalf

    /// Of `remainder / divisor`, where `remainder < divisor`.
    @inlinable
    package init<T: FixedWidthInteger & UnsignedInteger>(_ remainder: T, of divisor: T) {
        if remainder == 0 {
            self = .none
            return
        }
        let missing = divisor - remainder
        self = remainder < missing ? .belowHalf : remainder == missing ? .half : .aboveHalf
    }
}

extension RoundingRule {
    /// Whether a truncated magnitude has to grow by one.
    @inlinable
    package func grows(isOdd: Bool, remainder: RoundingRemainder) -> Bool {
        switch (self, remainder) {
        case (_, .none), (.down, _): false
        case (.up, _): true
        case (_, .belowHalf): false
        case (_, .aboveHalf): true
        case (.halfUp, .half): true
        case (.halfEven, .half): isOdd
        }
    }
}
