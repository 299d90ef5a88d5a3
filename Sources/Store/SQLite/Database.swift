import CSQLite
import Glibc

/// The one owner of a `sqlite3` handle. Belongs to one thread.
final class Database {
    let handle: OpaquePointer
    /// Where the log's hook leaves the number of its pages.
    let logCount: UnsafeMutablePointer<Int>

    /// - Parameter flags: `SQLITE_OPEN_…`; the handle is opened without SQLite's own mutexes.
    init(path: String, flags: Int32) throws(StoreError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened else { throw .failed(operation: "open \(path)", message: "out of memory") }
        guard code == SQLITE_OK else {
            let message = String(cString: sqlite3_errmsg(opened))
            sqlite3_close_v2(opened)
            throw .failed(operation: "open \(path)", message: message)
        }
        handle = opened
        logCount = .allocate(capacity: 1)
        logCount.initialize(to: 0)
        sqlite3_extended_result_codes(handle, 1)
        _ = waybill_sqlite3_defensive(handle)
    }

    deinit {
        sqlite3_close_v2(handle)
        logCount.deallocate()
    }

    /// Pages in the write-ahead log after the last commit.
    var logPages: Int { logCount.pointee }

    func execute(_ sql: String) throws(StoreError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, operation: Self.firstWords(of: sql)) }
    }

    func prepare(_ sql: String) -> Statement { Statement(sql, database: self) }

    /// The first column of the first row of `sql`.
    func text(_ sql: String) throws(StoreError) -> String? {
        let statement = prepare(sql)
        return try statement.next() ? statement.text(0) : nil
    }

    func integer(_ sql: String) throws(StoreError) -> Int64? {
        let statement = prepare(sql)
        return try statement.next() ? statement.integer(0) : nil
    }

    /// Whether no transaction is open, as after a rollback that SQLite did by itself.
    var isIdle: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// What a result code means for the turn: a full disk can be tried again, a failed sync never.
    func error(_ code: Int32, operation: @autoclosure () -> String) -> StoreError {
        let system = sqlite3_system_errno(handle)
        let primary = code & 0xff
        let isSync = code == Self.failedSync || code == Self.failedFolderSync
        let isNoSpace = primary == SQLITE_IOERR && !isSync && (system == ENOSPC || system == EDQUOT)
        if primary == SQLITE_FULL || isNoSpace { return .full }
        let message = String(cString: sqlite3_errmsg(handle))
        if primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB { return .damaged(what: "\(operation()): \(message)") }
        return .failed(operation: operation(), message: "\(message) (\(code))")
    }

    /// `SQLITE_IOERR_FSYNC` and `SQLITE_IOERR_DIR_FSYNC`, macros that Swift does not import.
    private static let failedSync: Int32 = SQLITE_IOERR | (4 << 8)
    private static let failedFolderSync: Int32 = SQLITE_IOERR | (5 << 8)

    private static func firstWords(of sql: String) -> String { String(sql.prefix(60)) }
}
