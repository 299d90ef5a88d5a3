/// A finished table of keys: its blocks are in the file, its filter in memory.
struct KeyTable {
    let id: Int64
    let keys: Int
    /// The last of its keys is forgotten then, and the table with it.
    let until: Int64
    let filter: KeyFilter

    /// A table is cut into this many blocks by the leading bits of its fingerprints.
    static let blockBits: UInt64 = 13
    static let blocks = 1 << 13

    static func block(of high: UInt64) -> Int { Int(high >> (64 - blockBits)) }

    /// Row of a block in `key_blocks`.
    static func row(table: Int64, block: Int) -> Int64 { table << 13 | Int64(block) }
}

/// A full set of recent keys on its way into a table: sorted by leading bits, written a slice of blocks a turn.
/// It answers look-ups until its table is complete.
struct KeySpill {
    let table: Int64
    let keys: RecentKeys
    /// Rows of `recent_keys` up to this one belong to it and go when it is done.
    let lastRow: Int64
    private(set) var filter: KeyFilter
    private(set) var nextBlock = 0
    /// Positions of the records in order of their blocks, and where each block begins.
    private let order: [UInt32]
    private let starts: [Int]

    init(table: Int64, keys: RecentKeys, lastRow: Int64, nextBlock: Int = 0) {
        self.table = table
        self.keys = keys
        self.lastRow = lastRow
        self.nextBlock = nextBlock
        var filter = KeyFilter(keys: keys.count)
        var starts = [Int](repeating: 0, count: KeyTable.blocks + 1)
        for record in keys.records {
            filter.insert(high: record.high, low: record.low)
            starts[KeyTable.block(of: record.high) + 1] += 1
        }
        for block in 0..<KeyTable.blocks { starts[block + 1] += starts[block] }
        var free = starts
        var order = [UInt32](repeating: 0, count: keys.count)
        for (position, record) in keys.records.enumerated() {
            let block = KeyTable.block(of: record.high)
            order[free[block]] = UInt32(truncatingIfNeeded: position)
            free[block] += 1
        }
        self.filter = filter
        self.starts = starts
        self.order = order
    }

    var isWritten: Bool { nextBlock >= KeyTable.blocks }
    var until: Int64 { keys.records.reduce(Int64.min) { max($0, $1.until) } }

    /// The records of a block, the newest of a fingerprint last.
    func records(ofBlock block: Int) -> [KeyRecord] {
        order[starts[block]..<starts[block + 1]].map { keys.records[Int($0)] }
    }

    mutating func wrote(upTo block: Int) { nextBlock = block }
}
