import CSQLite
package import Connecting
import Message

/// Reads a store beside the service that runs on it, or without one. Read-only, never checkpoints.
///
/// Every call is a short read transaction of its own, so that the writer's log is not held up: long answers come in
/// pages, and a page shows the state of its own moment. Belongs to one thread.
package final class StoreReader {
    let database: Database

    /// - Throws: `.failed` where there is no store, `.newer`, `.damaged`.
    package init(folder: String) throws(StoreError) {
        database = try Database(path: DataFolder(path: folder).database, flags: SQLITE_OPEN_READONLY)
        database.neverCheckpoints()
        try database.execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA cache_size = -2048")
        try check()
    }

    /// Reads what `SQLiteStore.serialized` gave.
    package init(bytes: [UInt8]) throws(StoreError) {
        database = try Database(path: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        try database.load(bytes)
        try check()
    }

    private func check() throws(StoreError) {
        let version = Int(clamping: try database.integer("PRAGMA user_version") ?? 0)
        if version > Schema.version { throw .newer(version: version, known: Schema.version) }
        if version == 0 { throw .damaged(what: "waybill.db is no store, or was never started") }
    }

    /// All rows of a query, at most as many as it is limited to. The statement is finished when this returns.
    func rows<Row>(
        _ sql: String, bind: ((Statement) -> Void)? = nil, row: (Statement) throws(StoreError) -> Row
    ) throws(StoreError) -> [Row] {
        let statement = database.prepare(sql)
        bind?(statement)
        var found: [Row] = []
        while try statement.next() { found.append(try row(statement)) }
        return found
    }

    // MARK: Names and accounts

    package func routes() throws(StoreError) -> [(id: RouteID, name: String)] {
        try rows("SELECT id, name FROM routes ORDER BY id") { row in
            (RouteID(rawValue: UInt32(truncatingIfNeeded: row.integer(0))), row.text(1))
        }
    }

    package func queues() throws(StoreError) -> [(id: QueueID, name: String)] {
        try rows("SELECT id, name FROM queues ORDER BY id") { row in
            (QueueID(rawValue: UInt16(truncatingIfNeeded: row.integer(0))), row.text(1))
        }
    }

    package func accounts() throws(StoreError) -> [RouteID: Account] {
        var accounts: [RouteID: Account] = [:]
        for row in try rows("SELECT id, messages FROM accounts", row: { ($0.integer(0), $0.integer(1)) }) {
            let route = RouteID(rawValue: UInt32(truncatingIfNeeded: row.0 >> 8))
            if row.0 & 0xff == 0 {
                accounts[route, default: Account()].seen = row.1
            } else if let word = FinalWord(rawValue: UInt8(row.0 & 0xff)), row.1 != 0 {
                accounts[route, default: Account()].words[word] = row.1
            }
        }
        return accounts
    }

    // MARK: Sources

    package struct Position: Sendable, Hashable {
        package let route: RouteID
        package let position: [UInt8]
        package let text: String
    }

    package func positions() throws(StoreError) -> [Position] {
        try rows("SELECT route, position, position_text FROM positions ORDER BY route") { row in
            Position(
                route: RouteID(rawValue: UInt32(truncatingIfNeeded: row.integer(0))), position: row.bytes(1),
                text: row.text(2))
        }
    }

    /// Conflicts numbered above `id`, oldest first.
    package func conflicts(after id: Int64, limit: Int) throws(StoreError) -> [(id: Int64, conflict: Conflict)] {
        let sql = """
            SELECT id, route, message, key, first_message, at_us FROM conflicts WHERE id > ?1 ORDER BY id LIMIT ?2
            """
        return try rows(
            sql, bind: { Self.page($0, id, limit) },
            row: { row in
                let conflict = Conflict(
                    route: RouteID(rawValue: UInt32(truncatingIfNeeded: row.integer(1))), message: row.text(2),
                    key: row.text(3), firstMessage: UInt64(bitPattern: row.integer(4)),
                    at: Instant(microseconds: row.integer(5)))
                return (row.integer(0), conflict)
            })
    }

    // MARK: Dead letters, files, notes

    /// Dead letters numbered above `id`, oldest first.
    package func deadLetters(route: RouteID? = nil, after id: Int64, limit: Int) throws(StoreError) -> [DeadLetter] {
        let condition = route == nil ? "" : "AND route = ?3"
        let sql =
            "SELECT \(DeadLetterStorage.columns) FROM dead_letters WHERE id > ?1 \(condition) ORDER BY id LIMIT ?2"
        return try rows(
            sql,
            bind: { statement in
                Self.page(statement, id, limit)
                if let route { statement.bind(3, Int64(route.rawValue)) }
            }, row: DeadLetterStorage.letter)
    }

    package func deadLetterCount() throws(StoreError) -> Int64 {
        try database.integer("SELECT count(*) FROM dead_letters") ?? 0
    }

    package func extents() throws(StoreError) -> [(connection: String, extent: FileExtent)] {
        try rows("SELECT connection, path, inode, length_bytes FROM extents ORDER BY connection, path") { row in
            let extent = FileExtent(
                path: row.text(1), inode: UInt64(bitPattern: row.integer(2)), length: row.integer(3))
            return (row.text(0), extent)
        }
    }

    /// Notes numbered above `id`, oldest first.
    package func auditNotes(after id: Int64, limit: Int) throws(StoreError) -> [(id: Int64, note: AuditNote)] {
        let sql = "SELECT id, at_us, who, what FROM audit_notes WHERE id > ?1 ORDER BY id LIMIT ?2"
        return try rows(
            sql, bind: { Self.page($0, id, limit) },
            row: { row in
                let note = AuditNote(
                    at: Instant(microseconds: row.integer(1)), who: row.text(2), what: row.text(3))
                return (row.integer(0), note)
            })
    }

    static func page(_ statement: Statement, _ after: Int64, _ limit: Int) {
        statement.bind(1, after)
        statement.bind(2, Int64(max(0, limit)))
    }
}

extension StoreReader {
    /// Tables of older keys, those under construction included.
    package func keyTableCount() throws(StoreError) -> Int64 {
        try database.integer("SELECT count(*) FROM key_tables") ?? 0
    }
}
