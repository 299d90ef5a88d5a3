/// A chunk as stored: a descriptor that is read at the start, and heads that are read when they are needed.
enum ChunkForm {
    /// Bytes of a descriptor.
    static let bytes = 48

    static func append(_ chunk: JobChunk, asOf row: Int64, to form: PackedBuffer) {
        form.append(chunk.queue.id)
        form.append(UInt16(truncatingIfNeeded: chunk.slots))
        for state in chunk.counts.indices { form.append(UInt16(truncatingIfNeeded: chunk.counts[state])) }
        form.append(UInt16(truncatingIfNeeded: chunk.forwards))
        form.append(UInt16(truncatingIfNeeded: chunk.arrivals))
        form.append(UInt16(truncatingIfNeeded: chunk.segmentsOnceStored))
        form.append(UInt32(truncatingIfNeeded: chunk.bodyEnd))
        form.append(UInt32(truncatingIfNeeded: chunk.liveBodyBytes))
        form.append(chunk.earliest)
        form.append(row)
        form.append(UInt32(0))
    }

    /// - Returns: nil where the bytes are no descriptor.
    static func read(_ bytes: UnsafeRawBufferPointer, number: UInt64, queue: (UInt32) -> JobQueue) -> JobChunk? {
        var reader = FactReader(bytes)
        guard bytes.count == Self.bytes, let queueID: UInt32 = reader.read(), let slots: UInt16 = reader.read(),
            slots <= JobNumber.slots
        else { return nil }
        let chunk = JobChunk(number: number, queue: queue(queueID))
        chunk.slots = Int(slots)
        for state in chunk.counts.indices {
            guard let count: UInt16 = reader.read() else { return nil }
            chunk.counts[state] = Int(count)
            chunk.live += Int(count)
        }
        guard let forwards: UInt16 = reader.read(), let arrivals: UInt16 = reader.read(),
            let segments: UInt16 = reader.read(), let bodyEnd: UInt32 = reader.read(),
            let liveBytes: UInt32 = reader.read(), let earliest: Int64 = reader.read(), let row: Int64 = reader.read()
        else { return nil }
        chunk.forwards = Int(forwards)
        chunk.arrivals = Int(arrivals)
        chunk.segments = Int(segments)
        chunk.bodyEnd = Int(bodyEnd)
        chunk.storedBodyEnd = Int(bodyEnd)
        chunk.markNoBodies()
        chunk.liveBodyBytes = Int(liveBytes)
        chunk.earliest = earliest
        chunk.asOf = row
        chunk.isStored = true
        let isSound =
            chunk.live + chunk.forwards <= chunk.slots && chunk.arrivals <= chunk.live
            && chunk.liveBodyBytes <= chunk.bodyEnd && chunk.segments < 1024
        return isSound ? chunk : nil
    }

    // MARK: Heads

    /// Records, then slot and first number of every job that came from elsewhere.
    static func appendHeads(of chunk: JobChunk, to form: PackedBuffer) {
        if let records = chunk.records {
            form.append(raw: UnsafeRawBufferPointer(start: records, count: chunk.slots * JobRecord.size))
        }
        for (slot, origin) in chunk.origins.sorted(by: { $0.key < $1.key }) {
            form.append(UInt16(truncatingIfNeeded: slot))
            form.append(origin)
        }
    }

    /// The records among stored heads; nil where they do not fit what is known of the chunk.
    static func records(of chunk: JobChunk, in heads: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let bytes = chunk.slots * JobRecord.size
        guard heads.count == bytes + chunk.arrivals * 10 else { return nil }
        return UnsafeRawBufferPointer(rebasing: heads[..<bytes])
    }

    static func origins(of chunk: JobChunk, in heads: UnsafeRawBufferPointer) -> [Int: UInt64] {
        guard chunk.arrivals > 0 else { return [:] }
        var origins: [Int: UInt64] = [:]
        var reader = FactReader(UnsafeRawBufferPointer(rebasing: heads[(chunk.slots * JobRecord.size)...]))
        while let slot: UInt16 = reader.read(), let origin: UInt64 = reader.read() { origins[Int(slot)] = origin }
        return origins
    }

    /// Whether the records are what the chunk's counts say.
    static func isSound(_ records: UnsafePointer<JobRecord>, _ chunk: JobChunk) -> Bool {
        var counts = InlineArray<6, Int>(repeating: 0)
        var arrivals = 0
        for slot in 0..<chunk.slots {
            let record = records[slot]
            guard record.state <= JobRecord.gone else { return false }
            counts[Int(record.state)] += 1
            guard record.isLive else { continue }
            if record.cameFromElsewhere { arrivals += 1 }
            let end = Int(record.bodyStart) + Int(record.bodyBytes)
            guard record.bodyBytes >= JobBlock.headerBytes, end <= chunk.bodyEnd else { return false }
        }
        for state in chunk.counts.indices where counts[state] != chunk.counts[state] { return false }
        return counts[Int(JobRecord.forward)] == chunk.forwards && arrivals == chunk.arrivals
    }
}

extension JobChunk {
    /// The row that the next blocks go to.
    var nextSegment: Int { storedBodyEnd == 0 ? 0 : segments }
    var segmentsOnceStored: Int { nextSegment + (bodyEnd > storedBodyEnd ? 1 : 0) }

    /// Whether nothing else in the plan has its blocks written, or made them needless.
    var needsBlocks: Bool { !isPlanned && !isDead }

    /// The file has all blocks now.
    func noteBlocksStored() {
        segments = segmentsOnceStored
        storedBodyEnd = bodyEnd
    }
}
