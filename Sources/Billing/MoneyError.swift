package import Message

/// Why an amount or a price cannot be taken or computed.
package enum MoneyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not plain digits with a point.
    case notANumber
    /// Finer than 10^-6 of the currency's minor unit.
    case tooFine(amount: ExactDecimal, currency: Currency)
    /// Beyond 64 bits of u (92 thousand million euros).
    case tooLarge(currency: Currency)
    case negativePrice(ExactDecimal)
    /// `per 0`, or less.
    case divisorBelowOne(Int64)
    case differentCurrencies(Currency, Currency)

    package var description: String {
        switch self {
        case .notANumber: "this is no amount of money: write digits and a point, such as 0.0412"
        case .tooFine(let amount, let currency):
            "\(amount) \(currency.code) is finer than \(currency.code) is counted in (\(currency.unitDigits) digits "
                + "behind the point): write a price for many, such as `price 1 per 3000`"
        case .tooLarge(let currency): "the amount is larger than Waybill counts in \(currency.code)"
        case .negativePrice(let price): "a price is not negative, this one is \(price): write a discount or a credit"
        case .divisorBelowOne(let divisor): "a price is per 1 or more, this one is per \(divisor)"
        case .differentCurrencies(let one, let other):
            "\(one.code) and \(other.code) cannot be added: they are reported side by side"
        }
    }
}
