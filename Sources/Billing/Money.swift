package import Message

/// An amount in `u`: 10^-6 of the currency's minor unit (EUR: 10^-8).
///
/// There is no `+` on purpose: amounts of two currencies have no sum, and a sum can leave 64 bits.
package struct Money: Sendable, Hashable {
    package let units: Int64
    package let currency: Currency
    package init(units: Int64, currency: Currency) {
        self.units = units
        self.currency = currency
    }
}

extension Money {
    /// u in one minor unit, in every currency.
    package static let unitsPerMinor: Int64 = 1_000_000

    package static func zero(_ currency: Currency) -> Money { Money(units: 0, currency: currency) }

    package func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .differentCurrencies(currency, other.currency) }
        let (sum, overflow) = units.addingReportingOverflow(other.units)
        if overflow { throw .tooLarge(currency: currency) }
        return Money(units: sum, currency: currency)
    }

    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .differentCurrencies(currency, other.currency) }
        let (difference, overflow) = units.subtractingReportingOverflow(other.units)
        if overflow { throw .tooLarge(currency: currency) }
        return Money(units: difference, currency: currency)
    }

    /// To what people can pay: whole minor units.
    package func roundedToMinor(_ rule: RoundingRule) throws(MoneyError) -> Money {
        let perMinor = UInt64(Money.unitsPerMinor)
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: perMinor)
        let grows = rule.grows(isOdd: whole & 1 == 1, remainder: RoundingRemainder(rest, of: perMinor))
        let magnitude = Int128(grows ? whole + 1 : whole) * Int128(perMinor)
        guard let rounded = Int64(exactly: units < 0 ? -magnitude : magnitude) else {
            throw .tooLarge(currency: currency)
        }
        return Money(units: rounded, currency: currency)
    }

    /// Tax on this amount, half-up to the minor unit. `perMillion` of 190,000 is 19 %.
    package func tax(perMillion: Int64) throws(MoneyError) -> Money {
        let product = Int128(units) * Int128(perMillion)
        let divisor = UInt128(1_000_000) * UInt128(Money.unitsPerMinor)
        let (whole, rest) = product.magnitude.quotientAndRemainder(dividingBy: divisor)
        let grows = RoundingRule.halfUp.grows(isOdd: false, remainder: RoundingRemainder(rest, of: divisor))
        let magnitude = Int128(grows ? whole + 1 : whole) * Int128(Money.unitsPerMinor)
        guard let units = Int64(exactly: product < 0 ? -magnitude : magnitude) else {
            throw .tooLarge(currency: currency)
        }
        return Money(units: units, currency: currency)
    }
}
