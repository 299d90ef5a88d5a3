package import Message

/// A customer's bill of one period while it is open: every amount that depends on the period's end is provisional.
///
/// Amounts are rounded once, on a line (charge of a tariff version in a period); tax is half-up on the sum of the
/// rounded lines of a tax rate. Exact amount + rounding = amount, for every line and every sum of lines.
package struct BillReport: Sendable {
    package struct Line: Sendable {
        package let tariff: String
        package let tariffHash: String
        package let charge: String
        package let pricedBy: String
        package let period: String
        package let quantity: Int64
        /// `nil` when the version that priced it is no longer at hand.
        package let price: UnitPrice?
        package let records: Int64
        /// Sum of the records, exactly.
        package let exact: Money
        /// What rounding adds to it.
        package let rounding: Money
        package let amount: Money
        /// The line by meter, in the order of their names; not rounded.
        package let meters: [Meter]
    }

    package struct Meter: Sendable, Hashable {
        package let name: String
        package let quantity: Int64
        package let exact: Money
    }

    package struct Tax: Sendable, Hashable {
        /// Parts of a million.
        package let perMillion: Int64
        package let base: Money
        package let amount: Money
    }

    /// All of one currency: there is no sum over two.
    package struct Section: Sendable {
        package let currency: Currency
        package let lines: [Line]
        package let exact: Money
        package let rounding: Money
        package let net: Money
        package let taxes: [Tax]
        package let tax: Money
        package let total: Money
    }

    package struct TariffVersion: Sendable, Hashable {
        package let name: String
        package let hash: String
    }

    package enum State: String, Sendable, Hashable {
        /// The period runs.
        case open
        /// The period is over, but nobody has closed it: late deliveries still enter.
        case ended
    }

    package let customer: String
    package let span: PeriodSpan
    package let asOf: Instant
    package let state: State
    package let sections: [Section]
    package let tariffs: [TariffVersion]
    package let delivered: Int64
    package let billed: Int64
    package let unpriced: Int64
    /// Numbers of the first and last priced record; `nil`: none.
    package let recordRange: ClosedRange<Int64>?
    package let head: LedgerHead
    /// What a reader must know before trusting the amounts; empty when all is well.
    package let warnings: [String]

    /// Every billed delivery has its record and every record its delivery.
    package var isBalanced: Bool { delivered == billed }

    /// - Throws: `.tooLarge` where a sum leaves 64 bits.
    package init(_ facts: BillFacts, tariffs known: [Tariff]) throws(MoneyError) {
        let prices = TariffPrices(known)
        var builder = BillBuilder(prices: prices)
        for row in facts.rows { builder.add(row) }
        customer = facts.customer
        span = facts.span
        asOf = facts.asOf
        state = facts.asOf < facts.span.end ? .open : .ended
        sections = try builder.sections()
        tariffs = builder.versions
        delivered = facts.delivered
        billed = facts.billed
        unpriced = facts.unpriced
        recordRange = builder.recordRange
        head = facts.head
        warnings = BillReport.warnings(facts) + builder.warnings
    }

    private static func warnings(_ facts: BillFacts) -> [String] {
        var warnings: [String] = []
        if facts.delivered != facts.billed {
            let (delivered, billed) = (Money.grouped("\(facts.delivered)"), Money.grouped("\(facts.billed)"))
            warnings.append("\(delivered) delivered but \(billed) billed: run `waybill audit`, this must not be")
        }
        if facts.unpriced > 0 {
            let count = Money.grouped("\(facts.unpriced)")
            warnings.append(
                "\(count) billed without a price: no tariff or no charge fits them; the period cannot be closed")
        }
        let priced = facts.rows.reduce(into: Int128(0)) { $0 += Int128($1.records) }
        if priced + Int128(facts.unpriced) != Int128(facts.billed) {
            warnings.append("the lines hold \(priced) records and \(facts.unpriced) are unpriced, of \(facts.billed)")
        }
        return warnings
    }
}
