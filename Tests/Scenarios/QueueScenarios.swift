import ExampleShop
import Foundation
import Testing

extension Scenarios {
    /// One queue, two doors: what programs add over the wire and what routes do with it.
    @Suite(.serialized) struct Queues {
        private func stage(_ routes: String) throws -> Stage {
            let stage = try Stage()
            stage.environment["WAYBILL_DISQUE"] = "127.0.0.1:0"
            try stage.writeRoutes(routes)
            return stage
        }

        @Test func `jobs that a program adds are delivered and billed once, and a bad body is a dead letter`() throws {
            let stage = try stage(ScenarioRoutes.parcels)
            let partner = try stage.receiver()
            let service = try stage.serve()
            let client = try stage.disque()
            var ids: [String] = []
            for number in 1...20 {
                let id = try client.ask("ADDJOB", "inbox", #"{"id":\#(number),"code":"A\#(number)"}"#, "0")[0]
                ids.append(String(id.dropFirst()))
            }
            let bad = String(try client.ask("ADDJOB", "inbox", #"{"id":"x","code":"A"}"#, "0")[0].dropFirst())
            try stage.untilSettled(rows: 21)
            let totals = try stage.totals()
            #expect(totals["delivered"] == 20 && totals["dead"] == 1 && totals["billed"] == 20 && totals.addsUp)
            let bodies = Set(partner.requests.map { String(decoding: $0.body, as: UTF8.self) })
            #expect(bodies.count == 20 && bodies.contains(#"{"id":7,"code":"A7","weight":null}"#))
            #expect(Set(partner.requests.map(\.key)).count == 20)
            let letters = try service.command(["dead", "ls", "--json"]).output
            #expect(letters.contains("queue.inbox/\(bad)") && letters.contains("needs int, a text came"))
            #expect(try client.ask("QLEN", "inbox") == [":0"])
            #expect(try client.ask("QLEN", "failed") == [":1"])
            #expect(try client.ask("QPEEK", "failed", "1").contains("queue.inbox/\(bad)"))
            let refusal = try client.ask("QPURGE", "failed")[0]
            #expect(refusal.hasPrefix("-ERR ") && refusal.contains("waybill dead"), "\(refusal)")
            let lines = try service.command(["bill", "lines", "--customer", "1001"]).output
            #expect(ids.allSatisfy { lines.contains("queue.inbox/\($0)") })
            #expect(try stage.audit().status == 0)
        }

        @Test func `jobs that wait survive a kill, and what expires is counted`() throws {
            let stage = try stage(ScenarioRoutes.parcels)
            let partner = try stage.receiver()
            let first = try stage.serve()
            var client = try stage.disque()
            #expect(try client.ask("PAUSE", "inbox", "out") == ["+out"])
            for number in 1...5 {
                _ = try client.ask("ADDJOB", "inbox", #"{"id":\#(number),"code":"A\#(number)"}"#, "0")
            }
            _ = try client.ask("ADDJOB", "inbox", #"{"id":6,"code":"A6"}"#, "0", "TTL", "1", "RETRY", "0")
            #expect(try client.ask("QLEN", "inbox") == [":6"])
            #expect(try stage.totals()["seen"] == 0 && partner.requests.isEmpty)
            let status = try first.command(["status"]).output
            #expect(status.contains("queue inbox"), "\(status)")
            first.child.killNow()
            try stage.serve()
            client = try stage.disque()
            #expect(try client.ask("PAUSE", "inbox", "state") == ["+out"])
            try stage.until("the job of one second expires") { $0["expired"] == 1 }
            #expect(try client.ask("PAUSE", "inbox", "none") == ["+none"])
            try stage.untilSettled(rows: 6)
            let totals = try stage.totals()
            #expect(totals["delivered"] == 5 && totals["billed"] == 5 && totals.addsUp)
            #expect(Set(partner.requests.map(\.key)).count == 5)
            #expect(try stage.audit().status == 0)
        }

        @Test func `a queue that orders go through is seen, paused, purged and filled from outside`() throws {
            let stage = try stage(ScenarioRoutes.partner)
            let partner = try stage.receiver()
            let first = try stage.serve()
            var client = try stage.disque()
            #expect(try client.ask("PAUSE", "outbox", "out") == ["+out"])
            try stage.insert(count: 5)
            try stage.until("the orders wait") { $0["waiting"] == 5 }
            #expect(try client.ask("QLEN", "outbox") == [":5"])
            first.child.killNow()
            try stage.serve()
            client = try stage.disque()
            #expect(try client.ask("PAUSE", "outbox", "state") == ["+out"])
            #expect(try client.ask("QLEN", "outbox") == [":5"])
            let peeked = try client.ask("QPEEK", "outbox", "1")
            #expect(peeked.contains("shop.orders/1"), "\(peeked)")
            #expect(peeked.contains { $0.contains(#""number":"S-1""#) }, "\(peeked)")
            #expect(try client.ask("GETJOB", "NOHANG", "FROM", "outbox")[0].hasPrefix("-"))
            #expect(try client.ask("QPURGE", "outbox") == [":5"])
            try stage.until("they are removed") { $0["removed"] == 5 && $0.isSettled }
            #expect(try client.ask("PAUSE", "outbox", "none") == ["+none"])
            let order =
                #"{"id":99,"number":"X-1","customer_id":1001,"status":"paid","country":"DE","net":7.5,"#
                + #""currency":"EUR","placed_at":"2026-11-20T10:00:00","updated_at":"2026-11-20T10:00:00Z"}"#
            let added = try client.ask("ADDJOB", "outbox", order, "0")
            #expect(added[0].hasPrefix("+D-"), "\(added)")
            let refused = try client.ask("ADDJOB", "outbox", "{}", "0")
            #expect(refused[0].hasPrefix("-ERR ") && refused[0].contains("is missing"), "\(refused)")
            try stage.until("it is delivered") { $0["delivered"] == 1 && $0.isSettled }
            #expect(partner.requests.map(\.key) == ["X-1"])
            #expect(try client.ask("PAUSE", "outbox", "in") == ["+in"])
            #expect(try client.ask("ADDJOB", "outbox", order, "0")[0].hasPrefix("-PAUSED"))
            try stage.insert("S-6")
            Thread.sleep(forTimeInterval: 1)
            #expect(try stage.totals()["seen"] == 6, "the row waits at its source")
            #expect(try client.ask("PAUSE", "outbox", "none") == ["+none"])
            try stage.until("the row is delivered, too") { $0["delivered"] == 2 && $0.isSettled }
            #expect(try stage.totals().addsUp && stage.audit().status == 0)
        }
    }
}
