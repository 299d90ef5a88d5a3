import ExampleShop
import Testing

extension Scenarios {
    /// P1 and P2: what is read from MySQL, and what of it is kept.
    @Suite(.serialized) struct Source {
        @Test func `a row that commits late with a lower id is delivered`() throws {
            let stage = try Stage()
            let partner = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            let late = try stage.server.connect()
            try late.execute("START TRANSACTION")
            try stage.insert("S-late", through: late)
            try stage.insert("S-early")
            try stage.serve()
            try stage.until("the later id is delivered") { $0["delivered"] == 1 }
            #expect(partner.requests.map(\.key) == ["S-early"])
            try late.execute("COMMIT")
            try stage.until("the lower id is delivered") { $0["delivered"] == 2 }
            #expect(partner.requests.map(\.key) == ["S-early", "S-late"])
        }

        @Test func `a late commit is found after a restart between`() throws {
            let stage = try Stage()
            let partner = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            let late = try stage.server.connect()
            try late.execute("START TRANSACTION")
            try stage.insert("S-late", through: late)
            try stage.insert("S-early")
            let first = try stage.serve()
            try stage.until("the later id is delivered") { $0["delivered"] == 1 }
            first.child.killNow()
            try late.execute("COMMIT")
            try stage.serve()
            try stage.until("the lower id is delivered") { $0["delivered"] == 2 }
            #expect(partner.requests.map(\.key).sorted() == ["S-early", "S-late"])
        }

        @Test func `a duplicate is counted and a conflict is listed, neither is delivered`() throws {
            let stage = try Stage()
            let partner = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert("S-1", net: "10.00")
            try stage.insert("S-1", net: "10.00")
            try stage.insert("S-1", net: "11.00")
            try stage.insert("S-2", status: "pending")
            try stage.serve()
            try stage.untilSettled(rows: 4)
            let totals = try stage.totals()
            #expect(totals["delivered"] == 1 && totals["duplicate"] == 1)
            #expect(totals["conflict"] == 1 && totals["filtered"] == 1 && totals.addsUp)
            #expect(partner.requests.map(\.key) == ["S-1"])
        }

        @Test func `the queue goes on delivering while MySQL is away, and rows are read when it is back`() throws {
            let stage = try Stage()
            let partner = try stage.receiver { _, _ in PartnerAnswer(200, delayMilliseconds: 50) }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 1_000)
            try stage.serve()
            try stage.until("all rows are admitted") { $0["seen"] == 1_000 }
            stage.server.killNow()
            try stage.until("the queue is empty without MySQL") { $0["delivered"] == 1_000 }
            try stage.server.start()
            try stage.insert("S-after", through: try stage.server.connect())
            try stage.until("the row after the outage is delivered", seconds: 90) { $0["delivered"] == 1_001 }
            #expect(partner.statuses == [200: 1_001])
        }
    }
}
