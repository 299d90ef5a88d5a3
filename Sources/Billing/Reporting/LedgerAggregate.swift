package import Message

/// Priced records of one customer, summed: what a store answers to "group by tariff, tariff hash, charge, priced by,
/// meter, currency, period". The records of a row were all priced by the same line of the same tariff version.
package struct LedgerAggregate: Sendable, Hashable {
    package let tariff: String
    package let tariffHash: String
    package let charge: String
    package let pricedBy: String
    package let meter: String
    package let period: String
    package let currency: Currency
    package let quantity: Int64
    /// Sum of the amounts, in u.
    package let amount: Int64
    package let records: Int64
    package let firstSeq: Int64
    package let lastSeq: Int64

    package init(
        tariff: String, tariffHash: String, charge: String, pricedBy: String, meter: String, period: String,
        currency: Currency, quantity: Int64, amount: Int64, records: Int64, firstSeq: Int64, lastSeq: Int64
    ) {
        self.tariff = tariff
        self.tariffHash = tariffHash
        self.charge = charge
        self.pricedBy = pricedBy
        self.meter = meter
        self.period = period
        self.currency = currency
        self.quantity = quantity
        self.amount = amount
        self.records = records
        self.firstSeq = firstSeq
        self.lastSeq = lastSeq
    }
}

/// What a bill is made of: plain facts of one customer and period, gathered by whoever can read the store.
package struct BillFacts: Sendable {
    package let customer: String
    package let span: PeriodSpan
    /// Rows whose period is `span.key`, or lies in it (the days of a month). Any order.
    package let rows: [LedgerAggregate]
    /// Records without a price whose delivery lies in the span.
    package let unpriced: Int64
    /// Deliveries in the span that are marked as billed to the customer, counted without looking at the ledger.
    package let delivered: Int64
    /// Ledger records of the customer in the span, priced or not, counted without looking at the deliveries.
    package let billed: Int64
    package let head: LedgerHead
    package let asOf: Instant

    package init(
        customer: String, span: PeriodSpan, rows: [LedgerAggregate], unpriced: Int64, delivered: Int64, billed: Int64,
        head: LedgerHead, asOf: Instant
    ) {
        self.customer = customer
        self.span = span
        self.rows = rows
        self.unpriced = unpriced
        self.delivered = delivered
        self.billed = billed
        self.head = head
        self.asOf = asOf
    }
}

extension PeriodSpan {
    /// The span that a report of a customer covers for a key such as `2026-11`: in the zone of the customer's tariff
    /// (of the one valid in the middle of it, if any), else in UTC. `nil` for a key of no unit.
    package init?(key: String, customer: String, tariffs: [Tariff]) {
        guard let unit = BillingPeriod.Unit(key: key),
            let plain = BillingPeriod(unit: unit, zone: "UTC").span(key: key)
        else { return nil }
        let middle = plain.start.microseconds + (plain.end.microseconds - plain.start.microseconds) / 2
        let book = TariffBook(tariffs)
        let candidates = book.candidates(for: customer)
        let chosen = book.choice(among: candidates, at: Instant(microseconds: middle)).index ?? candidates.first
        let zone = chosen.map { book.entries[$0].tariff.period.zone }
        let own = zone.flatMap { BillingPeriod(unit: unit, zone: $0).span(key: key) }
        self = own ?? plain
    }
}

extension BillingPeriod.Unit {
    /// The unit whose keys look like this one: `2026-11` is a month.
    package init?(key: String) {
        guard let unit = BillingPeriod.Unit.allCases.first(where: { $0.firstDay(key: key) != nil }) else { return nil }
        self = unit
    }
}
