import Console
import Message
import Testing

@testable import waybill

@Suite struct TerminalTextTests {
    @Test func tablesAlignAndAreInert() {
        var table = TextTable([("NAME", .left), ("N", .right)])
        table.add(["a", "1,234"])
        table.add(["evil\u{1b}[2J\n", "5"])
        #expect(table.text == "NAME                 N\na                1,234\nevil\\u{1b}[2J\\n      5\n")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (Int64.min, "-9,223,372,036,854,775,808"),
    ])
    func numbersAreGrouped(_ number: Int64, _ text: String) {
        #expect(GroupedNumber.text(number) == text)
    }

    @Test func progressSaysTheRateOfDelivery() {
        let before = ProgressSnapshot(seen: 0, delivered: 1_000, dead: 0, waiting: 0)
        let now = ProgressSnapshot(seen: 9_000, delivered: 7_000, dead: 2, waiting: 1_998)
        #expect(
            ProgressText.line(before, now, milliseconds: 500)
                == "seen 9,000 · delivered 7,000 · waiting 1,998 · dead 2 · 12,000/s")
        #expect(ProgressText.line(now, before, milliseconds: 0).hasSuffix(" 0/s"))
    }

    @Test func differencesShowWhatChangesWithWhatIsAround() {
        let before = (1...12).map { "line \($0)" }.joined(separator: "\n") + "\n"
        let after = before.replacing("line 6\n", with: "line six\nline 6.5\n")
        #expect(
            TextDifference.text("a.route", before: before, after: after) == """
                --- a.route
                +++ a.route
                @@ -3,7 +3,8 @@
                 line 3
                 line 4
                 line 5
                -line 6
                +line six
                +line 6.5
                 line 7
                 line 8
                 line 9

                """)
        #expect(TextDifference.text("a", before: before, after: before).isEmpty)
    }

    @Test func theStatusBecomesTables() throws {
        let report = StatusReport(
            state: .running, version: "1", plan: "0123456789abcdef", asOf: Instant(microseconds: 0), deadLetters: 2,
            billed: 7,
            routes: [
                StatusReport.Route(
                    name: "orders", seen: 1_234,
                    words: [("delivered", 1_000), ("filtered", 0), ("dead", 2), ("waiting", 232)],
                    position: "after id 1,234", source: "reading", gapsOpen: 0)
            ],
            queues: [StatusReport.Queue(name: "outbox", waiting: 200, inFlight: 32, delayed: 0, parked: 0)],
            receivers: [
                StatusReport.Receiver(connection: "acme", host: "a.example", inFlight: 3, waiting: 1, isCutOff: true)
            ])
        let text = StatusText.text(try JSONText.parse(report.json()))
        #expect(
            text == """
                running, plan 0123456789ab
                seen 1,234 · delivered 1,000 · dead 2 · waiting 232 · dead letters 2 · billed 7

                ROUTE    SEEN  DELIVERED  DEAD  WAITING  SOURCE   POSITION
                orders  1,234      1,000     2      232  reading  after id 1,234

                QUEUE   WAITING  IN FLIGHT  DELAYED  PARKED
                outbox      200         32        0       0

                CONNECTION  RECEIVER   IN FLIGHT  WAITING  CUT OFF
                acme        a.example          3        1  yes

                """)
    }
}
