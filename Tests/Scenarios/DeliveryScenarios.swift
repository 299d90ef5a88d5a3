import ExampleShop
import Foundation
import Testing

extension Scenarios {
    /// P5 and P8: what receivers see.
    @Suite(.serialized) struct Delivery {
        @Test func `503 then 200 is the same key and the same bytes, billed once`() throws {
            let stage = try Stage()
            let partner = try stage.receiver { _, count in PartnerAnswer(count == 0 ? 503 : 200) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert("S-1")
            try stage.serve()
            try stage.untilSettled(rows: 1)
            let calls = partner.requests
            #expect(calls.count == 2 && calls.map(\.key) == ["S-1", "S-1"])
            #expect(Set(calls.map(\.body)).count == 1)
            #expect(try stage.totals()["billed"] == 1)
        }

        @Test func `a receiver that hangs up gets the same request again`() throws {
            let stage = try Stage()
            let partner = try stage.receiver { _, count in PartnerAnswer(200, hangsUp: count == 0) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert("S-1")
            try stage.serve()
            try stage.untilSettled(rows: 1)
            #expect(Set(partner.requests.map(\.key)) == ["S-1"])
            #expect(Set(partner.requests.map(\.body)).count == 1)
            #expect(try stage.totals()["billed"] == 1)
        }

        @Test func `a dead endpoint slows a healthy one down by nothing`() throws {
            let stage = try Stage()
            let healthy = try stage.receiver("PARTNER")
            stage.environment["OTHER"] = "http://127.0.0.1:\(try LoopbackPort.free())"
            try stage.writeRoutes(ScenarioRoutes.twoPartners)
            for _ in 0..<3 {
                try stage.database.execute(
                    """
                    INSERT INTO orders (number, customer_id, status, country, net, currency, placed_at)
                    SELECT REPLACE(UUID(), '-', ''), 1001, 'paid', IF(seq % 2, 'DE', 'US'), 1, 'EUR', NOW() FROM seq_1_to_1000
                    """)
            }
            try stage.serve()
            try stage.until("the healthy half is delivered", seconds: 30) { $0["delivered"] == 1_500 }
            #expect(healthy.statuses == [200: 1_500])
            #expect(try stage.totals()["waiting"] == 1_500)
        }

        @Test func `TERM finishes what is in flight and ends with 0`() throws {
            let stage = try Stage()
            let partner = try stage.receiver { _, _ in PartnerAnswer(200, delayMilliseconds: 200) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 200)
            let service = try stage.serve()
            try stage.until("some are delivered") { $0["delivered"] > 16 }
            #expect(service.child.stop() == 0)
            #expect(partner.statuses[200] ?? 0 < 200)
            try stage.serve()
            try stage.untilSettled(rows: 200)
            #expect(partner.statuses == [200: 200])
            #expect(try stage.audit().status == 0)
        }

        @Test func `a bad reload under load keeps the old routes`() throws {
            let stage = try Stage()
            _ = try stage.receiver { _, _ in PartnerAnswer(200, delayMilliseconds: 5) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 2_000)
            let service = try stage.serve()
            try stage.until("it flows") { $0["delivered"] > 50 }
            try stage.writeRoutes(ScenarioRoutes.partner.replacing("filter .status", with: "filtr .status"))
            service.child.signal(SIGHUP)
            try stage.until("the refusal is said") { _ in stage.folder.text("waybill.log").contains("R0101") }
            try stage.insert(count: 10, from: 5_001)
            try stage.untilSettled(rows: 2_010)
            #expect(try stage.totals()["delivered"] == 2_010)
        }

        @Test func `a good reload swaps the routes without losing an order`() throws {
            let stage = try Stage()
            let before = try stage.receiver("PARTNER")
            let after = try stage.receiver("OTHER")
            try stage.writeRoutes(ScenarioRoutes.partner)
            let service = try stage.serve()
            try stage.insert(count: 500)
            try stage.until("it flows") { $0["delivered"] > 0 }
            try stage.writeRoutes(ScenarioRoutes.partner.replacing("PARTNER", with: "OTHER"))
            service.child.signal(SIGHUP)
            try stage.until("the swap is said") { _ in stage.folder.text("waybill.log").contains("reloaded") }
            try stage.insert(count: 100, from: 501)
            try stage.untilSettled(rows: 600)
            #expect(try stage.totals()["delivered"] == 600 && stage.totals()["billed"] == 600)
            let late = Set((501...600).map { "S-\($0)" })
            #expect(late.isSubset(of: after.requests.map(\.key)) && late.isDisjoint(with: before.requests.map(\.key)))
            #expect(Set((before.requests + after.requests).map(\.key)).count == 600)
        }
    }
}
