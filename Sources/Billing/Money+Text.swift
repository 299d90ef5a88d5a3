package import Message

extension Money {
    /// An amount as people write it: `12.50`, at most as fine as 1 u.
    package init(_ text: String, currency: Currency) throws(MoneyError) {
        guard let amount = ExactDecimal(text) else { throw .notANumber }
        try self.init(amount, currency: currency)
    }

    package init(_ amount: ExactDecimal, currency: Currency) throws(MoneyError) {
        guard let scaled = amount.withoutZerosAtTheEnd.rounded(to: currency.unitDigits, .down) else {
            throw .tooLarge(currency: currency)
        }
        guard scaled == amount else { throw .tooFine(amount: amount, currency: currency) }
        guard let units = Int64(exactly: scaled.mantissa) else { throw .tooLarge(currency: currency) }
        self.init(units: units, currency: currency)
    }

    /// The exact amount with every digit of u.
    package var amount: ExactDecimal { ExactDecimal(mantissa: Int128(units), scale: currency.unitDigits) }

    /// Plain digits: as many behind the point as the currency has, more only where they are not zero. For JSON.
    package var plainText: String {
        let brief = amount.withoutZerosAtTheEnd
        return (brief.rounded(to: max(brief.scale, currency.minorDigits), .down) ?? brief).description
    }

    /// For people: `1,234.50`, `-0.0412`.
    package var groupedText: String { Money.grouped(plainText) }

    /// A comma before every third digit of the whole part.
    static func grouped(_ digits: String) -> String {
        let isNegative = digits.hasPrefix("-")
        let plain = isNegative ? digits.dropFirst() : digits[...]
        let whole = plain.prefix { $0 != "." }
        var text = isNegative ? "-" : ""
        for (position, digit) in whole.enumerated() {
            if position > 0, (whole.count - position) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text + plain.dropFirst(whole.count)
    }
}

extension Money: CustomStringConvertible {
    package var description: String { "\(plainText) \(currency.code)" }
}
