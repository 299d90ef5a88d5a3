import Billing
import Foundation
import Message
import Testing

/// Figures, not assertions: `WAYBILL_BENCH=1 swift test -c release --filter RaterSpeed`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["WAYBILL_BENCH"] != nil))
struct RaterSpeed {
    @Test func `nanoseconds a record`() throws {
        let orders = Tariff.Condition(field: .meter, test: .like("orders.*"))
        let tariff = try Samples.tariff(
            "dach_2026", customers: ["10*"],
            charges: [Samples.charge("partner", "0.0412", when: [orders]), Samples.charge("other", "0")])
        let events = (0..<1000).map { Samples.event($0, customer: "10\($0 % 50)", value: "119.90") }
        var rater = Rater(tariffs: [tariff])
        var sum: Int64 = 0
        let start = ContinuousClock.now
        for _ in 0..<500 {
            for event in events { sum &+= rater.rate(event, recordedAt: Samples.now).amount }
        }
        let taken = ContinuousClock.now - start
        print("rated 500,000 records, sum \(sum):", taken / 500_000, "each")
    }
}
