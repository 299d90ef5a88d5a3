/// Accepted keys: recent ones in memory and as appended rows, older ones in sorted tables with filters.
///
/// Look-ups ask the set, the one that is being written out, then the tables whose filters do not rule the key out. A
/// fingerprint that was forgotten and accepted again may stand in two of them; the one that lasts longer counts.
final class KeyStorage {
    private var recent = RecentKeys()
    private var committedKeys = 0
    private var lastRow: Int64 = 0
    /// Rows up to this one stand in finished tables.
    private var coveredRow: Int64 = 0
    private var spill: KeySpill?
    private var tables: [KeyTable] = []
    private var dropping: [KeyDrop] = []
    private var merge: KeyMerge?
    /// Rows of `recent_keys` that a table has taken over, still to be deleted.
    private var takenOver: ClosedRange<Int64>?
    private var nextTable: Int64 = 1
    private let limit: Int

    // What this commit does besides, applied to the state once it is durable.
    private var step = Step()
    private struct Step {
        var spilledTo: Int?
        var dropped: Int?
        var mergedTo: Int?
        var deletedTo: Int64?
    }

    private let statements: KeyStatements

    init(_ database: Database, limit: Int) throws(StoreError) {
        self.limit = max(64, min(limit, 16 * 1024 * 1024))
        statements = try KeyStatements(database)
        try load()
    }

    var hasChanges: Bool { recent.count > committedKeys }

    private func load() throws(StoreError) {
        var covered: Int64 = 0
        let stored = statements.readTables
        while try stored.next() {
            let id = stored.integer(0)
            nextTable = max(nextTable, id + 1)
            guard stored.integer(1) == 0 else {
                dropping.append(KeyDrop(table: id))
                continue
            }
            guard let filter = KeyFilter(stored: stored.rawBytes(5)) else { throw .damaged(what: "key filter \(id)") }
            covered = max(covered, stored.integer(4))
            tables.append(KeyTable(id: id, keys: Int(stored.integer(2)), until: stored.integer(3), filter: filter))
        }
        lastRow = covered
        coveredRow = covered
        let rows = statements.readRecent
        while try rows.next() {
            let id = rows.integer(0)
            if id <= covered {
                takenOver = min(id, takenOver?.lowerBound ?? id)...covered
                continue
            }
            lastRow = max(lastRow, id)
            guard let records = KeyRecord.records(from: rows.rawBytes(1)) else {
                throw .damaged(what: "recent keys \(id)")
            }
            for record in records { recent.insert(record) }
        }
        committedKeys = recent.count
    }

    // MARK: Facts and reads

    func insert(_ key: AcceptedKey) { recent.insert(KeyRecord(key)) }

    func find(_ fingerprint: KeyFingerprint) throws(StoreError) -> AcceptedKey? {
        if let record = recent.find(fingerprint) ?? spill?.keys.find(fingerprint) { return record.key }
        var found: KeyRecord?
        for table in tables where table.filter.mayContain(fingerprint) {
            guard let record = try find(fingerprint, in: table.id) else { continue }
            if record.until >= found?.until ?? Int64.min { found = record }
        }
        return found?.key
    }

    private func find(_ fingerprint: KeyFingerprint, in table: Int64) throws(StoreError) -> KeyRecord? {
        try statements.block(table: table, KeyTable.block(of: fingerprint.high)).last { $0.isOf(fingerprint) }
    }

    // MARK: The commit

    /// Writes the turn's keys and a slice of whatever is being moved; can be done again after a rollback.
    func write(now: Int64) throws(StoreError) {
        step = Step()
        let added = recent.count - committedKeys
        if added > 0 { try statements.append(recent.records[committedKeys...], row: lastRow + 1) }
        try writeSpill(added)
        step.mergedTo = try merge?.write(statements, blocks: max(64, share(added)))
        try writeDrops(added, now: now)
        if let rows = takenOver {
            let last = min(rows.upperBound, rows.lowerBound + 15)
            try statements.deleteRecent(rows.lowerBound...last)
            step.deletedTo = last
        }
    }

    /// Blocks to move with so many new keys: twice as fast as keys come in, so that one table is out, and two others
    /// merged, before the next set is full.
    private func share(_ added: Int) -> Int { min(KeyTable.blocks, added * 2 * KeyTable.blocks / limit + 1) }

    private func writeSpill(_ added: Int) throws(StoreError) {
        guard let spill else { return }
        if spill.nextBlock == 0 { try statements.begin(table: spill.table) }
        let end = min(KeyTable.blocks, spill.nextBlock + max(16, share(added)))
        for block in spill.nextBlock..<end {
            try statements.put(spill.records(ofBlock: block), table: spill.table, block: block)
        }
        if end == KeyTable.blocks {
            try statements.complete(
                table: spill.table, keys: spill.keys.count, until: spill.until, lastRow: spill.lastRow,
                filter: spill.filter)
        }
        step.spilledTo = end
    }

    private func writeDrops(_ added: Int, now: Int64) throws(StoreError) {
        for table in tables where table.until < now && merge?.reads(table.id) != true {
            try statements.markDropped(table: table.id)
        }
        guard let drop = dropping.first else { return }
        step.dropped = try drop.write(statements, blocks: max(256, share(added) * 2))
    }

    func committed(now: Int64) {
        if recent.count > committedKeys { lastRow += 1 }
        committedKeys = recent.count
        if let last = step.deletedTo, let rows = takenOver {
            takenOver = last < rows.upperBound ? (last + 1)...rows.upperBound : nil
        }
        spilled()
        merged()
        dropped(now: now)
        begin()
    }

    private func spilled() {
        guard let end = step.spilledTo, var running = spill else { return }
        running.wrote(upTo: end)
        spill = running
        guard running.isWritten else { return }
        tables.append(
            KeyTable(id: running.table, keys: running.keys.count, until: running.until, filter: running.filter))
        takenOver = (takenOver?.lowerBound ?? coveredRow + 1)...running.lastRow
        coveredRow = running.lastRow
        spill = nil
    }

    private func merged() {
        guard let end = step.mergedTo, merge != nil else { return }
        merge?.wrote(upTo: end)
        guard let done = merge, done.isWritten else { return }
        tables.removeAll { done.reads($0.id) }
        tables.append(done.table)
        dropping.append(contentsOf: done.sources.map { KeyDrop(table: $0.id) })
        merge = nil
    }

    private func dropped(now: Int64) {
        if let end = step.dropped, !dropping.isEmpty {
            dropping[0].dropped(upTo: end)
            if dropping[0].isDone { dropping.removeFirst() }
        }
        for table in tables where table.until < now && merge?.reads(table.id) != true {
            dropping.append(KeyDrop(table: table.id))
        }
        tables.removeAll { $0.until < now && merge?.reads($0.id) != true }
    }

    /// Begins to write out a full set, or to merge the two smallest of too many tables.
    private func begin() {
        if spill == nil, recent.count >= limit {
            spill = KeySpill(table: nextTable, keys: recent, lastRow: lastRow)
            nextTable += 1
            recent = RecentKeys()
            committedKeys = 0
        }
        if merge == nil, tables.count > Self.mostTables {
            let smallest = tables.sorted { $0.keys < $1.keys }.prefix(2)
            merge = KeyMerge(id: nextTable, sources: Array(smallest))
            nextTable += 1
        }
    }

    /// More tables than this are merged, so that a look-up asks few filters.
    static let mostTables = 32
}
