import Billing
import Message

/// Everything of one kind, page by page, for the audit.
extension StoreReader {
    /// About how many facts there are of messages, by the bytes that they take.
    func messageFacts() throws(StoreError) -> Int64 {
        let endings = try database.integer("SELECT total(length(endings)) FROM endings") ?? 0
        let blocks = try database.integer("SELECT total(length(rows)) FROM seen_blocks") ?? 0
        let rows = try database.integer("SELECT count(*) FROM seen_rows") ?? 0
        let heads = try database.integer("SELECT total(length(heads)) FROM chunks") ?? 0
        return endings / 24 + blocks / 19 + rows + heads / 48
    }

    func deliveryFacts() throws(StoreError) -> Int64 {
        let marks = try database.integer("SELECT total(length(marks)) FROM marks") ?? 0
        return try marks / 32 + ledgerRecordCount()
    }

    func forEachSeenRow(_ body: (StoredSeenRow) -> Void) throws(StoreError) {
        try forEachPage(body) { (next: Int64) throws(StoreError) in try seenRows(after: next) }
        try forEachPage(body) { (next: Int64) throws(StoreError) in try seenRowsByBytes(after: next) }
    }

    func forEachEnding(_ body: (StoredEnding) -> Void) throws(StoreError) {
        try forEachPage(body) { (next: Int64) throws(StoreError) in try endings(after: next) }
    }

    func forEachMark(_ body: (DeliveryMark) -> Void) throws(StoreError) {
        try forEachPage(body) { (next: Int64) throws(StoreError) in try marks(after: next) }
    }

    private func forEachPage<Record>(
        _ body: (Record) -> Void, page: (Int64) throws(StoreError) -> Page<Record>
    ) throws(StoreError) {
        var next: Int64? = 0
        while let after = next {
            let found = try page(after)
            for record in found.records { body(record) }
            next = found.next
        }
    }

    func forEachEntry(_ body: (WaitingEntry) -> Void) throws(StoreError) {
        var chunk: UInt64 = 0
        while let next = try nextChunk(from: chunk) {
            for record in next.records where !record.isGone {
                let id = EntryID(chunk: next.id, slot: record.slot)
                body(WaitingEntry(head: record.head(id: id), message: try next.message(record)))
            }
            chunk = next.id + 1
        }
    }

    /// The charge and the time of delivery of every record.
    func forEachCharge(_ body: (ChargeID, Instant) -> Void) throws(StoreError) {
        let sql = """
            SELECT seq, name, message, delivered_us, rest
            FROM ledger JOIN customers ON customers.id = customer ORDER BY seq
            """
        _ = try rows(
            sql,
            row: { row throws(StoreError) in
                let rest: LedgerRest
                do { rest = try LedgerRest(row.bytes(4)) } catch {
                    throw .damaged(what: "ledger record \(row.integer(0)): \(error)")
                }
                let charge = ChargeID(
                    customer: row.text(1), message: row.text(2), step: rest.step, itemPath: rest.itemPath,
                    kind: rest.kind)
                body(charge, Instant(microseconds: row.integer(3)))
            })
    }
}
