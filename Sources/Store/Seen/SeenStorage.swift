import Connecting
import Message

/// What is known of rows that were read: integer identities in blocks of neighbours, others as rows.
final class SeenStorage {
    private struct BlockKey: Hashable {
        let route: UInt32
        let number: Int64
    }

    private struct RowKey: Hashable {
        let route: UInt32
        let identity: [UInt8]
    }

    /// Touched in this turn or lately; the last one is asked first.
    private var blocks: [BlockKey: SeenBlock] = [:]
    private var last: SeenBlock?
    private var dirty: [SeenBlock] = []
    private var rows: [RowKey: SeenRow] = [:]
    private var nextBlockRow: Int64
    private let buffer = PackedBuffer(capacity: 8192)
    private static let kept = 256

    private let readBlock: Statement
    private let insertBlock: Statement
    private let updateBlock: Statement
    private let readRow: Statement
    private let putRow: Statement

    init(_ database: Database) throws(StoreError) {
        readBlock = database.prepare("SELECT id, rows FROM seen_blocks WHERE route = ?1 AND block = ?2")
        insertBlock = database.prepare(
            "INSERT INTO seen_blocks (id, route, block, seen_us, rows) VALUES (?1, ?2, ?3, ?4, ?5)")
        updateBlock = database.prepare("UPDATE seen_blocks SET seen_us = ?2, rows = ?3 WHERE id = ?1")
        readRow = database.prepare(
            "SELECT message, content, word, seen_us FROM seen_rows WHERE route = ?1 AND identity = ?2")
        putRow = database.prepare(
            """
            INSERT INTO seen_rows (route, identity, message, content, word, seen_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (route, identity) DO UPDATE SET message = excluded.message, content = excluded.content,
            word = excluded.word, seen_us = excluded.seen_us
            """)
        nextBlockRow = (try database.integer("SELECT max(id) FROM seen_blocks") ?? 0) + 1
    }

    var hasChanges: Bool { !dirty.isEmpty || !rows.isEmpty }

    func put(_ row: SeenRow, route: RouteID) throws(StoreError) {
        switch row.identity {
        case .int(let identity):
            let block = try block(route.rawValue, SeenBlock.number(of: identity))
            block.put(row, identity: identity)
            if !block.isDirty {
                block.isDirty = true
                dirty.append(block)
            }
        case .bytes(let identity): rows[RowKey(route: route.rawValue, identity: identity)] = row
        }
    }

    func find(_ route: RouteID, _ identity: RowIdentity) throws(StoreError) -> SeenRow? {
        switch identity {
        case .int(let number): try block(route.rawValue, SeenBlock.number(of: number)).row(number)
        case .bytes(let bytes): try row(route, bytes)
        }
    }

    private func row(_ route: RouteID, _ identity: [UInt8]) throws(StoreError) -> SeenRow? {
        if let pending = rows[RowKey(route: route.rawValue, identity: identity)] { return pending }
        readRow.bind(1, Int64(route.rawValue))
        readRow.bind(2, identity)
        guard try readRow.next() else { return nil }
        defer { readRow.reset() }
        return SeenRow(
            identity: .bytes(identity), message: readRow.text(0), content: UInt64(bitPattern: readRow.integer(1)),
            word: UInt8(exactly: readRow.integer(2)).flatMap(FinalWord.init(rawValue:)),
            seenAt: Instant(microseconds: readRow.integer(3)))
    }

    private func block(_ route: UInt32, _ number: Int64) throws(StoreError) -> SeenBlock {
        if let last, last.number == number, last.route == route { return last }
        let key = BlockKey(route: route, number: number)
        let found: SeenBlock
        if let kept = blocks[key] { found = kept } else { found = try read(route, number) }
        blocks[key] = found
        last = found
        return found
    }

    private func read(_ route: UInt32, _ number: Int64) throws(StoreError) -> SeenBlock {
        let block = SeenBlock(route: route, number: number)
        readBlock.bind(1, Int64(route))
        readBlock.bind(2, number)
        guard try readBlock.next() else { return block }
        defer { readBlock.reset() }
        block.row = readBlock.integer(0)
        do { try block.decode(readBlock.bytes(1)) } catch { throw .damaged(what: "seen block \(number): \(error)") }
        return block
    }

    // MARK: The commit

    func write() throws(StoreError) {
        var row = nextBlockRow
        for block in dirty {
            buffer.removeAll()
            block.encode(into: buffer)
            if let stored = block.row {
                updateBlock.bind(1, stored)
                updateBlock.bind(2, block.latest)
                try updateBlock.run(blob: buffer.bytes, at: 3)
            } else {
                insertBlock.bind(1, row)
                insertBlock.bind(2, Int64(block.route))
                insertBlock.bind(3, block.number)
                insertBlock.bind(4, block.latest)
                try insertBlock.run(blob: buffer.bytes, at: 5)
                row += 1
            }
        }
        for (key, row) in rows { try put(key, row) }
    }

    private func put(_ key: RowKey, _ row: SeenRow) throws(StoreError) {
        putRow.bind(1, Int64(key.route))
        putRow.bind(2, key.identity)
        putRow.bind(3, row.message)
        putRow.bind(4, Int64(bitPattern: row.content))
        putRow.bind(5, Int64(row.word?.rawValue ?? 0))
        putRow.bind(6, row.seenAt.microseconds)
        try putRow.run()
    }

    func committed() {
        for block in dirty {
            block.isDirty = false
            if block.row == nil {
                block.row = nextBlockRow
                nextBlockRow += 1
            }
        }
        dirty.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        if blocks.count > Self.kept {
            blocks.removeAll(keepingCapacity: true)
            if let last { blocks[BlockKey(route: last.route, number: last.number)] = last }
        }
    }

    /// Rows were forgotten: what is held in memory may be among them.
    func forgetKept() {
        guard dirty.isEmpty else { return }
        blocks.removeAll(keepingCapacity: true)
        last = nil
    }
}
