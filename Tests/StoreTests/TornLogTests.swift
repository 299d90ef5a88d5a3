import Connecting
import Glibc
import Message
import Store
import StoreSamples
import Testing

/// A write-ahead log that ends anywhere, or has a wrong byte anywhere, leaves whole turns and nothing else.
@Suite("A torn log") struct TornLogTests {
    private static let turns = 12

    private struct Files {
        let database: [UInt8]
        let log: [UInt8]
    }

    /// The files of a store that was never closed: some turns in the file, the others in the log.
    private func written() throws -> (files: Files, inFile: Int) {
        let folder = try TemporaryFolder()
        var settings = StoreSettings()
        settings.ballastBytes = 0
        try {
            let store = try SQLiteStore(folder: folder.path, settings: settings)
            for turn in 1...3 {
                TurnLog.record(turn, in: store)
                try store.commit()
            }
        }()
        settings.checkpointPages = 1_000_000
        let store = try SQLiteStore(folder: folder.path, settings: settings)
        for turn in 4...Self.turns {
            TurnLog.record(turn, in: store)
            try store.commit()
        }
        let files = Files(
            database: try Self.read(folder.path + "/waybill.db"), log: try Self.read(folder.path + "/waybill.db-wal"))
        return (files, 3)
    }

    private func turnsLeft(_ files: Files, log: [UInt8]) throws -> Int {
        let folder = try TemporaryFolder()
        var settings = StoreSettings()
        settings.ballastBytes = 0
        try Self.write(files.database, folder.path + "/waybill.db")
        try Self.write(log, folder.path + "/waybill.db-wal")
        let store = try SQLiteStore(folder: folder.path, settings: settings)
        let turns = try TurnLog.turns(in: store)
        // It goes on from there.
        TurnLog.record(turns + 1, in: store)
        try store.commit()
        #expect(try TurnLog.turns(in: store) == turns + 1)
        #expect(try Audit.run(StoreReader(folder: folder.path)).addsUp)
        return turns
    }

    @Test func thatIsCutLeavesWholeTurns() throws {
        let (files, inFile) = try written()
        var random = SystemRandomNumberGenerator()
        var found: Set<Int> = []
        for _ in 0..<60 {
            let length = Int.random(in: 0...files.log.count, using: &random)
            let turns = try turnsLeft(files, log: Array(files.log[..<length]))
            #expect((inFile...Self.turns).contains(turns), "cut at \(length)")
            found.insert(turns)
        }
        #expect(try turnsLeft(files, log: files.log) == Self.turns)
        #expect(found.count > 3)
    }

    @Test func withAWrongByteLeavesWholeTurns() throws {
        let (files, inFile) = try written()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            var log = files.log
            let place = Int.random(in: 0..<log.count, using: &random)
            log[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect((inFile...Self.turns).contains(try turnsLeft(files, log: log)), "byte \(place)")
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        var status = stat()
        try TurnLog.expect(fstat(descriptor, &status) == 0, path)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        try TurnLog.expect(Glibc.read(descriptor, &bytes, bytes.count) == bytes.count, path)
        return bytes
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        defer { close(descriptor) }
        try TurnLog.expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, path)
    }
}
