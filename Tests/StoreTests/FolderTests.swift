import Connecting
import Glibc
import Message
import Store
import StoreSamples
import Testing

@Suite("A data folder") struct FolderTests {
    private static var settings: StoreSettings {
        var settings = StoreSettings()
        settings.ballastBytes = 1 << 20
        return settings
    }

    @Test func isHeldByOneStoreAndNamesIt() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        #expect(throws: StoreError.held(folder: folder.path, by: "process \(getpid())")) {
            _ = try SQLiteStore(folder: folder.path, settings: Self.settings)
        }
        #expect(store.freeBytes() ?? 0 > 0)
    }

    @Test func isOpenToItsOwnerAlone() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o755)
        let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        Workload(store).admit(1..<10)
        try store.commit()
        func rights(_ name: String) -> mode_t {
            var status = stat()
            return stat(folder.path + name, &status) == 0 ? status.st_mode & 0o7777 : 0
        }
        #expect(rights("") == 0o700)
        for name in ["/waybill.db", "/waybill.db-wal", "/waybill.db-shm", "/lock", "/ballast"] {
            #expect(rights(name) == 0o600, "\(name)")
        }
    }

    @Test func hasABallastThatIsWritten() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        var status = stat()
        #expect(stat(folder.path + "/ballast", &status) == 0)
        #expect(status.st_size == 1 << 20 && status.st_blocks >= 2048)
        #expect(store.entryCount == 0)
    }

    @Test func ofANewerWaybillIsRefused() throws {
        var bytes = try SQLiteStore().serialized()
        // `user_version` stands at offset 60 of the file, big-endian.
        bytes[63] = 99
        #expect(throws: StoreError.newer(version: 99, known: 2)) { _ = try SQLiteStore(inMemory: bytes) }
        #expect(throws: StoreError.newer(version: 99, known: 2)) { _ = try StoreReader(bytes: bytes) }
    }

    @Test func withAnotherFileInItIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = open(folder.path + "/waybill.db", O_CREAT | O_WRONLY, 0o600)
        let text = [UInt8](repeating: 0x41, count: 5000)
        write(file, text, text.count)
        close(file)
        #expect(throws: StoreError.self) { _ = try SQLiteStore(folder: folder.path, settings: Self.settings) }
    }

    @Test func isReadBesideItsStore() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        let reader = try StoreReader(folder: folder.path)
        let work = Workload(store)
        for turn in 0..<40 {
            let numbers = turn * 50 + 1..<turn * 50 + 51
            let ids = work.admit(numbers)
            try store.commit()
            work.settle(numbers, turn.isMultiple(of: 2) ? ids : [])
            try store.commit()
            #expect(try reader.accounts()[work.route]?.seen == Int64(turn * 50 + 50))
            #expect(try Audit.run(reader).addsUp)
        }
        #expect(try reader.ledgerRecordCount() == 1000)
        #expect(try reader.entryCounts() == [work.queue: [.waiting: 1000]])
        #expect(try reader.positions().map(\.text) == ["after 50"])
    }

    @Test func isReadWithoutItsStore() throws {
        let folder = try TemporaryFolder()
        try {
            let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
            Workload(store).admit(1..<11)
            try store.commit()
        }()
        let reader = try StoreReader(folder: folder.path)
        #expect(try reader.entries(limit: 3).map(\.message) == (1..<4).map(Sample.message))
        let third = try reader.entries(limit: 3).last?.head.id
        #expect(try reader.entries(after: third, limit: 100).map(\.message) == (4..<11).map(Sample.message))
    }

    @Test func withoutAStoreHasNothingToRead() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StoreError.self) { _ = try StoreReader(folder: folder.path) }
    }
}
