import ExampleShop
import Foundation
import Synchronization
import Testing

extension Scenarios {
    /// A disk without room.
    @Suite(.serialized) struct Disk {
        @Test func `a full disk stops the intake, says so, and goes on by itself`() throws {
            let stage = try Stage()
            guard let disk = SmallDisk(stage.folder, megabytes: 360) else {
                return print("skipped: mounting a tmpfs is not permitted here")
            }
            defer { disk.unmount() }
            _ = try stage.receiver()
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 100)
            try stage.serve(data: "disk/data")
            try stage.untilSettled(rows: 100)
            try disk.fill(leavingMegabytes: 100)
            try stage.insert(count: 100, from: 101)
            let log = stage.folder.file("waybill.log")
            try stage.until("the log names the disk") { _ in
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                return text.contains("disk") || text.contains("space") || text.contains("free")
            }
            #expect(try stage.totals()["seen"] <= 200)
            try disk.free()
            try stage.untilSettled(rows: 200)
            #expect(try stage.totals()["delivered"] == 200)
        }

        @Test func `without any room health says so, nothing is acknowledged, and it goes on by itself`() throws {
            let stage = try Stage()
            guard let disk = SmallDisk(stage.folder, megabytes: 360) else {
                return print("skipped: mounting a tmpfs is not permitted here")
            }
            defer { disk.unmount() }
            let isOpen = Atomic(false)
            _ = try stage.receiver { _, _ in
                isOpen.load(ordering: .relaxed) ? PartnerAnswer(200) : PartnerAnswer(503, delayMilliseconds: 20)
            }
            try stage.writeRoutes(ScenarioRoutes.partner)
            try stage.insert(count: 4_000)
            let service = try stage.serve(data: "disk/data")
            try stage.until("all are admitted") { $0["seen"] == 4_000 }
            var files = 0
            // Room that is given back in between (a ballast of 16 MB) is taken, too.
            try health(of: service, says: "disk is full") {
                files += 1
                try disk.takeAll("rest-\(files)")
            }
            #expect(service.child.exitStatus() == nil)
            isOpen.store(true, ordering: .relaxed)
            for file in 1...files { try FileManager.default.removeItem(atPath: disk.path + "/rest-\(file)") }
            try stage.untilSettled(rows: 4_000)
            let totals = try stage.totals()
            #expect(totals["delivered"] == 4_000 && totals["billed"] == 4_000 && totals.addsUp)
            #expect(try stage.audit().status == 0)
            try health(of: service, says: #""health":"ok""#) {}
            service.child.killNow()
        }

        private func health(of service: ServiceProcess, says: String, _ meanwhile: () throws -> Void) throws {
            let deadline = Deadline(milliseconds: 30_000)
            while true {
                try meanwhile()
                let words = ["curl", "-s", "--max-time", "5", "http://127.0.0.1:\(service.adminPort)/health"]
                let answer = try CommandRun.run(words).output
                if answer.contains(says) { return }
                if deadline.isOver { throw StageError.never(what: "health says \(says)", last: answer) }
                usleep(20_000)
            }
        }
    }
}
