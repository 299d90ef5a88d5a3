package import Billing
import Message

/// The ledger, summed and line by line.
extension StoreReader {
    /// Which records are asked for; nil: all.
    package struct LedgerFilter: Sendable, Hashable {
        package var customer: String?
        /// `2026-11`; empty: the unpriced ones.
        package var period: String?
        package init(customer: String? = nil, period: String? = nil) {
            self.customer = customer
            self.period = period
        }
    }

    /// Records of one customer, period, tariff, charge and price added up.
    package struct LedgerSum: Sendable, Hashable {
        package let customer: String
        package let period: String
        package let tariff: String
        package let tariffHash: String
        package let charge: String
        package let pricedBy: String
        package let currency: Currency
        package let records: Int64
        package let quantity: Int64
        /// In u of the currency.
        package let amount: Int64
        package let firstSeq: Int64
        package let lastSeq: Int64
    }

    /// - Throws: `.failed` where a sum leaves 64 bits.
    package func ledgerSums(_ filter: LedgerFilter = LedgerFilter()) throws(StoreError) -> [LedgerSum] {
        // Grouped by numbers first: names are looked up once a group.
        let sql = """
            SELECT name, period, tariff, tariff_hash, charge, priced_by, currency, minor_digits, sum(records),
                sum(quantity), sum(amount), min(first), max(last)
            FROM (SELECT customer, terms, count(*) AS records, sum(quantity) AS quantity, sum(amount_u) AS amount,
                    min(seq) AS first, max(seq) AS last
                FROM ledger WHERE \(Self.condition(filter)) GROUP BY customer, terms)
            JOIN charge_terms ON charge_terms.id = terms JOIN customers ON customers.id = customer
            GROUP BY name, period, tariff, tariff_hash, charge, priced_by, currency, minor_digits
            ORDER BY name, period, tariff, charge, priced_by
            """
        return try rows(
            sql, bind: { Self.bind(filter, $0) },
            row: { row in
                LedgerSum(
                    customer: row.text(0), period: row.text(1), tariff: row.text(2), tariffHash: row.text(3),
                    charge: row.text(4), pricedBy: row.text(5),
                    currency: Currency(code: row.text(6), minorDigits: Int(clamping: row.integer(7))),
                    records: row.integer(8), quantity: row.integer(9), amount: row.integer(10),
                    firstSeq: row.integer(11),
                    lastSeq: row.integer(12))
            })
    }

    /// Records numbered above `seq`, in order.
    package func ledgerLines(
        _ filter: LedgerFilter = LedgerFilter(), after seq: Int64 = 0, limit: Int
    ) throws(StoreError) -> [LedgerRecord] {
        let sql = "\(LedgerRow.selection) WHERE \(Self.condition(filter)) AND seq > ?3 ORDER BY seq LIMIT ?4"
        let before = database.prepare("SELECT rest FROM ledger WHERE seq = ?1")
        var previous: (seq: Int64, hash: [UInt8]) = (0, LedgerRow.firstHash)
        return try rows(
            sql,
            bind: { statement in
                Self.bind(filter, statement)
                statement.bind(3, seq)
                statement.bind(4, Int64(max(0, limit)))
            },
            row: { row throws(StoreError) in
                let wanted = row.integer(0) &- 1
                if previous.seq != wanted { previous = (wanted, try Self.hash(of: wanted, before)) }
                let record = try LedgerRow.record(row, previousHash: previous.hash)
                previous = (record.seq, record.hash)
                return record
            })
    }

    /// The hash of a record; empty where there is none, which breaks the chain for who verifies it.
    private static func hash(of seq: Int64, _ statement: Statement) throws(StoreError) -> [UInt8] {
        guard seq > 0 else { return LedgerRow.firstHash }
        statement.bind(1, seq)
        guard try statement.next() else { return [] }
        defer { statement.reset() }
        do { return try LedgerRest(statement.bytes(0)).hash } catch {
            throw .damaged(what: "ledger record \(seq): \(error)")
        }
    }

    package func tallies() throws(StoreError) -> [(key: TallyKey, tally: Tally)] {
        try rows("SELECT customer, tariff, charge, period, quantity, total_u FROM tallies") { row in
            let key = TallyKey(customer: row.text(0), tariff: row.text(1), charge: row.text(2), period: row.text(3))
            return (key, Tally(quantity: row.integer(4), total: row.integer(5)))
        }
    }

    package func ledgerRecordCount() throws(StoreError) -> Int64 {
        try database.integer("SELECT count(*) FROM ledger") ?? 0
    }

    private static func condition(_ filter: LedgerFilter) -> String {
        let customer = filter.customer == nil ? "" : "customer = (SELECT id FROM customers WHERE name = ?1) AND "
        let period = filter.period == nil ? "" : "terms IN (SELECT id FROM charge_terms WHERE period = ?2) AND "
        return customer + period + "1"
    }

    private static func bind(_ filter: LedgerFilter, _ statement: Statement) {
        if let customer = filter.customer { statement.bind(1, customer) }
        if let period = filter.period { statement.bind(2, period) }
    }
}
