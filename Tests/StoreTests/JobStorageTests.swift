import CSQLite
import Glibc
import Message
import StoreSamples
import Testing

@testable import Store

@Suite("Jobs in the store") struct JobStorageTests {
    @Test func fillTheirBudgetsAndNoMore() throws {
        let folder = try TemporaryFolder()
        var settings = StoreSettings()
        settings.ballastBytes = 0
        settings.jobs.logBytes = 2 << 20
        settings.jobs.bodyBytes = 2 << 20
        settings.jobs.headBytes = 512 << 10
        let most = 200_000
        do {
            let jobs = try JobDriver(SQLiteStore(folder: folder.path + "/data", settings: settings))
            while jobs.store.jobs.jobCount < most {
                jobs.add(2000, bytes: 100)
                try jobs.store.commit()
                let memory = jobs.store.jobMemory
                #expect(memory.bodyBytes <= settings.jobs.bodyBytes + settings.jobs.logBytes, "\(memory)")
                #expect(memory.headBytes <= settings.jobs.headBytes * 2, "\(memory)")
                #expect(memory.logBytes <= settings.jobs.logBytes * 3 / 2, "\(memory)")
            }
        }
        let jobs = try JobDriver(SQLiteStore(folder: folder.path + "/data", settings: settings))
        #expect(jobs.store.jobs.jobCount == most)
        #expect(jobs.store.jobMemory.headReads < 100)
        var (seen, last) = (0, JobNumber(rawValue: 0))
        while let number = jobs.store.jobs.firstQueued(in: jobs.queue) {
            #expect(number > last)
            last = number
            jobs.store.jobs.remove(number, ending: .acknowledged)
            seen += 1
            if seen % 2000 == 0 { try jobs.store.commit() }
        }
        try jobs.store.commit()
        #expect(seen == most && jobs.store.jobs.jobCount == 0)
        let memory = jobs.store.jobMemory
        #expect(memory.bodyBytes <= settings.jobs.bodyBytes && memory.headBytes <= settings.jobs.headBytes, "\(memory)")
        #expect(memory.chunks <= 1)
    }

    @Test func thatEndSoonAreWrittenOnce() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        for _ in 0..<400 {
            jobs.add(20, bytes: 200)
            for number in jobs.take(20) { jobs.store.jobs.remove(number, ending: .acknowledged) }
            try jobs.store.commit()
        }
        #expect(jobs.store.jobMemory.images == 0)
        #expect(jobs.store.jobMemory.logBytes <= Self.tight.jobs.logBytes)
    }

    /// The first facts of the chunk are trimmed, the later ones still stand in the log when its rows go.
    @Test(arguments: [20, 400])
    func thatEndedAfterTheirImageAreNotMissedAtTheStart(bytes: Int) throws {
        var settings = Self.tight
        settings.jobs.logBytes = 30_000
        let store = try SQLiteStore(settings: settings)
        let jobs = JobDriver(store)
        let other = Array("other".utf8).withUnsafeBytes { store.jobs.makeQueue($0, at: Instant(microseconds: 1)) }
        let passing = JobDriver(store, other)
        jobs.add(100, bytes: 200)
        try store.commit()
        while store.jobMemory.images == 0 {
            passing.add(20, bytes: 20)
            for number in passing.take(20) { store.jobs.remove(number, ending: .acknowledged) }
            try store.commit()
        }
        settings.jobs.logBytes = 1 << 20
        let next = try SQLiteStore(inMemory: store.serialized(), settings: settings)
        let later = JobDriver(next, jobs.queue)
        later.add(20, bytes: bytes)
        try next.commit()
        later.add(80, bytes: 200)
        try next.commit()
        for number in later.take(200) { next.jobs.remove(number, ending: .acknowledged) }
        later.add(1, bytes: 1)
        for _ in 0..<3 {
            try next.commit()
            later.add(1, bytes: 1)
        }
        let last = try SQLiteStore(inMemory: next.serialized(), settings: settings)
        #expect(last.jobs.jobCount == 3 && last.jobs.count(.queued, in: jobs.queue) == 3)
    }

    @Test func onDiskArePurgedWithoutBeingRead() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        for _ in 0..<100 {
            jobs.add(200, bytes: 50)
            try jobs.store.commit()
        }
        let leased = jobs.take(3)
        try jobs.store.commit()
        let before = jobs.store.jobMemory
        #expect(before.chunks > 30)
        #expect(jobs.store.jobs.purge(jobs.queue) == 20_000 - leased.count)
        let after = jobs.store.jobMemory
        #expect(after.bodyReads == before.bodyReads && after.headReads <= before.headReads + 1)
        // Their rows go a slice a turn.
        for _ in 0..<200 {
            jobs.add(1, bytes: 1)
            try jobs.store.commit()
        }
        let bytes = try jobs.store.serialized()
        let again = try SQLiteStore(inMemory: bytes, settings: Self.tight)
        #expect(again.jobs.jobCount == 200 + leased.count)
        for number in leased { #expect(again.jobs.head(number)?.state == .leased) }
        #expect(try Self.count("job_chunks", bytes) < 10)
    }

    @Test func waitForTheirTimeOnDisk() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        for turn in 0..<50 {
            jobs.add(200, bytes: 50, due: Instant(microseconds: Int64(1000 + turn)))
            try jobs.store.commit()
        }
        let reads = jobs.store.jobMemory.headReads
        #expect(jobs.store.jobs.nextDueTime == Instant(microseconds: 1000))
        for _ in 0..<1000 { #expect(jobs.store.jobs.nextDue(by: Instant(microseconds: 999)) == nil) }
        #expect(jobs.store.jobMemory.headReads == reads)
        var due = 0
        while let number = jobs.store.jobs.nextDue(by: Instant(microseconds: 1009)) {
            due += 1
            jobs.store.jobs.remove(number, ending: .expired)
        }
        #expect(due == 2000)
    }

    /// Work that touches another chunk each time leaves no more heads in memory than it touches in a few turns.
    @Test func workedHereAndThereStayOnDisk() throws {
        var settings = Self.tight
        settings.jobs.logBytes = 10 << 20
        let jobs = try JobDriver(SQLiteStore(settings: settings))
        var numbers: [JobNumber] = []
        for _ in 0..<40 {
            jobs.add(1000, bytes: 1)
            try jobs.store.commit()
        }
        jobs.store.jobs.forEachJob(after: JobNumber(rawValue: 0), in: nil) { number, _ in
            numbers.append(number)
            return true
        }
        var random = SplitMix(seed: 9)
        for _ in 0..<300 {
            for _ in 0..<5 {
                let number = numbers[Int(random.next() % UInt64(numbers.count))]
                if jobs.store.jobs.head(number) != nil { jobs.store.jobs.remove(number, ending: .deleted) }
            }
            try jobs.store.commit()
            #expect(jobs.store.jobMemory.headBytes <= settings.jobs.headBytes + 20 * 16_384)
        }
        #expect(jobs.store.jobMemory.chunks > 70)
    }

    @Test func keepTheirNameThroughManyMoves() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        let other = Array("other".utf8).withUnsafeBytes {
            jobs.store.jobs.makeQueue($0, at: Instant(microseconds: 1))
        }
        jobs.add(1, bytes: 10)
        let first = try #require(jobs.store.jobs.firstQueued(in: jobs.queue))
        for turn in 0..<300 {
            let now = try #require(jobs.store.jobs.find(first))
            let target = turn % 2 == 0 ? other : jobs.queue
            let head = try #require(jobs.store.jobs.head(now))
            _ = jobs.store.jobs.move(now, to: target, head: head, isDeadLetter: false)
            jobs.add(3, bytes: 100)
            try jobs.store.commit()
        }
        let again = try SQLiteStore(inMemory: try jobs.store.serialized(), settings: Self.tight)
        let last = try #require(again.jobs.find(first))
        #expect(again.jobs.withContent(of: last) { $0.body.count } == 10)
        again.jobs.remove(last, ending: .acknowledged)
        #expect(again.jobs.find(first) == nil)
        try again.commit()
        #expect(try SQLiteStore(inMemory: again.serialized()).jobs.find(first) == nil)
    }

    @Test func ofAChunkThatEndedAfterItsImageAreReadFromTheLogAlone() throws {
        let store = try SQLiteStore(settings: Self.tight)
        let jobs = JobDriver(store)
        let other = JobDriver(
            store, Array("other".utf8).withUnsafeBytes { store.jobs.makeQueue($0, at: Instant(microseconds: 1)) })
        jobs.add(5, bytes: 100)
        try store.commit()
        let first = try #require(store.jobs.firstQueued(in: jobs.queue))
        while store.jobMemory.images < 3 {
            other.add(50, bytes: 200)
            try store.commit()
        }
        jobs.add(5, bytes: 100)
        try store.commit()
        for number in jobs.take(10) {
            #expect(number.rawValue - first.rawValue < 10)
            store.jobs.remove(number, ending: .acknowledged)
        }
        store.jobs.drop(jobs.queue)
        try store.commit()
        let left = store.jobs.jobCount
        let again = try SQLiteStore(inMemory: store.serialized(), settings: Self.tight)
        #expect(again.jobs.jobCount == left)
    }

    @Test func leaveNothingOfTheirQueueInMemory() throws {
        let store = try SQLiteStore(settings: Self.tight)
        let stays = JobDriver(store)
        var left: [() -> Bool] = []
        for index in 0..<500 {
            let name = Array("answers \(index)".utf8)
            let jobs = JobDriver(store, name.withUnsafeBytes { store.jobs.makeQueue($0, at: Instant(microseconds: 1)) })
            weak let queue = store.jobStorage.queues[jobs.queue.rawValue]
            left.append { queue != nil }
            jobs.add(1, bytes: 10)
            try store.commit()
            for number in jobs.take(1) { store.jobs.remove(number, ending: .acknowledged) }
            store.jobs.drop(jobs.queue)
            stays.add(1, bytes: 100)
            try store.commit()
        }
        while store.jobMemory.images < 20 {
            stays.add(20, bytes: 200)
            try store.commit()
        }
        #expect(left.count { $0() } < 100)
    }

    @Test func knowHowLateItWas() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        jobs.add(200, bytes: 10)
        try jobs.store.commit()
        let start = Instant(microseconds: 1_800_000_000_000_000)
        for turn in 0..<100 {
            jobs.store.jobs.note(moment: start.advanced(by: Microseconds(Int64(turn) * 1_000_000)))
            for number in jobs.take(2) { jobs.store.jobs.remove(number, ending: .acknowledged) }
            try jobs.store.commit()
            let again = try SQLiteStore(inMemory: jobs.store.serialized(), settings: Self.tight)
            #expect(again.lastMoment == start.advanced(by: Microseconds(Int64(turn) * 1_000_000)))
        }
    }

    @Test func ofManyQueuesKeepTheLogShort() throws {
        var settings = StoreSettings()
        settings.jobs.logBytes = 1 << 20
        let store = try SQLiteStore(settings: settings)
        let queues = (0..<20_000).map { index in
            Array("queue \(index)".utf8).withUnsafeBytes { store.jobs.makeQueue($0, at: Instant(microseconds: 1)) }
        }
        try store.commit()
        let drivers = queues.map { JobDriver(store, $0) }
        var longest = 0
        for turn in 0..<60 {
            for place in 0..<2_000 {
                let jobs = drivers[(turn * 2_000 + place) % drivers.count]
                jobs.add(1, bytes: 200)
                for number in jobs.take(1) { store.jobs.remove(number, ending: .acknowledged) }
            }
            try store.commit()
            longest = max(longest, store.jobMemory.logBytes)
        }
        #expect(longest < 8 << 20, "\(longest)")
    }

    @Test func ofAStoreMadeBeforeThereWereJobs() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/data"
        do { _ = try SQLiteStore(folder: path) }
        try Self.execute(
            "DROP TABLE job_node; DROP TABLE job_log; DROP TABLE job_queues; DROP TABLE job_chunks; "
                + "DROP TABLE job_heads; DROP TABLE job_bodies; PRAGMA user_version = 1", in: path + "/waybill.db")
        let jobs = try JobDriver(SQLiteStore(folder: path))
        jobs.add(1, bytes: 1)
        try jobs.store.commit()
    }

    /// A closure may do what it likes with the job that it looks at.
    @Test func outliveTheLookAtThem() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        jobs.add(1, bytes: 300)
        let number = try #require(jobs.store.jobs.firstQueued(in: jobs.queue))
        let body = jobs.store.jobs.withContent(of: number) { content in
            jobs.add(100, bytes: 300)
            jobs.store.jobs.remove(number, ending: .deleted)
            return [UInt8](content.body)
        }
        #expect(body == [UInt8](repeating: 0x62, count: 300))
        try jobs.store.commit()
    }

    // MARK: Damage

    @Test(arguments: [
        "UPDATE job_heads SET heads = x'00'", "UPDATE job_heads SET heads = zeroblob(length(heads))",
        "DELETE FROM job_heads", "UPDATE job_bodies SET bodies = x'00'", "DELETE FROM job_bodies",
        "UPDATE job_chunks SET descriptor = x'0102'", "UPDATE job_chunks SET descriptor = zeroblob(48)",
        "UPDATE job_log SET facts = x'ff00'", "UPDATE job_log SET facts = substr(facts, 1, length(facts) - 1)",
        "UPDATE job_queues SET counts = x''", "DELETE FROM job_queues", "UPDATE job_node SET id_key = x'00'",
    ])
    func thatAreDamagedAreNamed(_ damage: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/data"
        var settings = Self.tight
        settings.ballastBytes = 0
        do {
            let jobs = try JobDriver(SQLiteStore(folder: path, settings: settings))
            for _ in 0..<60 {
                jobs.add(100, bytes: 50)
                try jobs.store.commit()
            }
        }
        try Self.execute(damage, in: path + "/waybill.db")
        do {
            let store = try SQLiteStore(folder: path, settings: settings)
            store.jobs.forEachJob(after: JobNumber(rawValue: 0), in: nil) { number, _ in
                _ = store.jobs.withContent(of: number) { $0.body.count }
                return true
            }
            try store.commit()
            Issue.record("nobody noticed: \(damage)")
        } catch StoreError.damaged(let what) {
            #expect(what.contains("job_") || what.contains("queue"), "\(what)")
        }
    }

    /// Whatever the bytes are, nothing traps.
    @Test func withAnyByteWrongTheyDoNotTrap() throws {
        let jobs = try JobDriver(SQLiteStore(settings: Self.tight))
        for _ in 0..<30 {
            jobs.add(30, bytes: 20)
            for number in jobs.take(5) { jobs.store.jobs.remove(number, ending: .acknowledged) }
            try jobs.store.commit()
        }
        let bytes = try jobs.store.serialized()
        var random = SplitMix(seed: 4)
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<1 + Int(random.next() % 4) {
                damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                let driver = try JobDriver(SQLiteStore(inMemory: damaged, settings: Self.tight))
                for number in driver.take(50) { driver.store.jobs.remove(number, ending: .acknowledged) }
                _ = driver.store.jobs.purge(driver.queue)
                driver.add(10, bytes: 10)
                try driver.store.commit()
            } catch {
                // Named, or a number that is another one: both are no trap.
                continue
            }
        }
    }

    // MARK: Kit

    private static var tight: StoreSettings {
        var settings = StoreSettings()
        settings.jobs.logBytes = 100_000
        settings.jobs.bodyBytes = 50_000
        settings.jobs.headBytes = 50_000
        settings.jobs.imageBytes = 20_000
        settings.jobs.chunkBytes = 40_000
        settings.jobs.segmentBytes = 3_000
        return settings
    }

    private static func execute(_ sql: String, in path: String) throws {
        var database: OpaquePointer?
        defer { sqlite3_close_v2(database) }
        try #require(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK)
        try #require(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
    }

    private static func count(_ table: String, _ bytes: [UInt8]) throws -> Int {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        let file = fopen(path, "w")
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        var database: OpaquePointer?
        var statement: OpaquePointer?
        defer {
            sqlite3_finalize(statement)
            sqlite3_close_v2(database)
        }
        try #require(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
        try #require(sqlite3_prepare_v2(database, "SELECT count(*) FROM \(table)", -1, &statement, nil) == SQLITE_OK)
        try #require(sqlite3_step(statement) == SQLITE_ROW)
        return Int(sqlite3_column_int64(statement, 0))
    }
}

/// One queue with jobs that are all alike.
private final class JobDriver {
    let store: SQLiteStore
    let queue: JobQueueID
    private var created: UInt64 = 1_700_000_000_000_000_000

    init(_ store: SQLiteStore, _ queue: JobQueueID? = nil) {
        self.store = store
        self.queue =
            queue
            ?? Array("queue".utf8).withUnsafeBytes { store.jobs.makeQueue($0, at: Instant(microseconds: 1)) }
    }

    func add(_ count: Int, bytes: Int, due: Instant? = nil) {
        let head = JobHead(
            state: due == nil ? .queued : .delayed, due: due ?? .never, expires: .never, wasQueued: due == nil,
            isAtMostOnce: false, isLimited: false)
        let body = [UInt8](repeating: 0x62, count: bytes)
        let id = [UInt8](repeating: 0x69, count: 40)
        for _ in 0..<count {
            created += 1
            let terms = JobTerms(
                retrySeconds: 300, delaySeconds: 0, ttlSeconds: 0, deliveriesMost: 0, created: created)
            let number = store.jobs.reserve(in: queue)
            id.withUnsafeBytes { id in
                body.withUnsafeBytes { store.jobs.add(number, to: queue, head: head, terms: terms, id: id, body: $0) }
            }
        }
    }

    /// Leases the first ones.
    func take(_ count: Int) -> [JobNumber] {
        var taken: [JobNumber] = []
        while taken.count < count, let number = store.jobs.firstQueued(in: queue), var head = store.jobs.head(number) {
            head.state = .leased
            head.due = Instant(microseconds: 2_000_000_000_000_000)
            store.jobs.change(number, to: head, event: .fetched)
            taken.append(number)
        }
        return taken
    }
}
