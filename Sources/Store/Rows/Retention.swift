/// Forgets what is older than it must be kept: endings and marks, and rows known by identity. A few rows a turn.
final class Retention {
    private struct Table {
        let name: String
        let keep: Int64
        let oldest: Statement
        let delete: Statement
        /// Nothing in it is older than this; nil: not looked yet.
        var oldestKnown: Int64?
        /// Everything older than this may have been forgotten.
        var forgottenBefore: Int64
    }

    private var tables: [Table] = []
    private var forgotten: [(table: Int, before: Int64)] = []
    private let note: Statement
    private static let slice = 16
    private static let day: Int64 = 86_400_000_000

    init(_ database: Database, _ settings: StoreSettings) throws(StoreError) {
        note = database.prepare("REPLACE INTO meta (name, value) VALUES (?1, ?2)")
        let kept = [
            ("endings", "at_us", settings.keepAuditDays), ("marks", "at_us", settings.keepAuditDays),
            ("seen_blocks", "seen_us", settings.keepSeenDays), ("seen_rows", "seen_us", settings.keepSeenDays),
        ]
        for (name, column, days) in kept {
            let (keep, overflow) = Int64(max(1, days)).multipliedReportingOverflow(by: Self.day)
            let oldest = database.prepare("SELECT \(column), id FROM \(name) ORDER BY id LIMIT \(Self.slice)")
            let delete = database.prepare("DELETE FROM \(name) WHERE id = ?1")
            let before = try database.integer("SELECT value FROM meta WHERE name = '\(Self.noteName(name))'")
            tables.append(
                Table(
                    name: name, keep: overflow ? Int64.max : keep, oldest: oldest, delete: delete, oldestKnown: nil,
                    forgottenBefore: before ?? Int64.min))
        }
    }

    /// Where `meta` says what an audit cannot know any more.
    static func noteName(_ table: String) -> String { "\(table)_forgotten_before_us" }

    /// In the transaction of a turn; can be done again after a rollback.
    func write(now: Int64) throws(StoreError) {
        forgotten.removeAll(keepingCapacity: true)
        for position in tables.indices {
            let (limit, overflow) = now.subtractingReportingOverflow(tables[position].keep)
            guard !overflow, tables[position].oldestKnown ?? Int64.min < limit else { continue }
            try forget(position, olderThan: limit)
        }
    }

    /// Rows lie in order of time but for clocks that were set back: the first one that must stay ends the slice.
    private func forget(_ position: Int, olderThan limit: Int64) throws(StoreError) {
        var old: [Int64] = []
        let table = tables[position]
        var oldest: Int64?
        while try table.oldest.next() {
            if table.oldest.integer(0) >= limit {
                oldest = table.oldest.integer(0)
                break
            }
            old.append(table.oldest.integer(1))
        }
        table.oldest.reset()
        for id in old {
            table.delete.bind(1, id)
            try table.delete.run()
        }
        // An empty table is looked at again a day later.
        if old.isEmpty { tables[position].oldestKnown = oldest ?? limit + Self.day }
        guard !old.isEmpty else { return }
        note.bind(1, Self.noteName(table.name))
        note.bind(2, limit)
        try note.run()
        forgotten.append((position, limit))
    }

    /// - Returns: whether rows known by identity were forgotten.
    func committed() -> Bool {
        for (position, before) in forgotten { tables[position].forgottenBefore = before }
        return forgotten.contains { tables[$0.table].name.hasPrefix("seen") }
    }
}
