import Message
import Testing

struct TimeTests {
    @Test func `days and dates agree for every day of four centuries`() throws {
        var date = try #require(LocalDate(year: 1899, month: 12, day: 31))
        var days = date.daysSinceEpoch
        while date.year < 2301 {
            let next = LocalDate(daysSinceEpoch: days + 1)
            #expect(next.daysSinceEpoch == days + 1)
            #expect(next > date)
            #expect(LocalDate(year: Int(next.year), month: Int(next.month), day: Int(next.day)) == next)
            (date, days) = (next, days + 1)
        }
        #expect(LocalDate.epoch.daysSinceEpoch == 0)
        #expect(LocalDate("2026-11-24")?.daysSinceEpoch == 20781)
    }

    @Test(arguments: [
        ("2026-11-24", 2, 2026, 48), ("2021-01-03", 7, 2020, 53), ("2018-12-31", 1, 2019, 1),
        ("2000-02-29", 2, 2000, 9),
    ])
    func `weeks are those of ISO 8601`(text: String, weekday: Int, year: Int32, week: Int) throws {
        let date = try #require(LocalDate(text))
        #expect(date.weekday == weekday)
        #expect(date.isoWeek == (year, week))
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "0000-00-00", "26-01-01", "2026-1-1", "2026-01-01 ", "",
    ])
    func `days that do not exist are refused`(text: String) { #expect(LocalDate(text) == nil) }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-11-24T08:05:00.25+02:00", 1_795_500_300_250_000),
    ])
    func `instants are read with their offset`(text: String, microseconds: Int64) throws {
        let instant = try #require(Instant(text))
        #expect(instant.microseconds == microseconds)
        #expect(Instant(instant.description) == instant)
    }

    @Test func `texts are ISO 8601 with a fraction only where there is one`() {
        #expect(Instant(microseconds: 1_795_500_300_250_000).description == "2026-11-24T06:05:00.250Z")
        #expect(Instant(microseconds: 1).description == "1970-01-01T00:00:00.000001Z")
        #expect(LocalTime("-838:59:59")?.description == "-838:59:59")
        #expect(LocalTime("24:00:00")?.microseconds == 86_400_000_000)
        #expect(LocalDateTime("2026-11-24 24:00:00") == nil)
        #expect(LocalDateTime("2026-11-24 23:59:59.5")?.description == "2026-11-24T23:59:59.500")
        #expect(Microseconds(-500_000).description == "-PT0.500S")
        #expect(Instant(microseconds: .min).description.hasPrefix("-290308-"))
        #expect(Instant(microseconds: .max).description.hasPrefix("+294247-"))
    }

    @Test func `a zone reads gaps forward and doubled hours as the first`() throws {
        let berlin = try #require(Zone(identifier: "Europe/Berlin"))
        func instant(_ text: String) throws -> String {
            try #require(LocalDateTime(text)).instant(in: berlin).description
        }
        #expect(try instant("2026-07-01 12:00:00") == "2026-07-01T10:00:00Z")
        #expect(try instant("2026-03-29 02:30:00") == "2026-03-29T01:30:00Z")
        #expect(try instant("2026-10-25 02:30:00") == "2026-10-25T00:30:00Z")
        #expect(try instant("2026-10-25 03:00:00") == "2026-10-25T02:00:00Z")
        #expect(
            try #require(Instant("2026-10-25T00:59:59.999999Z")).local(in: berlin).description
                == "2026-10-25T02:59:59.999999")
        #expect(Zone(identifier: "Europe/Berlim") == nil)
    }

    @Test func `a day begins after the gap where summer time skips midnight`() throws {
        let cairo = try #require(Zone(identifier: "Africa/Cairo"))
        #expect(cairo.startOfDay(try #require(LocalDate("2024-04-26"))).description == "2024-04-25T22:00:00Z")
        let apia = try #require(Zone(identifier: "Pacific/Apia"))
        let skipped = apia.startOfDay(try #require(LocalDate("2011-12-30")))
        #expect(skipped == apia.startOfDay(try #require(LocalDate("2011-12-31"))))
    }
}
