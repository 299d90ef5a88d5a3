import Glibc
import Store
import StoreSamples

/// Writes turns until it is killed, checks what is left, and cuts the power of a disk of its own.
///
///     StoreTorture write FOLDER         a turn after the other, each number printed once it is durable
///     StoreTorture check FOLDER TURNS   0 if the store holds whole turns and at least that many
///     StoreTorture cuts COUNT SEED      77 where mounting is not permitted
///     StoreTorture jobs FOLDER ...      what jobs cost; see `JobBench`
@main enum StoreTorture {
    static func main() {
        let arguments = CommandLine.arguments
        do {
            switch (arguments.dropFirst().first, arguments.count) {
            case ("write", 3): try write(arguments[2])
            case ("check", 4): try check(arguments[2], atLeast: Int(arguments[3]) ?? 0)
            case ("cuts", 4): exit(try PowerCuts.run(Int(arguments[2]) ?? 10, seed: UInt64(arguments[3]) ?? 1))
            case ("jobs", 4...): try JobBench.run(Array(arguments.dropFirst(2)))
            default:
                print("usage: StoreTorture write FOLDER | check FOLDER TURNS | cuts COUNT SEED | jobs FOLDER ...")
                exit(64)
            }
        } catch {
            print("\(error)")
            exit(1)
        }
    }

    private static var settings: StoreSettings {
        var settings = StoreSettings()
        settings.ballastBytes = 0
        // Often, so that many cuts fall into one; keys are written out early for the same reason.
        settings.checkpointPages = 60
        settings.recentKeys = 256
        settings.jobs.logBytes = 60_000
        settings.jobs.bodyBytes = 10_000
        settings.jobs.headBytes = 4_000
        settings.jobs.chunkBytes = 8_000
        settings.jobs.imageBytes = 4_000
        settings.jobs.segmentBytes = 700
        return settings
    }

    private static func write(_ folder: String) throws {
        let store = try SQLiteStore(folder: folder, settings: settings)
        var turn = try TurnLog.turns(in: store)
        while true {
            turn += 1
            TurnLog.record(turn, in: store)
            try store.commit()
            let line = Array("\(turn)\n".utf8)
            guard Glibc.write(1, line, line.count) == line.count else { return }
        }
    }

    static func check(_ folder: String, atLeast turns: Int) throws {
        let store = try SQLiteStore(folder: folder, settings: settings)
        let found = try TurnLog.turns(in: store)
        try TurnLog.expect(found >= turns, "\(turns) turns were acknowledged, \(found) are there")
        // One more may have become durable without its acknowledgement having been read.
        try TurnLog.expect(found <= turns + 1, "\(turns) turns were acknowledged, \(found) are there: too many")
        let report = try Audit.run(StoreReader(folder: folder))
        try TurnLog.expect(report.addsUp, report.text)
    }
}
