import Billing
import Message
import Testing

struct RaterTests {
    private let orders = Tariff.Condition(field: .meter, test: .like("orders.*"))

    private func dach() throws -> Tariff {
        try Samples.tariff(
            "dach_2026", customers: ["1001", "shop-*"],
            charges: [
                Samples.charge("partner", "0.0412", when: [orders], line: 12),
                Samples.charge("other", "0.01", per: 3, basis: .unit, line: 13),
            ])
    }

    @Test func `a record carries what priced it and where its charge stands`() throws {
        var rater = try Rater(tariffs: [dach()])
        _ = rater.rate(Samples.event(1), recordedAt: Samples.now)
        let record = rater.rate(Samples.event(2, value: "119.90"), recordedAt: Samples.now)
        #expect(record.seq == 2)
        #expect((record.tariff, record.tariffHash, record.chargeName) == ("dach_2026", "hash of dach_2026", "partner"))
        #expect(record.pricedBy == "tariffs.route:12")
        #expect((record.quantity, record.ordinal, record.totalBefore, record.amount) == (1, 2, 4_120_000, 4_120_000))
        #expect((record.period, record.currency, record.valueBase) == ("2026-11", Samples.euro, "119.90"))
        #expect(!record.isUnpriced)
    }

    @Test func `the first matching charge prices, by unit where it says so`() throws {
        var rater = try Rater(tariffs: [dach()])
        let record = rater.rate(Samples.event(1, meter: "stock", units: 2), recordedAt: Samples.now)
        #expect((record.chargeName, record.quantity, record.amount) == ("other", 2, 666_667))
        let next = rater.rate(Samples.event(2, meter: "stock", units: 1), recordedAt: Samples.now)
        #expect((next.ordinal, next.totalBefore, next.amount) == (3, 666_667, 333_333))
        #expect(rater.rate(Samples.event(3, meter: "stock", units: 0), recordedAt: Samples.now).amount == 0)
    }

    @Test func `what nothing prices is recorded without a price`() throws {
        var rater = try Rater(tariffs: [dach()])
        let unpriced = [
            Samples.event(1, customer: "2002"), Samples.event(2, meter: "stock", units: -1),
            Samples.event(3, meter: "stock", units: 27_000_000_000_000),
            Samples.event(4, meter: "stock", units: 27_000_000_000_000),
        ].map { rater.rate($0, recordedAt: Samples.now) }
        #expect(unpriced.map(\.isUnpriced) == [true, true, false, true])
        #expect(unpriced[0].currency == .none)
        #expect(unpriced.map(\.seq) == [1, 2, 3, 4])
        #expect(rater.unpricedCount == 3)
        #expect(LedgerVerifier.verifyChain(unpriced, tariffs: [try dach()]) == nil)
    }

    @Test func `counts go on when more customers come than are kept ready`() throws {
        var rater = try Rater(tariffs: [Samples.tariff("all", charges: [Samples.charge("a", "1")])])
        for round in 1...2 {
            let ordinals = (0..<25_000).map { customer in
                rater.rate(Samples.event(1, customer: "\(customer)"), recordedAt: Samples.now).ordinal
            }
            #expect(Set(ordinals) == [Int64(round)])
        }
        #expect(rater.tallies.count == 25_000)
    }

    @Test func `a tariff is valid from local midnight to local midnight`() throws {
        let old = try Samples.tariff(
            "old", from: "2026-01-01", until: "2026-11-01", charges: [Samples.charge("a", "1")])
        let new = try Samples.tariff("new", from: "2026-11-01", charges: [Samples.charge("a", "2")])
        var rater = Rater(tariffs: [old, new])
        let names = ["2026-10-31T22:59:59.999999Z", "2026-10-31T23:00:00Z", "2025-12-31T22:59:59Z"].map {
            rater.rate(Samples.event(1, at: $0), recordedAt: Samples.now).tariff
        }
        #expect(names == ["old", "new", ""])
    }

    @Test func `a tariff that names the customer goes before one whose pattern fits`() throws {
        let all = try Samples.tariff("all", charges: [Samples.charge("a", "1")])
        let one = try Samples.tariff(
            "one", customers: ["1001"], from: "2026-11-10", until: "2026-11-20", charges: [Samples.charge("a", "2")])
        for order in [[all, one], [one, all]] {
            var rater = Rater(tariffs: order)
            let days = ["2026-11-05", "2026-11-15", "2026-11-25", "2026-11-15", "2026-11-06"]
            let records = days.map { rater.rate(Samples.event(1, at: $0 + "T12:00:00Z"), recordedAt: Samples.now) }
            #expect(records.map(\.tariff) == ["all", "one", "all", "one", "all"])
            #expect(records.map(\.ordinal) == [1, 1, 2, 2, 3])
        }
    }

    @Test func `conditions look at every field`() throws {
        let event = Samples.event(1, meter: "orders.dach", units: 3, value: "119.90")
        let cases: [(Tariff.Condition.Field, Tariff.Condition.Test, Bool)] = [
            (.meter, .equal("orders.dach"), true), (.meter, .like("orders.?ach"), true), (.meter, .like("*.us"), false),
            (.route, .notEqual("orders"), false), (.destination, .isIn(["acme", "globex"]), true),
            (.type, .equal("file"), false), (.bytes, .greaterOrEqual(512), true), (.bytes, .less(512), false),
            (.units, .equal("3.0"), true), (.units, .greater(3), false), (.value, .greater(119), true),
            (.value, .lessOrEqual(119), false), (.value, .isIn(["1", "119.9"]), true), (.meter, .less(1), false),
        ]
        for (field, test, holds) in cases {
            let charge = try Samples.charge("c", "1", when: [Tariff.Condition(field: field, test: test)])
            var rater = Rater(tariffs: [Samples.tariff("t", charges: [charge])])
            #expect(rater.rate(event, recordedAt: Samples.now).isUnpriced == !holds, "\(field) \(test)")
        }
        let missing = Tariff.Condition(field: .value, test: .notEqual("1"))
        var rater = try Rater(tariffs: [Samples.tariff("t", charges: [Samples.charge("c", "1", when: [missing])])])
        #expect(rater.rate(Samples.event(1), recordedAt: Samples.now).isUnpriced)
    }

    @Test(arguments: [
        ("*", "", true), ("?", "", false), ("?", "ä", true), ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXbYY", false),
        ("shop-*", "shop-", true), ("shop-*", "Shop-1", false), ("**a", "bba", true), ("", "", true), ("", "a", false),
        ("*a?", "aaab", true), ("a.b", "a.b", true), ("a.b", "axb", false),
    ])
    func `globs match whole texts`(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }
}
