package import Message

/// A price per `divisor` units, in u: both exact, so `1 per 3000` loses nothing.
package struct UnitPrice: Sendable, Hashable {
    package let units: Int64
    package let divisor: Int64

    /// - Throws: `.negativePrice`, `.tooFine` (finer than 1 u), `.tooLarge`, `.divisorBelowOne`.
    package init(_ price: ExactDecimal, per divisor: Int64 = 1, currency: Currency) throws(MoneyError) {
        guard price.mantissa >= 0 else { throw .negativePrice(price) }
        guard divisor >= 1 else { throw .divisorBelowOne(divisor) }
        units = try Money(price, currency: currency).units
        self.divisor = divisor
    }

    package init(_ text: String, per divisor: Int64 = 1, currency: Currency) throws(MoneyError) {
        guard let price = ExactDecimal(text) else { throw .notANumber }
        try self.init(price, per: divisor, currency: currency)
    }

    /// What a checked tariff holds; `nil` for a divisor below 1.
    package init?(units: Int64, divisor: Int64) {
        guard divisor >= 1 else { return nil }
        self.units = units
        self.divisor = divisor
    }

    /// F(n): the total of the first `quantity` units of a period in u, half-even where the division leaves a rest.
    ///
    /// The amount of a message is a difference of two such totals, so the messages of a period sum to F exactly.
    /// `nil` beyond 64 bits.
    package func total(of quantity: Int64) -> Int64? {
        if divisor == 1 {
            let (total, overflow) = units.multipliedReportingOverflow(by: quantity)
            return overflow ? nil : total
        }
        let product = Int128(units) * Int128(quantity)
        let divisor = UInt128(self.divisor)
        let (whole, rest) = product.magnitude.quotientAndRemainder(dividingBy: divisor)
        let grows = RoundingRule.halfEven.grows(isOdd: whole & 1 == 1, remainder: RoundingRemainder(rest, of: divisor))
        let magnitude = Int128(whole) + (grows ? 1 : 0)
        return Int64(exactly: product < 0 ? -magnitude : magnitude)
    }

    /// F(before + quantity) - F(before); `nil` beyond 64 bits.
    package func amount(of quantity: Int64, after before: Int64) -> Int64? {
        let (end, overflow) = before.addingReportingOverflow(quantity)
        guard !overflow, let total = total(of: end), let start = self.total(of: before) else { return nil }
        let (amount, carry) = total.subtractingReportingOverflow(start)
        return carry ? nil : amount
    }

    /// `0.0412`, `1.00 per 3,000`.
    package func text(in currency: Currency) -> String {
        let price = Money(units: units, currency: currency).groupedText
        return divisor == 1 ? price : "\(price) per \(Money.grouped("\(divisor)"))"
    }
}
