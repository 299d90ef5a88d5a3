package import Message

/// Prices deliveries, one after the other, and continues the ledger's chain. Pure: no clock, no I/O.
///
/// The tallies live inside: each record is priced as the next unit of its (customer, tariff, charge, period), whatever
/// the order of arrival. What comes out is to be committed, all of it and in order; a rater whose records were not
/// committed is thrown away and made again from the store. For one thread at a time.
package struct Rater {
    private var book: TariffBook
    private var spans = RecentSpans()
    private var seq: Int64
    private var headHash: [UInt8]
    private var hasher = LedgerHasher()

    /// Customers that are kept ready; their names come from messages, so they must not grow without end.
    private static let customerLimit = 20_000

    /// Tallies that no window holds.
    private var resting: [TallyKey: Tally]
    private var positions: [String: Int] = [:]
    private var customers: [RatedCustomer] = []

    /// Records since the start that no tariff priced: what the alarm looks at.
    package private(set) var unpricedCount = 0

    package init(tariffs: [Tariff], tallies: [TallyKey: Tally] = [:], ledgerHead: LedgerHead = .beginning) {
        book = TariffBook(tariffs)
        resting = tallies
        seq = ledgerHead.seq
        headHash = ledgerHead.hash
    }

    package var ledgerHead: LedgerHead { LedgerHead(seq: seq, hash: headHash) }

    /// Other tariffs from the next record on; counts go on where name, charge and period are the same.
    package mutating func replaceTariffs(_ tariffs: [Tariff]) {
        restAll()
        book = TariffBook(tariffs)
    }

    /// Units and total so far of everything rated or given at the start.
    package var tallies: [TallyKey: Tally] {
        var all = resting
        for customer in customers {
            for window in customer.windows { Self.collect(window, of: customer.name, from: book, into: &all) }
        }
        return all
    }

    /// The next record of the ledger. Without a matching tariff and charge, and where a number would leave 64 bits or
    /// the quantity is negative, it has no tariff and no amount (`isUnpriced`).
    package mutating func rate(_ event: BillableEvent, recordedAt: Instant) -> LedgerRecord {
        let customer = position(of: event.charge.customer)
        let window = windowPosition(customer, at: event.deliveredAt)
        if let priced = price(event, customer, window) {
            let (tariff, charge) = (priced.entry.tariff, priced.charge)
            return append(
                LedgerRecord(
                    seq: seq &+ 1, charge: event.charge, tariff: tariff.name, tariffHash: tariff.hash,
                    chargeName: charge.name, pricedBy: charge.pricedBy, meter: event.meter, route: event.route,
                    connection: event.connection, bytes: event.bytes, quantity: priced.quantity,
                    valueBase: event.value?.description ?? "", ordinal: priced.ordinal,
                    totalBefore: priced.totalBefore, amount: priced.amount, currency: tariff.currency,
                    deliveredAt: event.deliveredAt, recordedAt: recordedAt, period: priced.period,
                    previousHash: headHash, hash: []))
        }
        unpricedCount += 1
        return append(
            LedgerRecord(
                seq: seq &+ 1, charge: event.charge, tariff: "", tariffHash: "", chargeName: "", pricedBy: "",
                meter: event.meter, route: event.route, connection: event.connection, bytes: event.bytes,
                quantity: event.units, valueBase: event.value?.description ?? "", ordinal: 0, totalBefore: 0,
                amount: 0, currency: .none, deliveredAt: event.deliveredAt, recordedAt: recordedAt, period: "",
                previousHash: headHash, hash: []))
    }

    private mutating func append(_ record: LedgerRecord) -> LedgerRecord {
        var record = record
        record.hash = hasher.hash(record)
        seq = record.seq
        headHash = record.hash
        return record
    }

    // MARK: Price

    private struct Priced {
        let entry: TariffBook.Entry
        let charge: TariffBook.ReadyCharge
        let period: String
        let quantity: Int64
        let ordinal: Int64
        let totalBefore: Int64
        let amount: Int64
    }

    private mutating func price(_ event: BillableEvent, _ customer: Int, _ window: Int) -> Priced? {
        guard let index = customers[customer].windows[window].tariff else { return nil }
        let entry = book.entries[index]
        guard let position = entry.charges.firstIndex(where: { $0.matches(event) }) else { return nil }
        let charge = entry.charges[position]
        let slot = entry.tallySlots[position]
        let quantity = charge.basis == .delivery ? 1 : event.units
        let before = customers[customer].windows[window].tallies[slot]
        guard quantity >= 0, let amount = charge.price.amount(of: quantity, after: before.quantity) else { return nil }
        let (total, overflow) = before.total.addingReportingOverflow(amount)
        if overflow { return nil }
        let ordinal = before.quantity + quantity  // `amount(of:after:)` has checked this sum
        customers[customer].windows[window].tallies[slot] = Tally(quantity: ordinal, total: total)
        return Priced(
            entry: entry, charge: charge, period: customers[customer].windows[window].period,
            quantity: quantity, ordinal: ordinal, totalBefore: before.total, amount: amount)
    }

    // MARK: Windows

    private mutating func position(of name: String) -> Int {
        if let known = positions[name] { return known }
        if customers.count >= Rater.customerLimit { restAll() }
        positions[name] = customers.count
        customers.append(RatedCustomer(name: name, candidates: book.candidates(for: name)))
        return customers.count - 1
    }

    private mutating func windowPosition(_ customer: Int, at instant: Instant) -> Int {
        if let known = customers[customer].windowPosition(at: instant) { return known }
        var window = emptyWindow(for: customers[customer], at: instant)
        let name = customers[customer].name
        for evicted in customers[customer].makeRoom(for: window, in: book) {
            Self.collect(evicted, of: name, from: book, into: &resting)
        }
        window.tallies = restingTallies(window, of: name)
        customers[customer].windows.insert(window, at: 0)
        return 0
    }

    private mutating func emptyWindow(for customer: RatedCustomer, at instant: Instant) -> RatedCustomer.Window {
        let choice = book.choice(among: customer.candidates, at: instant)
        guard let index = choice.index, let span = spans.span(of: book.entries[index].tariff.period, at: instant) else {
            return RatedCustomer.Window(from: choice.from, until: choice.until, tariff: nil, period: "", tallies: [])
        }
        return RatedCustomer.Window(
            from: max(choice.from, span.start), until: min(choice.until, span.end), tariff: index, period: span.key,
            tallies: [])
    }

    private func restingTallies(_ window: RatedCustomer.Window, of name: String) -> [Tally] {
        guard let index = window.tariff else { return [] }
        let entry = book.entries[index]
        return entry.charges.map { charge in
            let key = TallyKey(
                customer: name, tariff: entry.tariff.name, charge: charge.name, period: window.period)
            return resting[key] ?? Tally()
        }
    }

    private mutating func restAll() {
        for customer in customers {
            for window in customer.windows { Self.collect(window, of: customer.name, from: book, into: &resting) }
        }
        positions.removeAll(keepingCapacity: true)
        customers.removeAll(keepingCapacity: true)
    }

    /// Static: with a copy of the rater beside it, `all` would be copied whole at every call.
    private static func collect(
        _ window: RatedCustomer.Window, of name: String, from book: TariffBook, into all: inout [TallyKey: Tally]
    ) {
        guard let index = window.tariff else { return }
        let entry = book.entries[index]
        for (position, tally) in window.tallies.enumerated() where entry.tallySlots[position] == position {
            if tally == Tally() { continue }
            let charge = entry.charges[position]
            let key = TallyKey(customer: name, tariff: entry.tariff.name, charge: charge.name, period: window.period)
            all[key] = tally
        }
    }
}
