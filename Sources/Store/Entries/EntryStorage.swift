import CSQLite

/// Keeps the entry table in the file: a row of heads a chunk, its bodies as segments beside it.
final class EntryStorage {
    var table = EntryTable()
    private var cache = BodyCache()
    /// Bodies of compacted chunks that replace all their segments in the next commit.
    private var replacements: [UInt64: [UInt8]] = [:]
    private var progress: [EntryID: [UInt8]?] = [:]
    private(set) var hasChanges = false
    /// Chunk numbers below this one are promised in the file never to be given out again.
    private var promisedChunk: UInt64 = 1
    private static let promise: UInt64 = 1024

    private let putChunk: Statement
    private let deleteChunk: Statement
    private let putBodies: Statement
    private let deleteBodies: Statement
    private let readBodies: Statement
    private let putProgress: Statement
    private let deleteProgress: Statement
    private let readProgress: Statement
    private let putPromise: Statement

    init(_ database: Database) throws(StoreError) {
        putChunk = database.prepare("REPLACE INTO chunks (id, heads) VALUES (?1, ?2)")
        deleteChunk = database.prepare("DELETE FROM chunks WHERE id = ?1")
        putBodies = database.prepare("REPLACE INTO bodies (id, bodies) VALUES (?1, ?2)")
        deleteBodies = database.prepare("DELETE FROM bodies WHERE id BETWEEN ?1 AND ?2")
        readBodies = database.prepare("SELECT bodies FROM bodies WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
        putProgress = database.prepare("REPLACE INTO progress (entry, progress) VALUES (?1, ?2)")
        deleteProgress = database.prepare("DELETE FROM progress WHERE entry = ?1")
        readProgress = database.prepare("SELECT progress FROM progress WHERE entry = ?1")
        putPromise = database.prepare("REPLACE INTO meta (name, value) VALUES ('next_chunk', ?1)")
        try load(database)
    }

    private func load(_ database: Database) throws(StoreError) {
        let chunks = database.prepare("SELECT id, heads FROM chunks ORDER BY id")
        while try chunks.next() {
            let id = UInt64(bitPattern: chunks.integer(0))
            guard let records = HeadRecord.records(from: chunks.rawBytes(1)), id < 1 << 48 else {
                throw .damaged(what: "the heads of chunk \(id)")
            }
            let chunk = Chunk(id: id, stored: records)
            table.nextChunk = id + 1
            if chunk.live > 0 { table.load(chunk) } else { table.dead.append(id) }
        }
        let promised = try database.integer("SELECT value FROM meta WHERE name = 'next_chunk'") ?? 1
        promisedChunk = UInt64(max(1, promised))
        table.nextChunk = max(table.nextChunk, promisedChunk)
    }

    // MARK: Facts

    /// - Returns: a sentence where the change fits no entry.
    func admit(_ entry: NewEntry) -> String? {
        hasChanges = true
        return table.admit(entry) ? nil : "entry \(entry.head.id.rawValue) was admitted without an id of this turn"
    }

    func change(_ head: EntryHead) -> String? {
        guard let place = table.place(of: head.id) else {
            return "the head of entry \(head.id.rawValue) changed, which is not there"
        }
        hasChanges = true
        table.withRecord(place) { $0.update(from: head) }
        table.touch(place.chunk)
        return nil
    }

    func remove(_ id: EntryID) -> String? {
        guard let place = table.place(of: id) else { return "entry \(id.rawValue) was removed, which is not there" }
        hasChanges = true
        if table.withRecord(place, { $0.hasProgress }) { progress[id] = .some(nil) }
        table.remove(place)
        return nil
    }

    func progressed(_ id: EntryID, _ bytes: [UInt8]?) -> String? {
        guard let place = table.place(of: id) else { return "entry \(id.rawValue) progressed, which is not there" }
        hasChanges = true
        let changes = table.withRecord(place) { record in
            defer { record.hasProgress = bytes != nil }
            return record.hasProgress || bytes != nil
        }
        guard changes else { return nil }
        table.touch(place.chunk)
        progress[id] = .some(bytes)
        return nil
    }

    // MARK: Reads

    func head(_ id: EntryID) -> EntryHead? {
        guard let place = table.place(of: id) else { return nil }
        return table.withRecord(place) { $0.head(id: id) }
    }

    func body(_ id: EntryID) throws(StoreError) -> [UInt8]? {
        guard let place = table.place(of: id) else { return nil }
        let start = table.withRecord(place) { $0.bodyStart }
        if let open = table.open, open.id == id.chunk { return try body(at: start, in: open.bodies, of: id) }
        return try body(at: start, in: bodies(ofChunk: id.chunk), of: id)
    }

    private func body(at start: UInt32, in bodies: [UInt8], of id: EntryID) throws(StoreError) -> [UInt8] {
        guard let body = BodyBlock.body(at: start, in: bodies) else {
            throw .damaged(what: "the body of entry \(id.rawValue)")
        }
        return body
    }

    private func bodies(ofChunk chunk: UInt64) throws(StoreError) -> [UInt8] {
        if let closed = table.closed.last(where: { $0.id == chunk }) { return closed.bodies }
        if let replaced = replacements[chunk] { return replaced }
        if let cached = cache[chunk] { return cached }
        var bodies: [UInt8] = []
        readBodies.bind(1, Int64(chunk << 10))
        readBodies.bind(2, Int64(chunk << 10 | 1023))
        while try readBodies.next() { bodies.append(contentsOf: readBodies.rawBytes(0)) }
        cache.keep(bodies, of: chunk)
        return bodies
    }

    func progress(_ id: EntryID) throws(StoreError) -> [UInt8]? {
        guard let place = table.place(of: id), table.withRecord(place, { $0.hasProgress }) else { return nil }
        if let pending = progress[id] { return pending }
        readProgress.bind(1, Int64(bitPattern: id.rawValue))
        guard try readProgress.next() else { throw .damaged(what: "the progress of entry \(id.rawValue)") }
        defer { readProgress.reset() }
        return readProgress.bytes(0)
    }

    // MARK: The commit

    /// One sparse chunk a turn gives up its dead heads and bodies. Before the transaction: what is decided here stays.
    func prepare() throws(StoreError) {
        guard let chunk = table.sparse.popLast(), let index = table.index(of: chunk) else { return }
        guard table.withChunk(index, { $0.isStored && $0.live > 0 }) else {
            table.withChunk(index) { $0.isSparse = false }
            return
        }
        let old = try bodies(ofChunk: chunk)
        var kept: [UInt8] = []
        var records = table.withChunk(index) { $0.records.filter { !$0.isGone } }
        for position in records.indices {
            let id = EntryID(chunk: chunk, slot: records[position].slot)
            let body = try body(at: records[position].bodyStart, in: old, of: id)
            records[position].bodyStart = ClosedChunk.append(body, to: &kept) ?? 0
        }
        table.withChunk(index) {
            $0.records = records
            $0.isSparse = false
        }
        table.touch(index)
        replacements[chunk] = kept
        cache.keep(kept, of: chunk)
    }

    /// Writes what has changed; can be done again after a rollback.
    func write() throws(StoreError) {
        try writePromise()
        for (chunk, bodies) in replacements {
            try deleteBodies(of: chunk)
            try put(bodies[...], chunk: chunk, segment: 0)
        }
        for closed in table.closed where closed.bodies.count > closed.committedBytes {
            try put(closed.bodies[closed.committedBytes...], chunk: closed.id, segment: closed.segment)
        }
        if let open = table.open, open.bodies.count > open.committedBytes {
            try put(open.bodies[open.committedBytes...], chunk: open.id, segment: open.segments)
        }
        for chunk in table.dirty { try putHeads(of: chunk) }
        for chunk in table.dead {
            deleteChunk.bind(1, Int64(chunk))
            try deleteChunk.run()
            try deleteBodies(of: chunk)
        }
        for (id, bytes) in progress { try write(bytes, of: id) }
    }

    private func putHeads(of chunk: UInt64) throws(StoreError) {
        guard let index = table.index(of: chunk), !table.chunks[index].records.isEmpty else { return }
        putChunk.bind(1, Int64(chunk))
        try run(putChunk, blobOf: table.chunks[index].records, at: 2)
    }

    private func put(_ bodies: ArraySlice<UInt8>, chunk: UInt64, segment: Int) throws(StoreError) {
        putBodies.bind(1, Int64(chunk << 10 | UInt64(segment)))
        var failure: StoreError?
        bodies.withUnsafeBytes { bytes in
            do throws(StoreError) { try putBodies.run(blob: bytes, at: 2) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func deleteBodies(of chunk: UInt64) throws(StoreError) {
        deleteBodies.bind(1, Int64(chunk << 10))
        deleteBodies.bind(2, Int64(chunk << 10 | 1023))
        try deleteBodies.run()
    }

    private func write(_ bytes: [UInt8]?, of id: EntryID) throws(StoreError) {
        let statement = bytes == nil ? deleteProgress : putProgress
        statement.bind(1, Int64(bitPattern: id.rawValue))
        if let bytes { statement.bind(2, bytes) }
        try statement.run()
    }

    private func writePromise() throws(StoreError) {
        guard table.nextChunk > promisedChunk else { return }
        putPromise.bind(1, Int64(table.nextChunk + Self.promise))
        try putPromise.run()
    }

    func committed() {
        if table.nextChunk > promisedChunk { promisedChunk = table.nextChunk + Self.promise }
        for filled in table.committed() { cache.keep(filled.bodies, of: filled.id) }
        replacements.removeAll(keepingCapacity: true)
        progress.removeAll(keepingCapacity: true)
        hasChanges = false
    }
}

/// Runs a statement with the memory of an array as one of its values, without a copy.
func run<Element>(_ statement: Statement, blobOf elements: [Element], at index: Int32) throws(StoreError) {
    var failure: StoreError?
    elements.withUnsafeBytes { bytes in
        do throws(StoreError) { try statement.run(blob: bytes, at: index) } catch { failure = error }
    }
    if let failure { throw failure }
}
