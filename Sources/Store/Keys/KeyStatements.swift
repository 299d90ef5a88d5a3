/// The SQL of the key tables.
final class KeyStatements {
    let readTables: Statement
    let readRecent: Statement
    private let appendRecent: Statement
    private let deleteRecent: Statement
    private let putTable: Statement
    private let markTable: Statement
    private let deleteTable: Statement
    private let putBlock: Statement
    private let readBlock: Statement
    private let deleteBlocks: Statement

    init(_ database: Database) throws(StoreError) {
        readTables = database.prepare(
            "SELECT id, state, keys, until_us, last_row, filter FROM key_tables ORDER BY id")
        readRecent = database.prepare("SELECT id, keys FROM recent_keys ORDER BY id")
        appendRecent = database.prepare("INSERT INTO recent_keys (id, keys) VALUES (?1, ?2)")
        deleteRecent = database.prepare("DELETE FROM recent_keys WHERE id BETWEEN ?1 AND ?2")
        putTable = database.prepare(
            "REPLACE INTO key_tables (id, state, keys, until_us, last_row, filter) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        markTable = database.prepare("UPDATE key_tables SET state = 2 WHERE id = ?1")
        deleteTable = database.prepare("DELETE FROM key_tables WHERE id = ?1")
        putBlock = database.prepare("REPLACE INTO key_blocks (id, keys) VALUES (?1, ?2)")
        readBlock = database.prepare("SELECT keys FROM key_blocks WHERE id = ?1")
        deleteBlocks = database.prepare("DELETE FROM key_blocks WHERE id BETWEEN ?1 AND ?2")
    }

    func append(_ records: ArraySlice<KeyRecord>, row: Int64) throws(StoreError) {
        appendRecent.bind(1, row)
        var failure: StoreError?
        records.withUnsafeBytes { bytes in
            do throws(StoreError) { try appendRecent.run(blob: bytes, at: 2) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func deleteRecent(_ rows: ClosedRange<Int64>) throws(StoreError) {
        deleteRecent.bind(1, rows.lowerBound)
        deleteRecent.bind(2, rows.upperBound)
        try deleteRecent.run()
    }

    func put(_ records: [KeyRecord], table: Int64, block: Int) throws(StoreError) {
        guard !records.isEmpty else { return }
        putBlock.bind(1, KeyTable.row(table: table, block: block))
        try run(putBlock, blobOf: records, at: 2)
    }

    func block(table: Int64, _ block: Int) throws(StoreError) -> [KeyRecord] {
        readBlock.bind(1, KeyTable.row(table: table, block: block))
        guard try readBlock.next() else { return [] }
        defer { readBlock.reset() }
        guard let records = KeyRecord.records(from: readBlock.rawBytes(0)) else {
            throw .damaged(what: "block \(block) of key table \(table)")
        }
        return records
    }

    func deleteBlocks(table: Int64, _ blocks: Range<Int>) throws(StoreError) {
        deleteBlocks.bind(1, KeyTable.row(table: table, block: blocks.lowerBound))
        deleteBlocks.bind(2, KeyTable.row(table: table, block: blocks.upperBound - 1))
        try deleteBlocks.run()
    }

    func begin(table: Int64) throws(StoreError) {
        try put(table: table, state: 1, keys: 0, until: 0, lastRow: 0, filter: [])
    }

    func complete(table: Int64, keys: Int, until: Int64, lastRow: Int64, filter: KeyFilter) throws(StoreError) {
        try put(table: table, state: 0, keys: keys, until: until, lastRow: lastRow, filter: filter.words)
    }

    private func put(table: Int64, state: Int64, keys: Int, until: Int64, lastRow: Int64, filter: [UInt64])
        throws(StoreError)
    {
        putTable.bind(1, table)
        putTable.bind(2, state)
        putTable.bind(3, Int64(keys))
        putTable.bind(4, until)
        putTable.bind(5, lastRow)
        try run(putTable, blobOf: filter, at: 6)
    }

    func markDropped(table: Int64) throws(StoreError) {
        markTable.bind(1, table)
        try markTable.run()
    }

    func delete(table: Int64) throws(StoreError) {
        deleteTable.bind(1, table)
        try deleteTable.run()
    }
}
