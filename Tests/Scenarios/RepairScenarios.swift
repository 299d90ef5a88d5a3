import ExampleShop
import Foundation
import Synchronization
import Testing

extension Scenarios {
    /// P7, and what does not end as delivered: dead letters, lost messages.
    @Suite(.serialized) struct Repair {
        @Test func `a message that crashes the engine three times is put aside, alone`() throws {
            let stage = try Stage()
            let partner = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 20)
            stage.environment["WAYBILL_TEST_TRAP_ON_MESSAGE"] = "shop.orders/3"
            stage.environment["SWIFT_BACKTRACE"] = "enable=no"
            for round in 1...3 {
                // The trap may come before the ready line.
                guard let service = try? stage.serve() else { continue }
                let status = service.child.wait(milliseconds: 20_000)
                #expect(status != nil && status != 0, "round \(round)")
            }
            let last = try stage.serve()
            try stage.untilSettled(rows: 20)
            let totals = try stage.totals()
            #expect(totals["delivered"] == 19 && totals["dead"] == 1 && totals.addsUp)
            #expect(last.child.exitStatus() == nil)
            #expect(!partner.requests.contains { $0.key == "S-3" })
            #expect(try last.command(["dead", "ls", "--json"]).output.contains("shop.orders/3"))
        }

        @Test func `a refused order is a dead letter, and another try delivers and bills it once`() throws {
            let stage = try Stage()
            let arrived = Arrivals()
            let partner = try stage.receiver { request, _ in
                arrived.note(request.key)
                return PartnerAnswer(request.key == "S-2" && arrived.count("S-2") == 1 ? 422 : 200)
            }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 3)
            let service = try stage.serve()
            try stage.untilSettled(rows: 3)
            #expect(try stage.totals()["dead"] == 1 && stage.totals()["billed"] == 2)
            #expect(try service.command(["dead", "retry", "--all", "--yes"]).status == 0)
            try stage.until("it is delivered, too") { $0["delivered"] == 3 }
            let totals = try stage.totals()
            #expect(totals["dead"] == 0 && totals["billed"] == 3 && totals.addsUp)
            let calls = partner.requests.filter { $0.key == "S-2" }
            #expect(calls.count == 2 && Set(calls.map(\.body)).count == 1)
            #expect(try stage.audit().status == 0)
        }

        @Test func `at most once, a kill during the delivery loses the order: neither sent again nor billed`() throws {
            let stage = try Stage()
            let arrived = Arrivals()
            _ = try stage.receiver { request, _ in
                arrived.note(request.key)
                return PartnerAnswer(200, delayMilliseconds: request.key == "S-1" ? 60_000 : 0)
            }
            try stage.writeRoutes(
                ScenarioRoutes.partner.replacing(
                    "queue outbox { keep 7d }", with: "queue outbox { deliver at_most_once }"
                )
                .replacing(" retry quick", with: ""))
            try stage.insert("S-1")
            let service = try stage.serve()
            try stage.until("it is sent") { _ in arrived.count("S-1") == 1 }
            service.child.killNow()
            try stage.insert("S-2")
            try stage.serve()
            try stage.untilSettled(rows: 2)
            let totals = try stage.totals()
            #expect(totals["lost"] == 1 && totals["delivered"] == 1 && totals["billed"] == 1 && totals.addsUp)
            #expect(arrived.count("S-1") == 1)
            #expect(try stage.audit().status == 0)
        }
    }

    /// Customers and their bills.
    @Suite(.serialized) struct Bills {
        @Test func `a customer without a tariff is recorded unpriced, and alarmed`() throws {
            let stage = try Stage()
            _ = try stage.receiver()
            try stage.writeRoutes(
                ScenarioRoutes.partner.replacing(#"customers ["*"]"#, with: #"customers ["2*"]"#))
            try stage.insert(count: 2)
            let service = try stage.serve()
            try stage.untilSettled(rows: 2)
            #expect(try stage.totals()["billed"] == 2 && stage.totals()["unpriced"] == 2)
            let log = stage.folder.text("waybill.log")
            #expect(log.contains("price") || log.contains("tariff"))
            let lines = try service.command(["bill", "lines", "--customer", "1001"]).output.split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.contains(#""tariff":"""#) })
            #expect(try stage.audit().status == 0)
        }
    }
}

/// Requests by key, counted when they arrive and not when they are answered.
final class Arrivals: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func note(_ key: String) { counts.withLock { $0[key, default: 0] += 1 } }
    func count(_ key: String) -> Int { counts.withLock { $0[key] ?? 0 } }
}
