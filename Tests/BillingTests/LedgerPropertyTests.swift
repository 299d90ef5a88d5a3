import Billing
import Message
import Testing

/// The properties of the ledger that per-unit prices can express, over seeded random runs.
struct LedgerPropertyTests {
    private static let seeds = Array(UInt64(1)...20)

    private func tariffs() throws -> [Tariff] {
        let orders = Tariff.Condition(field: .meter, test: .like("orders.*"))
        return try [
            Samples.tariff(
                "dach", customers: ["1001", "1002"],
                charges: [
                    Samples.charge("partner", "0.0412", per: 7, when: [orders]),
                    Samples.charge("other", "1", per: 3000, basis: .unit),
                ]),
            Samples.tariff(
                "japan", customers: ["20*"], currency: Currency(code: "JPY")!, zone: "Asia/Tokyo",
                charges: [Samples.charge("all", "0.7")]),
        ]
    }

    private func events(_ count: Int, seed: UInt64) -> [BillableEvent] {
        var dice = SplitMix(seed: seed)
        let start = Instant("2026-10-20T00:00:00Z")!.microseconds
        return (0..<count).map { number in
            let at = Instant(microseconds: start + Int64.random(in: 0..<2_000_000_000_000, using: &dice))
            return Samples.event(
                number, customer: ["1001", "1002", "2001", "2002", "9999"].randomElement(using: &dice)!,
                meter: ["orders.dach", "orders.us", "stock"].randomElement(using: &dice)!,
                units: Int64.random(in: 0..<500, using: &dice), at: at)
        }
    }

    private func rate(_ events: [BillableEvent], _ rater: inout Rater) -> [LedgerRecord] {
        events.map { rater.rate($0, recordedAt: Samples.now) }
    }

    /// Amount and units of every tally.
    private func sums(_ records: [LedgerRecord]) -> [TallyKey: Tally] {
        var sums: [TallyKey: Tally] = [:]
        for record in records where !record.isUnpriced {
            sums[TallyKey(record), default: Tally()].quantity += record.quantity
            sums[TallyKey(record), default: Tally()].total += record.amount
        }
        return sums
    }

    @Test(arguments: seeds) func `1: records sum to F under every grouping`(seed: UInt64) throws {
        var rater = Rater(tariffs: try tariffs())
        let records = rate(events(500, seed: seed), &rater)
        #expect(sums(records) == rater.tallies.filter { $0.value != Tally() })
        for (key, tally) in sums(records) {
            let known = try tariffs()
            let tariff = try #require(known.first { $0.name == key.tariff })
            let charge = try #require(tariff.charges.first { $0.name == key.charge })
            let price = try #require(UnitPrice(units: charge.priceUnits, divisor: charge.priceDivisor))
            #expect(price.total(of: tally.quantity) == tally.total)
        }
        let whole = records.reduce(0) { $0 + $1.amount }
        for grouping in [\LedgerRecord.meter, \.tariff, \.charge.customer, \.period, \.chargeName] {
            let groups = Dictionary(grouping: records) { $0[keyPath: grouping] }
            #expect(groups.values.map { $0.reduce(0) { $0 + $1.amount } }.reduce(0, +) == whole)
        }
    }

    @Test(arguments: seeds) func `2 and 4: restarts and replays give identical records`(seed: UInt64) throws {
        let all = events(500, seed: seed)
        var whole = Rater(tariffs: try tariffs())
        let expected = rate(all, &whole)
        var dice = SplitMix(seed: seed)
        var records: [LedgerRecord] = []
        var (tallies, head) = ([TallyKey: Tally](), LedgerHead.beginning)
        while records.count < all.count {
            var rater = Rater(tariffs: try tariffs(), tallies: tallies, ledgerHead: head)
            let end = min(all.count, records.count + Int.random(in: 1...60, using: &dice))
            records += rate(Array(all[records.count..<end]), &rater)
            if Bool.random(using: &dice) { rater.replaceTariffs(try tariffs().reversed()) }
            (tallies, head) = (sums(records), rater.ledgerHead)
        }
        #expect(records == expected)
    }

    @Test(arguments: seeds) func `3: shuffled arrival leaves the totals unchanged`(seed: UInt64) throws {
        let all = events(500, seed: seed)
        var dice = SplitMix(seed: seed)
        var (one, other) = (Rater(tariffs: try tariffs()), Rater(tariffs: try tariffs()))
        #expect(sums(rate(all, &one)) == sums(rate(all.shuffled(using: &dice), &other)))
    }

    @Test func `7: a million sub-cent messages do not drift`() throws {
        let tariff = try Samples.tariff("t", charges: [Samples.charge("c", "0.0007", per: 3)])
        var rater = Rater(tariffs: [tariff])
        var sum: Int64 = 0
        let event = Samples.event(1)
        for _ in 0..<300_000 { sum += rater.rate(event, recordedAt: Samples.now).amount }
        #expect(sum == 7_000_000_000)
    }

    @Test(arguments: seeds) func `9: a new version changes nothing before its instant`(seed: UInt64) throws {
        let change = try #require(Instant("2026-10-31T23:00:00Z"))
        let old = try Samples.tariff("t1", until: "2026-11-01", charges: [Samples.charge("c", "0.05")])
        let openOld = try Samples.tariff("t1", charges: [Samples.charge("c", "0.05")])
        let new = try Samples.tariff("t2", from: "2026-11-01", charges: [Samples.charge("c", "0.07")])
        var (before, after) = (Rater(tariffs: [openOld]), Rater(tariffs: [old, new]))
        for event in events(300, seed: seed) {
            let was = before.rate(event, recordedAt: Samples.now)
            let becomes = after.rate(event, recordedAt: Samples.now)
            if event.deliveredAt < change {
                #expect((was.amount, was.tariff, was.period) == (becomes.amount, becomes.tariff, becomes.period))
            } else {
                #expect(becomes.tariff == "t2")
            }
        }
    }

    @Test func `9: a new version under the same name prices only what comes after it`() throws {
        let old = try Samples.tariff("t", charges: [Samples.charge("c", "1")], hash: "one")
        let new = try Samples.tariff("t", charges: [Samples.charge("c", "2")], hash: "two")
        var rater = Rater(tariffs: [old])
        var records = [rater.rate(Samples.event(1), recordedAt: Samples.now)]
        rater.replaceTariffs([new])
        records.append(rater.rate(Samples.event(2), recordedAt: Samples.now))
        #expect(records.map(\.amount) == [100_000_000, 200_000_000])
        #expect(records.map(\.ordinal) == [1, 2])
        #expect(LedgerVerifier.verifyChain(records, tariffs: [old, new]) == nil)
    }

    @Test func `11: a deleted, inserted, swapped or cut record is found and named`() throws {
        var rater = Rater(tariffs: try tariffs())
        let records = rate(events(60, seed: 11), &rater)
        let head = rater.ledgerHead
        #expect(LedgerVerifier.verifyChain(records, until: head, tariffs: try tariffs()) == nil)
        for index in records.indices.dropLast() {
            var bad = records
            bad.remove(at: index)
            #expect(LedgerVerifier.verifyChain(bad, until: head)?.seq == records[index + 1].seq)
            bad = records
            bad.insert(records[index], at: index)
            #expect(LedgerVerifier.verifyChain(bad, until: head)?.seq == records[index].seq)
            bad = records
            bad.swapAt(index, index + 1)
            #expect(LedgerVerifier.verifyChain(bad, until: head)?.seq == records[index + 1].seq)
        }
        let cut = LedgerVerifier.verifyChain(records.dropLast(), until: head)
        #expect(cut == LedgerFault(seq: 59, problem: .cutOff(expected: 60)))
    }

    @Test func `11: a change to any field is found and named, and so is a forged price`() throws {
        var rater = Rater(tariffs: try tariffs())
        let records = rate(events(10, seed: 5), &rater)
        let victim = records[4]
        for forged in Forgery.every(victim) {
            var bad = records
            bad[4] = forged
            #expect(LedgerVerifier.verifyChain(bad)?.seq == victim.seq || forged.seq != victim.seq)
            #expect(LedgerVerifier.verifyChain(bad) != nil)
        }
        let cheap = try Samples.tariff("t", charges: [Samples.charge("c", "1")])
        let dear = try Samples.tariff("t", charges: [Samples.charge("c", "2")])
        var other = Rater(tariffs: [cheap])
        let record = other.rate(Samples.event(1), recordedAt: Samples.now)
        let fault = LedgerVerifier.verifyChain([record], tariffs: [dear])
        #expect(fault == LedgerFault(seq: 1, problem: .price(expected: 200_000_000)))
    }
}
