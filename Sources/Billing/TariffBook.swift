package import Message

/// All tariffs, ready for the question "which one prices this customer at this instant?".
///
/// Of several that are valid, one that names the customer goes before one whose pattern fits, then the one that became
/// valid last, then the first by name: the answer depends on nothing but the tariffs, the customer and the instant.
struct TariffBook: Sendable {
    /// Classes, so that handing one on costs one reference.
    final class Entry: Sendable {
        let tariff: Tariff
        let customers: [Glob]
        /// Half-open; instants in the tariff's zone.
        let from: Instant
        let until: Instant
        let charges: [ReadyCharge]
        /// Which tally a charge counts in: charges of one name share the first one's.
        let tallySlots: [Int]

        init(tariff: Tariff, from: Instant, until: Instant, charges: [ReadyCharge]) {
            self.tariff = tariff
            self.customers = tariff.customers.map { Glob($0) }
            self.from = from
            self.until = until
            self.charges = charges
            tallySlots = charges.map { charge in charges.firstIndex { $0.name == charge.name } ?? 0 }
        }
    }

    /// A charge with its conditions parsed.
    final class ReadyCharge: Sendable {
        let name: String
        let conditions: [ChargeCondition]
        let basis: Tariff.Basis
        let price: UnitPrice
        let pricedBy: String

        /// `nil` for a price that cannot be: per less than one.
        init?(_ charge: Tariff.Charge) {
            guard let price = UnitPrice(units: charge.priceUnits, divisor: charge.priceDivisor) else { return nil }
            name = charge.name
            conditions = charge.conditions.map { ChargeCondition($0) }
            basis = charge.basis
            self.price = price
            pricedBy = "\(charge.file):\(charge.line)"
        }

        func matches(_ event: BillableEvent) -> Bool {
            for condition in conditions where !condition.holds(for: event) { return false }
            return true
        }
    }

    let entries: [Entry]

    /// A tariff whose zone or dates this machine cannot read prices nothing: its records are unpriced and alarmed.
    init(_ tariffs: [Tariff]) {
        entries = tariffs.compactMap { TariffBook.entry($0) }
    }

    private static func entry(_ tariff: Tariff) -> Entry? {
        guard let zone = Zone(identifier: tariff.period.zone),
            let from = bound(tariff.validFrom, in: zone, open: .min),
            let until = bound(tariff.validUntil, in: zone, open: .max)
        else { return nil }
        let charges = tariff.charges.compactMap { ReadyCharge($0) }
        guard charges.count == tariff.charges.count else { return nil }
        return Entry(tariff: tariff, from: from, until: until, charges: charges)
    }

    private static func bound(_ date: String?, in zone: Zone, open: Int64) -> Instant? {
        guard let date else { return Instant(microseconds: open) }
        return LocalDate(date).map { zone.startOfDay($0) }
    }

    /// Positions of the tariffs that may price a customer, best first.
    func candidates(for customer: String) -> [Int] {
        let found = entries.indices.compactMap { index -> (index: Int, isExact: Bool)? in
            let globs = entries[index].customers.filter { $0.matches(customer) }
            return globs.isEmpty ? nil : (index, globs.contains { $0.isExact })
        }
        return found.sorted { left, right in
            if left.isExact != right.isExact { return left.isExact }
            let (a, b) = (entries[left.index], entries[right.index])
            return a.from != b.from ? a.from > b.from : a.tariff.name < b.tariff.name
        }.map(\.index)
    }

    /// The tariff at an instant, and the stretch around it in which the answer stays the same.
    func choice(among candidates: [Int], at instant: Instant) -> (index: Int?, from: Instant, until: Instant) {
        var (from, until) = (Instant(microseconds: .min), Instant(microseconds: .max))
        var chosen: Int?
        for index in candidates {
            let entry = entries[index]
            for bound in [entry.from, entry.until] {
                if bound <= instant { from = max(from, bound) } else { until = min(until, bound) }
            }
            if chosen == nil, entry.from <= instant, instant < entry.until { chosen = index }
        }
        return (chosen, from, until)
    }
}

extension Tariff {
    /// The tariff that prices a customer's delivery at an instant; `nil`: none does.
    package static func choose(from tariffs: [Tariff], customer: String, at instant: Instant) -> Tariff? {
        let book = TariffBook(tariffs)
        return book.choice(among: book.candidates(for: customer), at: instant).index.map { book.entries[$0].tariff }
    }
}
