import Billing
import Foundation
import Message
import Testing

struct PeriodTests {
    private func span(_ unit: BillingPeriod.Unit, _ zone: String, _ instant: String) throws -> PeriodSpan {
        let instant = try #require(Instant(instant))
        return try #require(BillingPeriod(unit: unit, zone: zone).span(containing: instant))
    }

    @Test func `October 2026 in Berlin has 745 hours`() throws {
        let october = try span(.month, "Europe/Berlin", "2026-10-31T22:30:00Z")
        #expect(october.key == "2026-10")
        #expect(october.start.description == "2026-09-30T22:00:00Z")
        #expect(october.end.description == "2026-10-31T23:00:00Z")
    }

    @Test func `keys name their period and lead back to it`() throws {
        let keys: [(BillingPeriod.Unit, String, String)] = [
            (.day, "2026-11-24T12:00:00Z", "2026-11-24"), (.week, "2026-11-24T12:00:00Z", "2026-W48"),
            (.week, "2021-01-03T12:00:00Z", "2020-W53"), (.week, "2018-12-31T12:00:00Z", "2019-W01"),
            (.month, "2026-11-24T12:00:00Z", "2026-11"), (.quarter, "2026-11-24T12:00:00Z", "2026-Q4"),
            (.quarter, "2026-01-01T00:00:00Z", "2026-Q1"), (.year, "2024-02-29T00:00:00Z", "2024"),
        ]
        for (unit, instant, key) in keys {
            let found = try span(unit, "UTC", instant)
            #expect(found.key == key)
            #expect(BillingPeriod(unit: unit, zone: "UTC").span(key: key) == found)
        }
    }

    @Test(arguments: [
        "2026-13", "2026-1", "2026", "2026-W54", "2026-Q5", "", "W48", "2026-11-31", "2026-Q", "-Q1", "ä",
    ])
    func `keys of no period are refused`(key: String) {
        for unit in BillingPeriod.Unit.allCases where !(unit == .year && key == "2026") {
            #expect(BillingPeriod(unit: unit, zone: "UTC").span(key: key) == nil)
        }
    }

    @Test func `an unknown zone has no periods`() {
        let period = BillingPeriod(unit: .month, zone: "Europe/Berlim")
        #expect(period.span(containing: Samples.now) == nil)
        #expect(period.span(key: "2026-11") == nil)
    }

    /// Property 10: periods of a unit tile time without gap and overlap, in every zone.
    @Test func `every instant lies in exactly one period in every zone`() throws {
        var dice = SplitMix(seed: 10)
        for zone in TimeZone.knownTimeZoneIdentifiers {
            for unit in BillingPeriod.Unit.allCases {
                let period = BillingPeriod(unit: unit, zone: zone)
                let seconds = Int64.random(in: 0..<2_208_988_800, using: &dice)
                let instant = Instant(microseconds: seconds * 1_000_000 + Int64.random(in: 0..<1_000_000, using: &dice))
                let span = try #require(period.span(containing: instant))
                #expect(span.contains(instant))
                let next = try #require(period.span(containing: span.end))
                let last = try #require(period.span(containing: Instant(microseconds: span.end.microseconds - 1)))
                #expect(next.start == span.end, "\(zone) \(span)")
                #expect(last == span, "\(zone) \(span)")
                #expect(next.key > span.key)
            }
        }
    }

    /// The zones whose clocks skip a midnight or a whole day, or go back over midnight, day by day.
    @Test(arguments: [
        "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia", "America/St_Johns", "Asia/Beirut", "America/Havana",
        "Pacific/Kwajalein", "Europe/Berlin", "Antarctica/Troll", "Australia/Lord_Howe",
    ])
    func `days tile the years of a zone with odd midnights`(zone: String) throws {
        let period = BillingPeriod(unit: .day, zone: zone)
        var span = try span(.day, zone, "1990-01-01T12:00:00Z")
        let end = try #require(Instant("2026-12-31T12:00:00Z"))
        while span.end < end {
            let next = try #require(period.span(containing: span.end))
            #expect(next.start == span.end)
            #expect(next.key > span.key)
            #expect(span.end.microseconds - span.start.microseconds <= 26 * 3_600_000_000)
            span = next
        }
    }
}
