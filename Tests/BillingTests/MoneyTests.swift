import Billing
import Message
import Testing

struct MoneyTests {
    private let yen = Currency(code: "JPY")!
    private let dinar = Currency(code: "KWD")!

    @Test func `u is a millionth of the minor unit`() throws {
        #expect(try Money("1", currency: Samples.euro).units == 100_000_000)
        #expect(try Money("1", currency: yen).units == 1_000_000)
        #expect(try Money("1", currency: dinar).units == 1_000_000_000)
        #expect(try Money("-0.00000001", currency: Samples.euro).units == -1)
        #expect(try Money("1.500000000000", currency: Samples.euro).units == 150_000_000)
        #expect(Currency(code: "EURO") == nil)
        #expect(Currency(code: "eur") == nil)
        #expect(Currency.codes.count > 160)
    }

    @Test func `what is finer or larger than u can say is refused with a sentence`() throws {
        let fine = try #require(ExactDecimal("0.000000001"))
        #expect(throws: MoneyError.tooFine(amount: fine, currency: Samples.euro)) {
            try Money("0.000000001", currency: Samples.euro)
        }
        #expect("\(MoneyError.tooFine(amount: fine, currency: Samples.euro))".contains("price 1 per 3000"))
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) {
            try Money("92233720369", currency: Samples.euro)
        }
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) {
            try Money("99999999999999999999999999999999999999", currency: Samples.euro)
        }
        #expect(throws: MoneyError.notANumber) { try Money("1,50", currency: Samples.euro) }
        #expect(throws: MoneyError.self) { try UnitPrice("-1", currency: Samples.euro) }
        #expect(throws: MoneyError.divisorBelowOne(0)) { try UnitPrice("1", per: 0, currency: Samples.euro) }
    }

    @Test func `sums are checked and stay within a currency`() throws {
        let most = Money(units: .max, currency: Samples.euro)
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) { try most.adding(most) }
        #expect(throws: MoneyError.differentCurrencies(Samples.euro, yen)) { try most.adding(.zero(yen)) }
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) { try most.roundedToMinor(.up) }
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) { try most.tax(perMillion: .max) }
        #expect(
            try Money(units: .min, currency: Samples.euro).roundedToMinor(.down).units == -9_223_372_036_854_000_000)
    }

    @Test func `text has the currency's digits, more only where they count, and thousands`() throws {
        #expect(try Money("1234567.5", currency: Samples.euro).groupedText == "1,234,567.50")
        #expect(try Money("-1234.0412", currency: Samples.euro).groupedText == "-1,234.0412")
        #expect(try Money("999", currency: yen).groupedText == "999")
        #expect(try Money("0.5", currency: dinar).description == "0.500 KWD")
        #expect(Money(units: .min, currency: Samples.euro).plainText == "-92233720368.54775808")
    }

    @Test func `a price per many is exact`() throws {
        let price = try UnitPrice("1", per: 3000, currency: Samples.euro)
        #expect(price.total(of: 3000) == 100_000_000)
        #expect(price.text(in: Samples.euro) == "1.00 per 3,000")
        var sum: Int64 = 0
        for before in 0..<3000 {
            sum += try #require(price.amount(of: 1, after: Int64(before)))
            #expect(price.total(of: Int64(before) + 1) == sum)
        }
        #expect(price.amount(of: .max, after: 1) == nil)
        #expect(try UnitPrice("92233720368", currency: Samples.euro).total(of: 2) == nil)
    }
}
