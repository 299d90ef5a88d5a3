import ExampleShop
import Foundation
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
    }
}
