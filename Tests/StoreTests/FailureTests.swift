import Connecting
import Glibc
import Message
import Store
import StoreSamples
import Testing

@Suite("When a commit fails") struct FailureTests {
    @Test func theSameTurnCommitsLater() throws {
        let store = try SQLiteStore()
        for turn in 1...30 {
            TurnLog.record(turn, in: store)
            store.failNextCommit = .full
            #expect(throws: StoreError.full) { try store.commit() }
            let lost = try SQLiteStore(inMemory: try store.serialized())
            #expect(try TurnLog.turns(in: lost) == turn - 1)
            try store.commit()
            #expect(try TurnLog.turns(in: SQLiteStore(inMemory: try store.serialized())) == turn)
        }
    }

    @Test func nothingElseIsTriedAgain() throws {
        let store = try SQLiteStore()
        TurnLog.record(1, in: store)
        let failure = StoreError.failed(operation: "COMMIT", message: "disk I/O error")
        store.failNextCommit = failure
        #expect(throws: failure) { try store.commit() }
        #expect(throws: failure) { try store.commit() }
        #expect(try TurnLog.turns(in: SQLiteStore(inMemory: try store.serialized())) == 0)
    }

    @Test func aFullDiskLosesNothing() throws {
        guard let disk = SmallDisk(megabytes: 16) else {
            print("skipped: mounting is not permitted here")
            return
        }
        defer { disk.unmount() }
        var settings = StoreSettings()
        settings.ballastBytes = 1 << 20
        var store: SQLiteStore? = try SQLiteStore(folder: disk.path + "/data", settings: settings)
        let filler = open(disk.path + "/filler", O_CREAT | O_WRONLY, 0o600)
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        write(filler, zeros, zeros.count)
        close(filler)
        var turn = 0
        var full = 0
        while turn < 2000, full < 2 {
            turn += 1
            if let store { TurnLog.record(turn, in: store) }
            do { try store?.commit() } catch StoreError.full {
                full += 1
                #expect(access(disk.path + "/data/ballast", F_OK) != 0)
                // Without the ballast this turn goes through; a second time somebody has to make room.
                if full == 2 { unlink(disk.path + "/filler") }
                try store?.commit()
            }
        }
        #expect(full == 2)
        for _ in 0..<20 {
            turn += 1
            if let store { TurnLog.record(turn, in: store) }
            try store?.commit()
        }
        #expect(access(disk.path + "/data/ballast", F_OK) == 0)
        store = nil
        let again = try SQLiteStore(folder: disk.path + "/data", settings: settings)
        #expect(try TurnLog.turns(in: again) == turn)
    }

    @Test func aWriterThatIsKilledLosesNothing() throws {
        let folder = try TemporaryFolder()
        var acknowledged = 0
        for round in 0..<12 {
            let writer = try TortureProgram.start(["write", folder.path + "/data"])
            let wanted = acknowledged + 1 + round * 7 % 40
            while acknowledged < wanted, let turn = writer.readLine().flatMap({ Int($0) }) { acknowledged = turn }
            writer.kill()
            while let turn = writer.readLine().flatMap({ Int($0) }) { acknowledged = turn }
            writer.wait()
            #expect(acknowledged >= wanted)
            #expect(try TortureProgram.run(["check", folder.path + "/data", "\(acknowledged)"]) == 0)
        }
    }

    @Test func powerCutsLoseNothing() throws {
        let count = getenv("WAYBILL_POWER_CUTS").flatMap { Int(String(cString: $0)) } ?? 10
        let code = try TortureProgram.run(["cuts", "\(count)", "20261125"])
        print(code == 77 ? "skipped: mounting is not permitted here" : "\(count) power cuts")
        #expect(code == 0 || code == 77)
    }
}

/// A file system in memory of a few megabytes; nil where mounting is not permitted.
private final class SmallDisk {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init?(megabytes: Int) {
        guard let folder = try? TemporaryFolder() else { return nil }
        self.folder = folder
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { return nil }
    }

    func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
