import Message

/// Turns rows of the ledger into rounded lines, taxes and totals.
struct BillBuilder {
    private struct LineKey: Hashable, Comparable {
        let currency: String
        let minorDigits: Int
        let tariff: String
        let tariffHash: String
        let charge: String
        let pricedBy: String
        let period: String

        /// Where the charge stands in its tariff.
        let position: Int

        static func < (left: LineKey, right: LineKey) -> Bool {
            if left.group != right.group { return left.group.lexicographicallyPrecedes(right.group) }
            return (left.position, left.charge, left.pricedBy) < (right.position, right.charge, right.pricedBy)
        }

        private var group: [String] { [currency, "\(minorDigits)", tariff, period, tariffHash] }
    }

    private let prices: TariffPrices
    private var rows: [LineKey: [LedgerAggregate]] = [:]
    private(set) var recordRange: ClosedRange<Int64>?

    init(prices: TariffPrices) { self.prices = prices }

    mutating func add(_ row: LedgerAggregate) {
        let key = LineKey(
            currency: row.currency.code, minorDigits: row.currency.minorDigits, tariff: row.tariff,
            tariffHash: row.tariffHash, charge: row.charge, pricedBy: row.pricedBy, period: row.period,
            position: prices.position(tariffHash: row.tariffHash, charge: row.charge) ?? .max)
        rows[key, default: []].append(row)
        let (low, high) = (min(row.firstSeq, row.lastSeq), max(row.firstSeq, row.lastSeq))
        recordRange = recordRange.map { min($0.lowerBound, low)...max($0.upperBound, high) } ?? low...high
    }

    /// The tariff versions that priced something, by name.
    var versions: [BillReport.TariffVersion] {
        let found = Set(rows.keys.map { BillReport.TariffVersion(name: $0.tariff, hash: $0.tariffHash) })
        return found.sorted { ($0.name, $0.hash) < ($1.name, $1.hash) }
    }

    /// Versions whose terms are no longer at hand.
    var warnings: [String] {
        versions.filter { prices.tariff(hash: $0.hash) == nil }.map { version in
            let terms = "tariff \(version.name) has changed since (version \(version.hash.prefix(12)))"
            guard let successor = prices.successor(named: version.name) else {
                return "\(terms) and is gone: its lines carry no tax"
            }
            let rate = successor.taxPerMillion.map { "\(BillReport.percent($0)) tax" } ?? "no tax"
            return "\(terms): its lines carry \(rate) as the present version does"
        }
    }

    func sections() throws(MoneyError) -> [BillReport.Section] {
        var sections: [BillReport.Section] = []
        var keys = rows.keys.sorted()[...]
        while let first = keys.first {
            let end = keys.firstIndex { $0.currency != first.currency || $0.minorDigits != first.minorDigits }
            let own = keys[..<(end ?? keys.endIndex)]
            let currency = Currency(code: first.currency, minorDigits: first.minorDigits)
            sections.append(try section(Array(own), currency))
            keys = keys[(end ?? keys.endIndex)...]
        }
        return sections
    }

    private func section(_ keys: [LineKey], _ currency: Currency) throws(MoneyError) -> BillReport.Section {
        var lines: [BillReport.Line] = []
        var (exact, net, tax) = (Money.zero(currency), Money.zero(currency), Money.zero(currency))
        var bases: [Int64: Money] = [:]
        for key in keys {
            let line = try line(key, currency)
            exact = try exact.adding(line.exact)
            net = try net.adding(line.amount)
            if let rate = terms(key)?.taxPerMillion {
                bases[rate] = try (bases[rate] ?? .zero(currency)).adding(line.amount)
            }
            lines.append(line)
        }
        var taxes: [BillReport.Tax] = []
        for (rate, base) in bases.sorted(by: { $0.key < $1.key }) {
            let amount = try base.tax(perMillion: rate)
            tax = try tax.adding(amount)
            taxes.append(BillReport.Tax(perMillion: rate, base: base, amount: amount))
        }
        return BillReport.Section(
            currency: currency, lines: lines, exact: exact, rounding: try net.subtracting(exact), net: net,
            taxes: taxes, tax: tax, total: try net.adding(tax))
    }

    private func line(_ key: LineKey, _ currency: Currency) throws(MoneyError) -> BillReport.Line {
        var (exact, quantity, records) = (Money.zero(currency), Int64(0), Int64(0))
        var meters: [String: BillReport.Meter] = [:]
        for row in rows[key] ?? [] {
            let amount = Money(units: row.amount, currency: currency)
            exact = try exact.adding(amount)
            quantity = try Self.sum(quantity, row.quantity, currency)
            records = try Self.sum(records, row.records, currency)
            let known = meters[row.meter]
            meters[row.meter] = BillReport.Meter(
                name: row.meter, quantity: try Self.sum(known?.quantity ?? 0, row.quantity, currency),
                exact: try (known?.exact ?? .zero(currency)).adding(amount))
        }
        let rounded = try exact.roundedToMinor(terms(key)?.rounding ?? .halfEven)
        return BillReport.Line(
            tariff: key.tariff, tariffHash: key.tariffHash, charge: key.charge, pricedBy: key.pricedBy,
            period: key.period, quantity: quantity,
            price: prices.price(tariffHash: key.tariffHash, charge: key.charge), records: records, exact: exact,
            rounding: try rounded.subtracting(exact), amount: rounded,
            meters: meters.values.sorted { $0.name < $1.name })
    }

    /// Rounding and tax of the version that priced the line, or of the present one.
    private func terms(_ key: LineKey) -> Tariff? {
        prices.tariff(hash: key.tariffHash) ?? prices.successor(named: key.tariff)
    }

    private static func sum(_ left: Int64, _ right: Int64, _ currency: Currency) throws(MoneyError) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { throw .tooLarge(currency: currency) }
        return sum
    }
}

extension BillReport {
    /// `19 %` for 190,000 parts of a million.
    static func percent(_ perMillion: Int64) -> String {
        "\(ExactDecimal(mantissa: Int128(perMillion), scale: 4).withoutZerosAtTheEnd) %"
    }
}
