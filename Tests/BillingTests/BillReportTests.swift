import Billing
import Foundation
import Message
import Testing

struct BillReportTests {
    private func dach() throws -> Tariff {
        let orders = Tariff.Condition(field: .meter, test: .like("orders.*"))
        return try Samples.tariff(
            "dach_2026", customers: ["1001", "1002"],
            charges: [
                Samples.charge("partner", "0.0412", when: [orders], line: 12),
                Samples.charge("other", "1", per: 3000, basis: .unit, line: 13),
            ], taxPerMillion: 190_000, hash: "4f3a9c1e44d0ab12cd34")
    }

    private func records(_ tariffs: [Tariff], seed: UInt64, count: Int = 1500) -> [LedgerRecord] {
        var dice = SplitMix(seed: seed)
        var rater = Rater(tariffs: tariffs)
        return (0..<count).map { number in
            rater.rate(
                Samples.event(
                    number, customer: ["1001", "1001", "1002", "2001"].randomElement(using: &dice)!,
                    meter: ["orders.dach", "orders.us", "stock"].randomElement(using: &dice)!,
                    units: Int64.random(in: 1..<40, using: &dice)), recordedAt: Samples.now)
        }
    }

    private func report(_ customer: String, _ tariffs: [Tariff], seed: UInt64) throws -> BillReport {
        let records = records(tariffs, seed: seed)
        return try BillReport(
            Ledgers.facts(records, of: customer, in: "2026-11", tariffs: tariffs), tariffs: tariffs)
    }

    @Test(arguments: UInt64(1)...20) func `lines, meters and totals agree exactly`(seed: UInt64) throws {
        let tariffs = [try dach()]
        let all = records(tariffs, seed: seed)
        let report = try report("1001", tariffs, seed: seed)
        let section = try #require(report.sections.first)
        let amounts = all.filter { $0.charge.customer == "1001" }.reduce(0) { $0 + $1.amount }
        #expect(section.exact.units == amounts)
        #expect(section.exact.units + section.rounding.units == section.net.units)
        #expect(section.net.units + section.tax.units == section.total.units)
        for line in section.lines {
            #expect(line.exact.units + line.rounding.units == line.amount.units)
            #expect(line.amount.units % Money.unitsPerMinor == 0)
            #expect(abs(line.rounding.units) <= Money.unitsPerMinor / 2)
            #expect(line.meters.reduce(0) { $0 + $1.exact.units } == line.exact.units)
            #expect(line.meters.reduce(0) { $0 + $1.quantity } == line.quantity)
            #expect(line.price?.total(of: line.quantity) == line.exact.units)
        }
        #expect(report.isBalanced && report.warnings.isEmpty)
    }

    /// `WAYBILL_UPDATE_FIXTURES=1` writes the fixtures anew.
    private func expectFixture(_ name: String, _ text: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        if ProcessInfo.processInfo.environment["WAYBILL_UPDATE_FIXTURES"] != nil {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `the table for people`() throws {
        let table = try report("1001", [try dach()], seed: 1).table()
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 100 })
        try expectFixture("report.txt", table)
    }

    @Test func `the JSON for programs`() throws {
        let json = try report("1001", [try dach()], seed: 1).json()
        guard case .record(let record) = try JSONText.parse(json) else {
            Issue.record("a report is an object")
            return
        }
        #expect(record.value(named: "customer") == .text("1001"))
        try expectFixture("report.json", String(decoding: json, as: UTF8.self) + "\n")
    }

    @Test func `all customers side by side`() throws {
        let yen = Currency(code: "JPY")!
        let tariffs = try [
            dach(),
            Samples.tariff(
                "japan", customers: ["2*"], currency: yen, zone: "Asia/Tokyo",
                charges: [Samples.charge("all", "1234.5", currency: yen)]),
        ]
        let summary = try BillSummary(
            key: "2026-11",
            reports: ["2001", "1001", "1002", "3000"].map { try report($0, tariffs, seed: 2) })
        #expect(summary.totals.map(\.total.currency.code) == ["EUR", "JPY"])
        #expect(summary.table().split(separator: "\n").allSatisfy { $0.count <= 100 })
        try expectFixture("summary.txt", summary.table())
        guard case .record = try JSONText.parse(summary.json()) else {
            Issue.record("a summary is an object")
            return
        }
    }

    @Test func `what does not add up is said`() throws {
        let tariffs = [try dach()]
        let records = records(tariffs, seed: 3, count: 40)
        let facts = Ledgers.facts(records, of: "2001", in: "2026-11", tariffs: tariffs, delivered: 99)
        let report = try BillReport(facts, tariffs: tariffs)
        #expect(!report.isBalanced)
        #expect(report.warnings.count == 2)
        #expect(report.table().contains("99 ≠ billed"))
        #expect(report.table().contains("without a price"))
    }

    @Test func `a version that is gone keeps its amounts and says what is missing`() throws {
        let old = try dach()
        let new = try Samples.tariff("dach_2026", charges: [Samples.charge("partner", "1")], hash: "another")
        let facts = Ledgers.facts(records([old], seed: 4), of: "1001", in: "2026-11", tariffs: [old])
        let was = try BillReport(facts, tariffs: [old])
        let report = try BillReport(facts, tariffs: [new])
        #expect(report.sections.first?.exact == was.sections.first?.exact)
        #expect(report.sections.first?.lines.first?.price == nil)
        #expect(report.warnings.count == 1)
        #expect(try BillReport(facts, tariffs: []).warnings.first?.contains("carry no tax") == true)
    }

    @Test func `sums beyond 64 bits are an error, names cannot move the cursor`() throws {
        let row = LedgerAggregate(
            tariff: "t", tariffHash: "h", charge: "c\u{1b}[2J", pricedBy: "f:1", meter: "m\n", period: "2026-11",
            currency: Samples.euro, quantity: 1, amount: 9_000_000_000_000_000_000, records: 1, firstSeq: 2, lastSeq: 1)
        func facts(_ count: Int) -> BillFacts {
            BillFacts(
                customer: "\u{202e}1001", span: PeriodSpan(key: "2026-11", customer: "1001", tariffs: [])!,
                rows: Array(repeating: row, count: count), unpriced: 0, delivered: 1, billed: 1, head: .beginning,
                asOf: Samples.now)
        }
        let table = try BillReport(facts(1), tariffs: []).table()
        #expect(!table.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" })
        #expect(throws: MoneyError.tooLarge(currency: Samples.euro)) { try BillReport(facts(2), tariffs: []) }
    }

    @Test func `a report's span is in the zone of the customer's tariff`() throws {
        let tariffs = [try dach()]
        #expect(PeriodSpan(key: "2026-11", customer: "1001", tariffs: tariffs)?.zone == "Europe/Berlin")
        #expect(PeriodSpan(key: "2026-11", customer: "9999", tariffs: tariffs)?.zone == "UTC")
        #expect(PeriodSpan(key: "2026-11-24", customer: "1001", tariffs: tariffs)?.unit == .day)
        #expect(PeriodSpan(key: "November", customer: "1001", tariffs: tariffs) == nil)
    }
}
