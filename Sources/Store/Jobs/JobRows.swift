import CSQLite
import Message

/// The statements over the tables of jobs.
final class JobRows {
    /// The handle must not be closed before the statements are.
    private let database: Database

    private let putLog: Statement
    private let trimLog: Statement
    private let putChunk: Statement
    private let putHeads: Statement
    private let readHeads: Statement
    private let putBodies: Statement
    private let readBodies: Statement
    private let deleteChunk: Statement
    private let deleteHeads: Statement
    private let deleteBodies: Statement
    private let putQueue: Statement
    private let deleteQueue: Statement
    private let putNode: Statement
    private let form = PackedBuffer()

    init(_ database: Database) {
        self.database = database
        putLog = database.prepare("INSERT INTO job_log (id, facts) VALUES (?1, ?2)")
        trimLog = database.prepare("DELETE FROM job_log WHERE id < ?1")
        putChunk = database.prepare("REPLACE INTO job_chunks (id, descriptor) VALUES (?1, ?2)")
        putHeads = database.prepare("REPLACE INTO job_heads (id, heads) VALUES (?1, ?2)")
        readHeads = database.prepare("SELECT heads FROM job_heads WHERE id = ?1")
        putBodies = database.prepare("REPLACE INTO job_bodies (id, bodies) VALUES (?1, ?2)")
        readBodies = database.prepare("SELECT bodies FROM job_bodies WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
        deleteChunk = database.prepare("DELETE FROM job_chunks WHERE id = ?1")
        deleteHeads = database.prepare("DELETE FROM job_heads WHERE id = ?1")
        deleteBodies = database.prepare("DELETE FROM job_bodies WHERE id BETWEEN ?1 AND ?2")
        putQueue = database.prepare("REPLACE INTO job_queues (id, name, counts) VALUES (?1, ?2, ?3)")
        deleteQueue = database.prepare("DELETE FROM job_queues WHERE id = ?1")
        putNode = database.prepare(
            "REPLACE INTO job_node (id, node, id_key, is_leaving, last_created, next_chunk, next_queue) "
                + "VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)")
    }

    // MARK: The log

    func put(log row: Int64, _ facts: UnsafeRawBufferPointer) throws(StoreError) {
        putLog.bind(1, row)
        try putLog.run(blob: facts, at: 2)
    }

    func trimLog(before row: Int64) throws(StoreError) {
        trimLog.bind(1, row)
        try trimLog.run()
    }

    func forEachLogRow(_ body: (Int64, UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) {
        let rows = database.prepare("SELECT id, facts FROM job_log ORDER BY id")
        while try rows.next() { try body(rows.integer(0), rows.rawBytes(1)) }
    }

    // MARK: Chunks

    /// Writes what the file does not have of a chunk.
    /// - Parameter row: the log's row that the image includes.
    func put(_ chunk: JobChunk, asOf row: Int64) throws(StoreError) {
        let id = Int64(bitPattern: chunk.number)
        form.removeAll()
        ChunkForm.appendHeads(of: chunk, to: form)
        putHeads.bind(1, id)
        try putHeads.run(blob: form.bytes, at: 2)
        try putBlocks(of: chunk)
        form.removeAll()
        ChunkForm.append(chunk, asOf: row, to: form)
        putChunk.bind(1, id)
        try putChunk.run(blob: form.bytes, at: 2)
    }

    /// Writes the blocks that the file does not have.
    func putBlocks(of chunk: JobChunk) throws(StoreError) {
        if chunk.segments > 0, chunk.storedBodyEnd == 0 { try deleteBodies(of: chunk.number) }
        guard chunk.bodyEnd > chunk.storedBodyEnd else { return }
        guard let blocks = chunk.blocks(chunk.storedBodyEnd, chunk.bodyEnd - chunk.storedBodyEnd) else {
            throw .failed(operation: "write jobs", message: "bodies of chunk \(chunk.number) are not in memory")
        }
        putBodies.bind(1, Int64(bitPattern: chunk.number << 10 | UInt64(chunk.nextSegment)))
        try putBodies.run(blob: blocks, at: 2)
    }

    func delete(_ chunk: UInt64) throws(StoreError) {
        deleteChunk.bind(1, Int64(bitPattern: chunk))
        try deleteChunk.run()
        deleteHeads.bind(1, Int64(bitPattern: chunk))
        try deleteHeads.run()
        try deleteBodies(of: chunk)
    }

    private func deleteBodies(of chunk: UInt64) throws(StoreError) {
        deleteBodies.bind(1, Int64(bitPattern: chunk << 10))
        deleteBodies.bind(2, Int64(bitPattern: chunk << 10 | 1023))
        try deleteBodies.run()
    }

    func forEachChunk(_ body: (UInt64, UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) {
        let rows = database.prepare("SELECT id, descriptor FROM job_chunks ORDER BY id")
        while try rows.next() { try body(UInt64(bitPattern: rows.integer(0)), rows.rawBytes(1)) }
    }

    /// - Parameter body: gets the stored heads; an empty buffer where there are none.
    func heads<R>(of chunk: UInt64, _ body: (UnsafeRawBufferPointer) -> R) throws(StoreError) -> R {
        readHeads.bind(1, Int64(bitPattern: chunk))
        guard try readHeads.next() else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        defer { readHeads.reset() }
        return body(readHeads.rawBytes(0))
    }

    /// Copies the stored blocks of a chunk.
    /// - Returns: whether there were exactly `bytes` of them.
    func bodies(of chunk: UInt64, to target: UnsafeMutableRawPointer, bytes: Int) throws(StoreError) -> Bool {
        readBodies.bind(1, Int64(bitPattern: chunk << 10))
        readBodies.bind(2, Int64(bitPattern: chunk << 10 | 1023))
        var offset = 0
        while try readBodies.next() {
            let segment = readBodies.rawBytes(0)
            guard segment.count <= bytes - offset else {
                readBodies.reset()
                return false
            }
            if let start = segment.baseAddress { (target + offset).copyMemory(from: start, byteCount: segment.count) }
            offset += segment.count
        }
        return offset == bytes
    }

    // MARK: Queues and the node

    func put(_ queue: JobQueue, asOf row: Int64) throws(StoreError) {
        form.removeAll()
        form.append(row)
        form.append(queue.made.microseconds)
        JobQueueForm.append(queue, to: form)
        putQueue.bind(1, Int64(queue.id))
        queue.name.withUnsafeBytes { putQueue.bind(2, $0) }
        try putQueue.run(blob: form.bytes, at: 3)
    }

    func delete(_ queue: JobQueue) throws(StoreError) {
        deleteQueue.bind(1, Int64(queue.id))
        try deleteQueue.run()
    }

    func deleteAllQueues() throws(StoreError) { try database.execute("DELETE FROM job_queues") }

    func forEachQueue(_ body: (JobQueue) -> Void) throws(StoreError) {
        let rows = database.prepare("SELECT id, name, counts FROM job_queues ORDER BY id")
        while try rows.next() {
            var reader = FactReader(rows.rawBytes(2))
            guard let id = UInt32(exactly: rows.integer(0)), let asOf: Int64 = reader.read(),
                let made: Int64 = reader.read(), let (pause, totals) = JobQueueForm.read(&reader)
            else { throw .damaged(what: "queue \(rows.integer(0)) of job_queues") }
            let queue = JobQueue(id: id, name: rows.bytes(1), made: Instant(microseconds: made))
            queue.asOf = asOf
            queue.pause = pause
            queue.totals = totals
            body(queue)
        }
    }

    func put(_ node: JobNode) throws(StoreError) {
        putNode.bind(1, node.identity.nodeID)
        putNode.bind(2, node.identity.idKey)
        putNode.bind(3, node.isLeaving ? 1 : 0)
        putNode.bind(4, Int64(bitPattern: node.lastCreated))
        putNode.bind(5, Int64(bitPattern: node.nextChunk))
        putNode.bind(6, Int64(node.nextQueue))
        try putNode.run()
    }

    /// nil: the store never had one.
    func node() throws(StoreError) -> JobNode? {
        let row = database.prepare(
            "SELECT node, id_key, is_leaving, last_created, next_chunk, next_queue FROM job_node WHERE id = 1")
        guard try row.next() else { return nil }
        defer { row.reset() }
        let identity = JobIdentity(nodeID: row.bytes(0), idKey: row.bytes(1))
        guard identity.nodeID.count == 40, identity.idKey.count == 16, let queue = UInt32(exactly: row.integer(5))
        else {
            throw .damaged(what: "the node's identity in job_node")
        }
        return JobNode(
            identity: identity, isLeaving: row.integer(2) != 0, lastCreated: UInt64(bitPattern: row.integer(3)),
            nextChunk: max(1, UInt64(bitPattern: row.integer(4))), nextQueue: max(1, queue))
    }
}

/// What there is once in a store.
struct JobNode {
    var identity: JobIdentity
    var isLeaving = false
    var lastCreated: UInt64 = 0
    /// Chunks and queues get their numbers from here. Numbers that only the log knows are above.
    var nextChunk: UInt64 = 1
    var nextQueue: UInt32 = 1
}
