import Connecting
import Message

/// Seen rows, endings and marks in pages. A page is one or more stored rows of many records each.
extension StoreReader {
    /// Records of a page, and what to ask the next page with; nil: this was the last one.
    package struct Page<Record: Sendable>: Sendable {
        package let records: [Record]
        package let next: Int64?
    }

    package struct StoredEnding: Sendable {
        package let ending: Ending
        /// The message was taken up again; the word it had does not count.
        package let reopened: Bool
    }

    package struct StoredSeenRow: Sendable {
        package let route: RouteID
        package let row: SeenRow
    }

    package func endings(after page: Int64 = 0) throws(StoreError) -> Page<StoredEnding> {
        try packed("endings", after: page) { (reader: inout ByteReader) throws(ByteDecodingError) in
            let (ending, reopened) = try PackedEnding.read(&reader)
            return StoredEnding(ending: ending, reopened: reopened)
        }
    }

    package func marks(after page: Int64 = 0) throws(StoreError) -> Page<DeliveryMark> {
        try packed("marks", after: page, read: PackedMark.read)
    }

    private func packed<Record: Sendable>(
        _ table: String, after page: Int64, read: (inout ByteReader) throws(ByteDecodingError) -> Record
    ) throws(StoreError) -> Page<Record> {
        var records: [Record] = []
        var last: Int64?
        let sql = "SELECT id, \(table) FROM \(table) WHERE id > ?1 ORDER BY id LIMIT 32"
        _ = try rows(
            sql, bind: { $0.bind(1, page) },
            row: { row throws(StoreError) in
                last = row.integer(0)
                var reader = ByteReader(row.bytes(1))
                do { while !reader.isAtEnd { records.append(try read(&reader)) } } catch {
                    throw .damaged(what: "\(table) \(row.integer(0)): \(error)")
                }
            })
        return Page(records: records, next: last)
    }

    /// Rows with integer identities.
    package func seenRows(after page: Int64 = 0) throws(StoreError) -> Page<StoredSeenRow> {
        var found: [StoredSeenRow] = []
        var last: Int64?
        let sql = "SELECT id, route, block, rows FROM seen_blocks WHERE id > ?1 ORDER BY id LIMIT 32"
        _ = try rows(
            sql, bind: { $0.bind(1, page) },
            row: { row throws(StoreError) in
                last = row.integer(0)
                let route = UInt32(truncatingIfNeeded: row.integer(1))
                let block = SeenBlock(route: route, number: row.integer(2))
                do { try block.decode(row.bytes(3)) } catch {
                    throw .damaged(what: "seen block \(block.number): \(error)")
                }
                block.eachRow { found.append(StoredSeenRow(route: RouteID(rawValue: route), row: $0)) }
            })
        return Page(records: found, next: last)
    }

    /// Rows with identities of several columns.
    package func seenRowsByBytes(after page: Int64 = 0) throws(StoreError) -> Page<StoredSeenRow> {
        var found: [StoredSeenRow] = []
        var last: Int64?
        let sql = """
            SELECT id, route, identity, message, content, word, seen_us FROM seen_rows WHERE id > ?1
            ORDER BY id LIMIT 2000
            """
        _ = try rows(
            sql, bind: { $0.bind(1, page) },
            row: { row throws(StoreError) in
                last = row.integer(0)
                let seen = SeenRow(
                    identity: .bytes(row.bytes(2)), message: row.text(3), content: UInt64(bitPattern: row.integer(4)),
                    word: UInt8(exactly: row.integer(5)).flatMap(FinalWord.init(rawValue:)),
                    seenAt: Instant(microseconds: row.integer(6)))
                found.append(
                    StoredSeenRow(route: RouteID(rawValue: UInt32(truncatingIfNeeded: row.integer(1))), row: seen))
            })
        return Page(records: found, next: last)
    }

    /// Everything that happened before this may have been forgotten from `table` (`endings`, `marks`, `seen_blocks`).
    func forgottenBefore(_ table: String) throws(StoreError) -> Instant? {
        let statement = database.prepare("SELECT value FROM meta WHERE name = ?1")
        statement.bind(1, Retention.noteName(table))
        return try statement.next() ? Instant(microseconds: statement.integer(0)) : nil
    }
}
