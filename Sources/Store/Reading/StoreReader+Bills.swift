package import Billing
package import Message

/// What bills are made of: priced records summed, unpriced ones counted, and the deliveries counted apart from both.
extension StoreReader {
    /// The facts of every customer with a record in the period, or of one customer, in the order of their names.
    ///
    /// - Parameters:
    ///   - period: `2026-11`; cut in the zone of each customer's tariff.
    ///   - tariffs: those that are known now, for zones.
    /// - Returns: nil where `period` is no key of a period.
    package func billFacts(
        customer: String?, period: String, tariffs: [Tariff], asOf: Instant
    ) throws(StoreError) -> [BillFacts]? {
        var gathered: [String: Gathered] = [:]
        let names = if let customer { [customer] } else { try customers() }
        for name in names {
            guard let span = PeriodSpan(key: period, customer: name, tariffs: tariffs) else { return nil }
            gathered[name] = Gathered(span: span)
        }
        try gatherRecords(customer, &gathered)
        try gatherDeliveries(&gathered)
        let head = try ledgerEnd()
        return gathered.sorted { $0.key < $1.key }.compactMap { name, found in
            guard customer != nil || found.billed > 0 || found.delivered > 0 else { return nil }
            return BillFacts(
                customer: name, span: found.span, rows: found.rows, unpriced: found.unpriced,
                delivered: found.delivered, billed: found.billed, head: head, asOf: asOf)
        }
    }

    private struct Gathered {
        let span: PeriodSpan
        var rows: [LedgerAggregate] = []
        var unpriced: Int64 = 0
        var billed: Int64 = 0
        var delivered: Int64 = 0
    }

    private func customers() throws(StoreError) -> [String] {
        try rows("SELECT name FROM customers ORDER BY name", row: { $0.text(0) })
    }

    // MARK: The ledger

    private func gatherRecords(_ customer: String?, _ gathered: inout [String: Gathered]) throws(StoreError) {
        for (name, row) in try aggregates(customer) where !row.period.isEmpty {
            guard let span = gathered[name]?.span, Self.lies(row.period, in: span) else { continue }
            gathered[name]?.rows.append(row)
            gathered[name]?.billed &+= row.records
        }
        for (name, at) in try unpricedRecords(customer) where gathered[name]?.span.contains(at) == true {
            gathered[name]?.unpriced &+= 1
            gathered[name]?.billed &+= 1
        }
    }

    private func aggregates(_ customer: String?) throws(StoreError) -> [(customer: String, row: LedgerAggregate)] {
        let sql = """
            SELECT name, tariff, tariff_hash, charge, priced_by, meter, period, currency, minor_digits, sum(quantity),
                sum(amount), sum(records), min(first), max(last)
            FROM (SELECT customer, terms, count(*) AS records, sum(quantity) AS quantity, sum(amount_u) AS amount,
                    min(seq) AS first, max(seq) AS last
                FROM ledger WHERE \(Self.only(customer)) GROUP BY customer, terms)
            JOIN charge_terms ON charge_terms.id = terms JOIN customers ON customers.id = customer
            GROUP BY name, tariff, tariff_hash, charge, priced_by, meter, period, currency, minor_digits
            """
        return try rows(
            sql, bind: { if let customer { $0.bind(1, customer) } },
            row: { row in
                let aggregate = LedgerAggregate(
                    tariff: row.text(1), tariffHash: row.text(2), charge: row.text(3), pricedBy: row.text(4),
                    meter: row.text(5), period: row.text(6),
                    currency: Currency(code: row.text(7), minorDigits: Int(clamping: row.integer(8))),
                    quantity: row.integer(9), amount: row.integer(10), records: row.integer(11),
                    firstSeq: row.integer(12), lastSeq: row.integer(13))
                return (row.text(0), aggregate)
            })
    }

    private func unpricedRecords(_ customer: String?) throws(StoreError) -> [(customer: String, at: Instant)] {
        let sql = """
            SELECT name, delivered_us FROM ledger JOIN customers ON customers.id = customer
            WHERE terms IN (SELECT id FROM charge_terms WHERE period = '') AND \(Self.only(customer))
            """
        return try rows(
            sql, bind: { if let customer { $0.bind(1, customer) } },
            row: { ($0.text(0), Instant(microseconds: $0.integer(1))) })
    }

    private static func only(_ customer: String?) -> String {
        customer == nil ? "1" : "customer = (SELECT id FROM customers WHERE name = ?1)"
    }

    /// The key itself, or one of a smaller unit inside: the days of a month.
    private static func lies(_ key: String, in span: PeriodSpan) -> Bool {
        if key == span.key { return true }
        guard let unit = BillingPeriod.Unit(key: key), unit != span.unit,
            let part = BillingPeriod(unit: unit, zone: span.zone).span(key: key)
        else { return false }
        return span.contains(part.start) && part.end <= span.end
    }

    private func ledgerEnd() throws(StoreError) -> LedgerHead {
        let last = try database.integer("SELECT max(seq) FROM ledger") ?? 0
        guard last > 0, let record = try ledgerLines(after: last - 1, limit: 1).first else {
            return LedgerHead(seq: 0, hash: LedgerRow.firstHash)
        }
        return LedgerHead(seq: record.seq, hash: record.hash)
    }

    // MARK: The deliveries

    /// Marks are kept for a while only; of older deliveries the ledger is the only witness, and it counts for both.
    private func gatherDeliveries(_ gathered: inout [String: Gathered]) throws(StoreError) {
        let forgotten = try forgottenBefore("marks")
        try forEachMark { mark in
            guard let name = mark.billedTo, gathered[name]?.span.contains(mark.at) == true else { return }
            if let forgotten, mark.at < forgotten { return }
            gathered[name]?.delivered &+= 1
        }
        guard let forgotten else { return }
        for name in gathered.keys {
            guard let span = gathered[name]?.span, span.start < forgotten else { continue }
            gathered[name]?.delivered &+= try records(of: name, from: span.start, until: min(span.end, forgotten))
        }
    }

    private func records(of customer: String, from: Instant, until: Instant) throws(StoreError) -> Int64 {
        let sql =
            "SELECT count(*) FROM ledger WHERE \(Self.only(customer)) AND delivered_us >= ?2 AND delivered_us < ?3"
        return try rows(
            sql,
            bind: { statement in
                statement.bind(1, customer)
                statement.bind(2, from.microseconds)
                statement.bind(3, until.microseconds)
            }, row: { $0.integer(0) }
        ).first ?? 0
    }
}
