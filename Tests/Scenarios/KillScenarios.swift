import ExampleShop
import Foundation
import Testing

extension Scenarios {
    /// P3, P4 and P6: `kill -9` at any time.
    @Suite(.serialized) struct Kill {
        /// `WAYBILL_KILLS` kills (30; `make torture`: 300) while orders come in, then the outside checker.
        @Test func `kill in a loop under load loses nothing and bills everything once`() throws {
            let stage = try Stage()
            let acme = try stage.receiver("ACME_URL", ShopPartners.acme)
            let globex = try stage.receiver("GLOBEX_URL", ShopPartners.globex)
            stage.environment.merge(
                ["ACME_TOKEN": "t", "GLOBEX_USER": "u", "GLOBEX_PASSWORD": "p"], uniquingKeysWith: { $1 })
            let routes = Binary.package + "/Routes"
            var random = Draw(seed: UInt64(Binary.number("WAYBILL_SEED", 1)))
            let flow = OrderFlow(socketPath: stage.server.socketPath)
            var delivered = 0
            for _ in 0..<Binary.number("WAYBILL_KILLS", 30) {
                let service = try stage.serve(routes: routes)
                let before = delivered
                try stage.until("something is delivered after a kill") { status in
                    delivered = status["delivered"]
                    return delivered > before
                }
                usleep(UInt32(random.next(below: 300_000)))
                service.child.killNow()
            }
            let rows = try flow.stop()
            try stage.serve(routes: routes)
            try stage.untilSettled(rows: rows, seconds: 180)
            #expect(try stage.totals().addsUp)
            let audit = try stage.audit()
            #expect(audit.status == 0, "\(audit.output)")
            let verdict = try OutsideChecker.judge(stage, receivers: ["acme": acme, "globex": globex])
            #expect(verdict.status == 0, "\(verdict.output)")
        }

        @Test func `an appended file has no torn and no doubled line after kills`() throws {
            let stage = try Stage()
            try stage.writeRoutes(ScenarioRoutes.append)
            var random = Draw(seed: UInt64(Binary.number("WAYBILL_SEED", 2)))
            for round in 0..<10 {
                let service = try stage.serve()
                try stage.insert(count: 2_000, from: round * 2_000 + 1)
                usleep(UInt32(random.next(below: 500_000)))
                service.child.killNow()
            }
            try stage.serve()
            try stage.untilSettled(rows: 20_000, seconds: 120)
            let text = try String(contentsOfFile: stage.folder.file("archive/orders.jsonl"), encoding: .utf8)
            let lines = text.split(separator: "\n")
            #expect(lines.count == 20_000 && text.hasSuffix("\n"))
            #expect(Set(lines).count == 20_000)
            #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil })
            #expect(try stage.totals()["billed"] == 20_000)
        }

        @Test func `the audit adds up at any time`() throws {
            let stage = try Stage()
            _ = try stage.receiver { _, count in PartnerAnswer(count % 7 == 3 ? 503 : 200, delayMilliseconds: 2) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.serve()
            for round in 0..<10 {
                try stage.insert(count: 300, from: round * 300 + 1)
                let audit = try stage.audit()
                #expect(audit.status == 0, "\(audit.output)")
                #expect(try stage.totals().addsUp)
            }
            try stage.untilSettled(rows: 3_000)
        }
    }
}
