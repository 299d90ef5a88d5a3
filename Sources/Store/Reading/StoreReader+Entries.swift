/// Waiting entries, as the last commit left them.
extension StoreReader {
    package struct WaitingEntry: Sendable {
        package let head: EntryHead
        /// The first field of its body.
        package let message: String
    }

    /// Calls back for every head, a chunk's at a time, in order of admission.
    package func forEachHead(_ body: (EntryHead) -> Void) throws(StoreError) {
        try forEachChunk { (id, records) throws(StoreError) in
            for record in records where !record.isGone {
                body(record.head(id: EntryID(chunk: id, slot: record.slot)))
            }
        }
    }

    /// Entries behind `id` in order of admission, at least one chunk's worth if there are any, until `limit`.
    package func entries(after id: EntryID? = nil, limit: Int) throws(StoreError) -> [WaitingEntry] {
        var found: [WaitingEntry] = []
        var chunk = id.map(\.chunk) ?? 0
        while found.count < limit, let next = try nextChunk(from: chunk) {
            for entry in try entries(of: next) where found.count < limit {
                if let id, entry.head.id <= id { continue }
                found.append(entry)
            }
            chunk = next.id + 1
        }
        return found
    }

    /// How many entries each queue holds in each state.
    package func entryCounts() throws(StoreError) -> [QueueID: [EntryHead.State: Int]] {
        var counts: [QueueID: [EntryHead.State: Int]] = [:]
        try forEachChunk { (_, records) throws(StoreError) in
            for record in records where !record.isGone {
                counts[QueueID(rawValue: record.queue), default: [:]][record.state ?? .waiting, default: 0] += 1
            }
        }
        return counts
    }

    struct StoredChunk {
        let id: UInt64
        let records: [HeadRecord]
        let bodies: [UInt8]
    }

    /// Heads and bodies of the first chunk numbered `id` or more, of one moment.
    func nextChunk(from id: UInt64) throws(StoreError) -> StoredChunk? {
        try database.execute("SAVEPOINT chunk")
        defer { try? database.execute("RELEASE chunk") }
        let heads = try rows(
            "SELECT id, heads FROM chunks WHERE id >= ?1 ORDER BY id LIMIT 1", bind: { $0.bind(1, Int64(id)) },
            row: Self.chunk)
        guard let (id, records) = heads.first else { return nil }
        var bodies: [UInt8] = []
        let segments = "SELECT bodies FROM bodies WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
        _ = try rows(
            segments,
            bind: { statement in
                statement.bind(1, Int64(id << 10))
                statement.bind(2, Int64(id << 10 | 1023))
            }, row: { bodies.append(contentsOf: $0.rawBytes(0)) })
        return StoredChunk(id: id, records: records, bodies: bodies)
    }

    private func entries(of chunk: StoredChunk) throws(StoreError) -> [WaitingEntry] {
        var found: [WaitingEntry] = []
        for record in chunk.records where !record.isGone {
            let id = EntryID(chunk: chunk.id, slot: record.slot)
            found.append(WaitingEntry(head: record.head(id: id), message: try chunk.message(record)))
        }
        return found
    }

    private func forEachChunk(_ body: (UInt64, [HeadRecord]) throws(StoreError) -> Void) throws(StoreError) {
        var next: UInt64 = 0
        while true {
            let page = try rows(
                "SELECT id, heads FROM chunks WHERE id >= ?1 ORDER BY id LIMIT 64", bind: { $0.bind(1, Int64(next)) },
                row: Self.chunk)
            for (id, records) in page { try body(id, records) }
            guard let last = page.last else { return }
            next = last.0 + 1
        }
    }

    private static func chunk(_ row: Statement) throws(StoreError) -> (UInt64, [HeadRecord]) {
        let id = UInt64(bitPattern: row.integer(0))
        guard id < 1 << 48, let records = HeadRecord.records(from: row.rawBytes(1)) else {
            throw .damaged(what: "the heads of chunk \(id)")
        }
        return (id, records)
    }
}

extension StoreReader.StoredChunk {
    /// The message's id, which every body begins with.
    func message(_ record: HeadRecord) throws(StoreError) -> String {
        let text = bodies.withUnsafeBytes { bytes in
            BodyBlock.body(at: record.bodyStart, in: bytes).flatMap(BodyBlock.message)
        }
        guard let text else {
            throw .damaged(what: "the body of entry \(EntryID(chunk: id, slot: record.slot).rawValue)")
        }
        return text
    }
}
