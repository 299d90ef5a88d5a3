/// Two tables on their way into one, a slice of blocks a turn. Both answer look-ups until the new one is complete.
/// A start that finds an unfinished one drops it and begins again.
final class KeyMerge {
    let id: Int64
    let sources: [KeyTable]
    private var nextBlock = 0
    private var filter: KeyFilter

    init(id: Int64, sources: [KeyTable]) {
        self.id = id
        self.sources = sources
        filter = KeyFilter(keys: sources.reduce(0) { $0 + $1.keys })
    }

    var isWritten: Bool { nextBlock >= KeyTable.blocks }
    var table: KeyTable {
        KeyTable(
            id: id, keys: sources.reduce(0) { $0 + $1.keys }, until: sources.reduce(Int64.min) { max($0, $1.until) },
            filter: filter)
    }

    func reads(_ table: Int64) -> Bool { sources.contains { $0.id == table } }

    /// - Returns: the block that the next slice begins with.
    func write(_ statements: KeyStatements, blocks: Int) throws(StoreError) -> Int {
        if nextBlock == 0 { try statements.begin(table: id) }
        let end = min(KeyTable.blocks, nextBlock + blocks)
        for block in nextBlock..<end {
            var records: [KeyRecord] = []
            for source in sources { records += try statements.block(table: source.id, block) }
            // The one that lasts longest is found first, from behind.
            records.sort { $0.until < $1.until }
            // Setting a bit twice, as after a rollback, changes nothing.
            for record in records { filter.insert(high: record.high, low: record.low) }
            try statements.put(records, table: id, block: block)
        }
        if end == KeyTable.blocks { try complete(statements) }
        return end
    }

    private func complete(_ statements: KeyStatements) throws(StoreError) {
        let merged = table
        try statements.complete(table: id, keys: merged.keys, until: merged.until, lastRow: 0, filter: filter)
        for source in sources { try statements.markDropped(table: source.id) }
    }

    func wrote(upTo block: Int) { nextBlock = block }
}

/// A table whose keys are all forgotten: its blocks go a slice a turn, its row last.
struct KeyDrop {
    let table: Int64
    private var nextBlock = 0

    init(table: Int64) { self.table = table }

    var isDone: Bool { nextBlock >= KeyTable.blocks }

    func write(_ statements: KeyStatements, blocks: Int) throws(StoreError) -> Int {
        let end = min(KeyTable.blocks, nextBlock + blocks)
        try statements.deleteBlocks(table: table, nextBlock..<end)
        if end == KeyTable.blocks { try statements.delete(table: table) }
        return end
    }

    mutating func dropped(upTo block: Int) { nextBlock = block }
}
