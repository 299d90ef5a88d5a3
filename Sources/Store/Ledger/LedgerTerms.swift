import Billing

/// Numbers for customers and terms, given out once and kept for ever; the terms used last are found without hashing.
final class LedgerTerms {
    struct Numbered {
        let id: Int64
        let terms: ChargeTerms
        /// The same for all terms that one tally runs over.
        let tally: Int64
    }

    private var customers: [String: Int64] = [:]
    private var terms: [ChargeTerms: Numbered] = [:]
    private var tallies: [TallyKey: Int64] = [:]
    private var recent: [Numbered] = []
    private var nextCustomer: Int64 = 1
    private var nextTerms: Int64 = 1
    private var newCustomers: [(id: Int64, name: String)] = []
    private var newTerms: [Numbered] = []

    private let putCustomer: Statement
    private let putTerms: Statement

    init(_ database: Database) throws(StoreError) {
        putCustomer = database.prepare("INSERT INTO customers (id, name) VALUES (?1, ?2)")
        putTerms = database.prepare(
            """
            INSERT INTO charge_terms (id, \(ChargeTerms.columns))
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
        let storedCustomers = database.prepare("SELECT id, name FROM customers")
        while try storedCustomers.next() {
            customers[storedCustomers.text(1)] = storedCustomers.integer(0)
            nextCustomer = max(nextCustomer, storedCustomers.integer(0) + 1)
        }
        let storedTerms = database.prepare("SELECT id, \(ChargeTerms.columns) FROM charge_terms")
        while try storedTerms.next() { enter(ChargeTerms(storedTerms, first: 1), id: storedTerms.integer(0)) }
    }

    func customer(_ name: String) -> Int64 {
        if let known = customers[name] { return known }
        let id = nextCustomer
        nextCustomer += 1
        customers[name] = id
        newCustomers.append((id, name))
        return id
    }

    /// Rarely asked.
    func customerName(_ id: Int64) -> String { customers.first { $0.value == id }?.key ?? "" }

    func number(of record: LedgerRecord) -> Numbered {
        for known in recent where known.terms.match(record) { return known }
        let wanted = ChargeTerms(record)
        let found: Numbered
        if let known = terms[wanted] {
            found = known
        } else {
            found = enter(wanted, id: nextTerms)
            newTerms.append(found)
        }
        if recent.count >= 8 { recent.removeFirst() }
        recent.append(found)
        return found
    }

    @discardableResult
    private func enter(_ wanted: ChargeTerms, id: Int64) -> Numbered {
        let key = TallyKey(customer: "", tariff: wanted.tariff, charge: wanted.charge, period: wanted.period)
        let tally = tallies[key] ?? Int64(tallies.count + 1)
        tallies[key] = tally
        let numbered = Numbered(id: id, terms: wanted, tally: tally)
        terms[wanted] = numbered
        nextTerms = max(nextTerms, id + 1)
        return numbered
    }

    func write() throws(StoreError) {
        for (id, name) in newCustomers {
            putCustomer.bind(1, id)
            putCustomer.bind(2, name)
            try putCustomer.run()
        }
        for numbered in newTerms { try put(numbered) }
    }

    private func put(_ numbered: Numbered) throws(StoreError) {
        let terms = numbered.terms
        putTerms.bind(1, numbered.id)
        let texts = [
            terms.tariff, terms.tariffHash, terms.charge, terms.pricedBy, terms.meter, terms.route, terms.connection,
            terms.currency.code,
        ]
        for (position, text) in texts.enumerated() { putTerms.bind(Int32(position + 2), text) }
        putTerms.bind(10, Int64(terms.currency.minorDigits))
        putTerms.bind(11, terms.period)
        try putTerms.run()
    }

    func committed() {
        newCustomers.removeAll()
        newTerms.removeAll()
    }
}
