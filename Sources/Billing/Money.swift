/// A currency by ISO 4217 code, with the number of digits of its minor unit.
package struct Currency: Sendable, Hashable {
    package let code: String
    /// Digits behind the point that people pay in: EUR 2, JPY 0, KWD 3.
    package let minorDigits: Int
    package init(code: String, minorDigits: Int) {
        self.code = code
        self.minorDigits = minorDigits
    }
}

/// An amount in `u`: 10^-6 of the currency's minor unit (EUR: 10^-8). Adding two currencies is a caller's mistake.
package struct Money: Sendable, Hashable {
    package let units: Int64
    package let currency: Currency
    package init(units: Int64, currency: Currency) {
        self.units = units
        self.currency = currency
    }
}
