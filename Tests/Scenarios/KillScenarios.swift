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
            var next = 1
            for _ in 0..<Binary.number("WAYBILL_KILLS", 30) {
                let service = try stage.serve(routes: routes)
                try ShopFilling.fill(stage.database, ordinals: next..<next + 200)
                next += 200
                usleep(UInt32(random.next(below: 400_000)))
                service.child.killNow()
            }
            try stage.serve(routes: routes)
            try stage.untilSettled(rows: next - 1, seconds: 180)
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

        /// P7. A signal from outside marks nobody, so the engine is told to trap on one message itself.
        @Test func `a message that crashes the engine three times is put aside, alone`() throws {
            let stage = try Stage()
            let partner = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert("S-1")
            try stage.insert("S-crash")
            stage.environment["WAYBILL_TEST_TRAP_ON_MESSAGE"] = "shop.orders/2"
            try stage.insert("S-2")
            for _ in 0..<10 {
                guard let service = try? stage.serve() else { continue }
                if service.child.wait(milliseconds: 2_000) == nil { break }
            }
            try stage.untilSettled(rows: 3)
            #expect(try stage.totals()["dead"] == 1 && stage.totals()["delivered"] == 2)
            #expect(Set(partner.requests.map(\.key)) == ["S-1", "S-2"])
        }
    }
}
