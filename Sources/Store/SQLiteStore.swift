import CSQLite
import Message

/// The store in one SQLite file, `waybill.db` in the data folder, or in memory for tests and simulation.
///
/// The one connection that writes and checkpoints. Belongs to the thread that made it. Facts are applied in memory when
/// they are recorded, so that reads of the same turn see them, and are written in one transaction by `commit`.
package final class SQLiteStore {
    let database: Database
    let settings: StoreSettings
    let folder: DataFolder?
    private let lock: FolderLock?
    var ballast: Ballast?

    let entries: EntryStorage
    let keys: KeyStorage
    let seen: SeenStorage
    let ledger: LedgerStorage
    let outcomes: OutcomeStorage
    let plans: PlanStorage
    let sources: SourceStorage
    let letters: DeadLetterStorage
    let files: FileStorage
    let pauses: PauseStorage
    let retention: Retention
    package let jobStorage: JobStorage
    package var jobs: any JobIndex { jobStorage }
    private let begin: Statement
    private let end: Statement
    var routes: NameTable
    var queues: NameTable

    /// The latest time that any fact of this store carries: what expires is measured against it, so that a store is a
    /// function of its facts alone.
    var now = Int64.min
    /// A change that cannot be kept: the commit of its turn fails with it.
    var refusal: StoreError?
    /// Whether the changes were prepared for a commit that met a full disk: they are committed as they are.
    private var isPrepared = false

    /// Pages of the write-ahead log before this commit.
    private var pagesBefore = 0

    /// Makes the next commit fail with this, before anything is written.
    package var failNextCommit: StoreError?

    /// Opens or creates the store in `folder`, which this process holds from then on.
    /// - Parameter random: what a new store's node id and key of job ids come from.
    /// - Throws: `.held`, `.newer`, `.damaged`, or what the disk says.
    package convenience init(
        folder path: String, settings: StoreSettings = StoreSettings(),
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) throws(StoreError) {
        let folder = DataFolder(path: path)
        try folder.prepare()
        let lock = try FolderLock(folder: path)
        try folder.prepareDatabase()
        let database = try Database(path: folder.database, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        try Self.configure(database, settings)
        var ballast = Ballast(folder: path, bytes: settings.ballastBytes)
        if !ballast.isThere { ballast.build() }
        try self.init(database, settings: settings, folder: folder, lock: lock, ballast: ballast, random: random)
    }

    /// A store in memory: empty, or as `serialized` gave it.
    package convenience init(
        inMemory bytes: [UInt8]? = nil, settings: StoreSettings = StoreSettings(),
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) throws(StoreError) {
        let database = try Database(path: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        if let bytes { try database.load(bytes) }
        try database.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
        try self.init(database, settings: settings, folder: nil, lock: nil, ballast: nil, random: random)
    }

    private init(
        _ database: Database, settings: StoreSettings, folder: DataFolder?, lock: FolderLock?, ballast: Ballast?,
        random: any RandomNumberGenerator
    ) throws(StoreError) {
        self.database = database
        self.settings = settings
        self.folder = folder
        self.lock = lock
        self.ballast = ballast
        try Self.prepareSchema(database)
        entries = try EntryStorage(database)
        keys = try KeyStorage(database, limit: settings.recentKeys)
        seen = try SeenStorage(database)
        ledger = try LedgerStorage(database)
        outcomes = try OutcomeStorage(database)
        plans = try PlanStorage(database)
        sources = try SourceStorage(database)
        letters = try DeadLetterStorage(database)
        files = try FileStorage(database)
        pauses = try PauseStorage(database)
        retention = try Retention(database, settings)
        jobStorage = try JobStorage(database, settings.jobs, random: random)
        begin = database.prepare("BEGIN IMMEDIATE")
        end = database.prepare("COMMIT")
        routes = try NameTable(database, table: "routes", most: Int64(UInt32.max))
        queues = try NameTable(database, table: "queues", most: Int64(UInt16.max))
        now = max(try Self.latestMoment(database), jobStorage.lastMoment)
    }

    /// Bytes of the whole store, as `init(inMemory:)` takes them. What was recorded and not committed is not in them.
    package func serialized() throws(StoreError) -> [UInt8] { try database.serialized() }

    // MARK: Opening

    private static func latestMoment(_ database: Database) throws(StoreError) -> Int64 {
        let latest = ["endings", "marks"].map { "coalesce((SELECT at_us FROM \($0) ORDER BY id DESC LIMIT 1), 0)" }
        return try database.integer("SELECT max(\(latest.joined(separator: ", ")))") ?? 0
    }

    /// Durability is asked for and read back: a store that cannot promise it does not open.
    private static func configure(_ database: Database, _ settings: StoreSettings) throws(StoreError) {
        try database.execute("PRAGMA busy_timeout = 5000; PRAGMA page_size = \(settings.pageBytes)")
        let journal = try database.text("PRAGMA journal_mode = WAL")
        try database.execute("PRAGMA synchronous = FULL")
        // Bodies of delivered messages are not wiped: the disk holds older copies anyway, and wiping costs a quarter.
        try database.execute("PRAGMA secure_delete = 0; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4096")
        guard journal == "wal", try database.integer("PRAGMA synchronous") == 2 else {
            throw .failed(operation: "open the store", message: "no write-ahead log with full sync on this file system")
        }
        database.countLogPages()
    }

    private static func prepareSchema(_ database: Database) throws(StoreError) {
        let version = Int(clamping: try database.integer("PRAGMA user_version") ?? 0)
        if version > Schema.version { throw .newer(version: version, known: Schema.version) }
        if version == Schema.version { return }
        if version > 0 { return try change(database, by: Schema.migration) }
        if try database.integer("SELECT count(*) FROM sqlite_schema") != 0 {
            throw .damaged(what: "waybill.db holds another program's tables")
        }
        try change(database, by: Schema.creation)
    }

    private static func change(_ database: Database, by sql: String) throws(StoreError) {
        try database.execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            try database.execute(sql)
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
    }

    // MARK: The commit

    var hasChanges: Bool {
        entries.hasChanges || keys.hasChanges || seen.hasChanges || ledger.hasChanges || outcomes.hasChanges
            || plans.hasChanges || sources.hasChanges || letters.hasChanges || files.hasChanges || routes.hasChanges
            || queues.hasChanges || pauses.hasChanges || jobStorage.hasChanges
    }

    func commitTurn() throws(StoreError) {
        if let refusal = refusal ?? jobStorage.refusal { throw refusal }
        guard hasChanges else { return }
        do throws(StoreError) { try commitChanges() } catch {
            // Whatever else failed is never tried again: the next sync could succeed without the pages of this one.
            if error != .full { refusal = error }
            throw error
        }
    }

    private func commitChanges() throws(StoreError) {
        if let failure = failNextCommit {
            failNextCommit = nil
            throw failure
        }
        if !isPrepared {
            try entries.prepare()
            jobStorage.prepare()
            if let refusal = jobStorage.refusal { throw refusal }
            now = max(now, jobStorage.lastMoment)
            isPrepared = true
        }
        do throws(StoreError) { try transact() } catch {
            if error == .full, ballast?.isThere == true { ballast?.giveUp() }
            throw error
        }
        committed()
        try afterCommit()
    }

    private func transact() throws(StoreError) {
        try begin.run()
        do throws(StoreError) {
            try write()
            try end.run()
        } catch {
            if !database.isIdle { try? database.execute("ROLLBACK") }
            throw error
        }
    }

    private func write() throws(StoreError) {
        try routes.write()
        try queues.write()
        try plans.write()
        try sources.write()
        try entries.write()
        try keys.write(now: now)
        try seen.write()
        try outcomes.write()
        try ledger.write()
        try letters.write()
        try files.write()
        try pauses.write()
        try jobStorage.write()
        try retention.write(now: now)
    }

    private func committed() {
        isPrepared = false
        routes.committed()
        queues.committed()
        plans.committed()
        sources.committed()
        entries.committed()
        keys.committed(now: now)
        seen.committed()
        outcomes.committed()
        ledger.committed()
        letters.committed()
        files.committed()
        pauses.committed()
        jobStorage.committed()
        if retention.committed() { seen.forgetKept() }
    }

    /// Moves the log into the file when it is long, and rebuilds the ballast when there is room again.
    private func afterCommit() throws(StoreError) {
        guard let folder else { return }
        // Large turns come when there is much to do: fewer checkpoints then, each of a few turns' pages.
        let written = database.logPages - pagesBefore
        pagesBefore = database.logPages
        if database.logPages >= max(settings.checkpointPages, min(written * 16, settings.checkpointPages * 8)) {
            try database.checkpoint()
        }
        guard ballast?.isThere == false, settings.ballastBytes > 0 else { return }
        // Four times its size must be free: it must not fill the disk itself.
        if folder.freeBytes() ?? 0 > Int64(settings.ballastBytes) * 4 { ballast?.build() }
    }
}
