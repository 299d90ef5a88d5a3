import Message

/// The start: descriptors of chunks and rows of queues, then the log over them.
extension JobStorage {
    func load() throws(StoreError) {
        try rows.forEachQueue { queue in
            enter(queue)
            node.nextQueue = max(node.nextQueue, queue.id &+ 1)
        }
        try loadChunks()
        try replay()
        try settleLoaded()
    }

    private func loadChunks() throws(StoreError) {
        try rows.forEachChunk { number, descriptor throws(StoreError) in
            guard number > 0, number < 1 << 39,
                let chunk = ChunkForm.read(descriptor, number: number, queue: { knownQueue($0) })
            else { throw .damaged(what: "chunk \(number) of job_chunks") }
            chunks[number] = chunk
            count(chunk)
            node.nextChunk = max(node.nextChunk, number + 1)
            timers.update(chunk)
        }
    }

    private func count(_ chunk: JobChunk) {
        for state in chunk.counts.indices { chunk.queue.counts[state] += chunk.counts[state] }
        jobs += chunk.live
    }

    /// A queue that is not there (any more) lives in its chunks alone.
    private func knownQueue(_ id: UInt32) -> JobQueue {
        if let queue = queues[id] ?? strangers[id] { return queue }
        let stranger = JobQueue(id: id, name: [], made: Instant(microseconds: 0))
        stranger.isGone = true
        strangers[id] = stranger
        return stranger
    }

    // MARK: The log

    private func replay() throws(StoreError) {
        try rows.forEachLogRow { row, facts throws(StoreError) in
            guard (1..<1 << 62).contains(row) else { throw .damaged(what: "row \(row) of job_log") }
            turn = row
            log.append(LoggedRow(id: row, bytes: facts.count))
            logBytes += facts.count
            var reader = FactReader(facts)
            while !reader.isAtEnd {
                let offset = reader.offset
                guard apply(&reader) else {
                    throw refusal ?? .damaged(what: "the facts of row \(row) of job_log, at byte \(offset)")
                }
            }
            if headBytes > settings.headBytes || bodyBytes > settings.bodyBytes { makeRoom() }
            turn = row + 1
        }
    }

    /// - Returns: whether there was a fact that can be.
    private func apply(_ reader: inout FactReader) -> Bool {
        guard let raw: UInt8 = reader.read(), let kind = JobFacts.Kind(rawValue: raw) else { return false }
        switch kind {
        case .added, .arrived: return applyAdded(&reader, isArrival: kind == .arrived)
        case .changed: return applyChanged(&reader)
        case .vacated: return applyVacated(&reader)
        case .forwarded: return applyForwarded(&reader)
        case .purged, .dropped: return applyGone(&reader, wholly: kind == .dropped)
        case .queueMade, .queueCounted, .queueDropped: return applyQueue(&reader, kind)
        case .everythingRemoved: return applyEverythingRemoved()
        case .blocks: return applyBlocks(&reader)
        case .stored: return applyStored(&reader)
        case .moment:
            guard let time: Int64 = reader.read(), (0..<1 << 60).contains(time) else { return false }
            moment = max(moment, time)
            return true
        }
    }

    private func applyAdded(_ reader: inout FactReader, isArrival: Bool) -> Bool {
        guard let number = readNumber(&reader), let queue: UInt32 = reader.read(), var record = reader.readRecord(),
            let start: UInt32 = reader.read(), let bytes: UInt32 = reader.read(), bytes >= JobBlock.headerBytes,
            let created: UInt64 = reader.read()
        else { return false }
        var origin: UInt64?
        if isArrival {
            guard let first: UInt64 = reader.read() else { return false }
            origin = first
        }
        node.lastCreated = max(node.lastCreated, created)
        node.nextChunk = max(node.nextChunk, number.chunk + 1)
        guard let chunk = loggedChunk(number.chunk, queue: queue) else { return refusal == nil }
        if number.slot >= chunk.slots {
            if number.slot >= chunk.recordCapacity { reserveRecords(of: chunk, number.slot + 1, full: false) }
            chunk.slots = number.slot + 1
        }
        guard chunk.records?[number.slot].state == JobRecord.gone else { return false }
        record.bodyStart = start
        record.bodyBytes = bytes
        record.cameFromElsewhere = isArrival
        if let origin {
            chunk.origins[number.slot] = origin
            chunk.arrivals += 1
        }
        put(record, in: chunk, number.slot)
        markDirty(chunk)
        return true
    }

    private func applyBlocks(_ reader: inout FactReader) -> Bool {
        guard let number: UInt64 = reader.read(), let start: UInt32 = reader.read(), let bytes: UInt32 = reader.read(),
            let blocks = reader.read(bytes: Int(bytes))
        else { return false }
        guard let chunk = chunk(number), chunk.asOf < turn else { return true }
        if Int(start) != chunk.bodyEnd {
            releaseBodies(of: chunk)
            chunk.bodyEnd = Int(start)
            chunk.markNoBodies()
            chunk.lacksBlocks = true
        }
        guard let source = blocks.baseAddress, !blocks.isEmpty else { return true }
        appendBlock(blocks.count, to: chunk).copyMemory(from: source, byteCount: blocks.count)
        markDirty(chunk)
        return true
    }

    private func applyStored(_ reader: inout FactReader) -> Bool {
        guard let number: UInt64 = reader.read(), let end: UInt32 = reader.read(), let segment: UInt16 = reader.read()
        else { return false }
        guard let chunk = chunk(number), chunk.asOf < turn else { return true }
        guard segment < 1023 else { return false }
        if Int(end) < chunk.bodyEnd || Int(segment) != chunk.nextSegment { chunk.lacksBlocks = true }
        releaseBodies(of: chunk)
        chunk.bodyEnd = Int(end)
        chunk.storedBodyEnd = Int(end)
        chunk.segments = Int(segment) + 1
        chunk.markNoBodies()
        markDirty(chunk)
        return true
    }

    /// The chunk that a fact of this row is about; nil: its image includes the fact.
    private func loggedChunk(_ number: UInt64, queue: UInt32) -> JobChunk? {
        guard let chunk = chunk(number) else {
            let chunk = JobChunk(number: number, queue: knownQueue(queue))
            chunks[number] = chunk
            return chunk
        }
        return chunk.asOf < turn && records(of: chunk) != nil ? chunk : nil
    }

    /// The place that a fact of this row is about; nil: it is gone, or its image includes the fact.
    private func loggedPlace(_ number: JobNumber) -> JobChunk? {
        guard let chunk = chunk(number.chunk), chunk.asOf < turn, number.slot < chunk.slots, records(of: chunk) != nil
        else { return nil }
        return chunk
    }

    private func readNumber(_ reader: inout FactReader) -> JobNumber? {
        guard let raw: UInt64 = reader.read(), raw < 1 << 48 else { return nil }
        return JobNumber(rawValue: raw)
    }

    private func applyChanged(_ reader: inout FactReader) -> Bool {
        guard let number = readNumber(&reader), var record = reader.readRecord() else { return false }
        guard let chunk = loggedPlace(number), let before = chunk.records?[number.slot], before.isLive else {
            return refusal == nil
        }
        record.bodyStart = before.bodyStart
        record.bodyBytes = before.bodyBytes
        record.cameFromElsewhere = before.cameFromElsewhere
        settle(record, in: chunk, number.slot)
        markDirty(chunk)
        return true
    }

    private func applyVacated(_ reader: inout FactReader) -> Bool {
        guard let number = readNumber(&reader) else { return false }
        guard let chunk = loggedPlace(number) else { return refusal == nil }
        _ = vacate(chunk, number.slot)
        markDirty(chunk)
        return true
    }

    private func applyForwarded(_ reader: inout FactReader) -> Bool {
        guard let number = readNumber(&reader), let target = readNumber(&reader) else { return false }
        guard let chunk = loggedPlace(number) else { return refusal == nil }
        if chunk.records?[number.slot].isLive == true { _ = vacate(chunk, number.slot) }
        setForward(chunk, number.slot, target)
        markDirty(chunk)
        return true
    }

    private func applyGone(_ reader: inout FactReader, wholly: Bool) -> Bool {
        guard let number: UInt64 = reader.read() else { return false }
        guard let chunk = chunk(number), chunk.asOf < turn else { return true }
        markDirty(chunk)
        if wholly {
            drop(chunk)
        } else {
            guard let records = records(of: chunk) else { return false }
            purgeSlots(of: chunk, records)
        }
        return true
    }

    private func applyQueue(_ reader: inout FactReader, _ kind: JobFacts.Kind) -> Bool {
        guard let id: UInt32 = reader.read() else { return false }
        node.nextQueue = max(node.nextQueue, id &+ 1)
        let known = queues[id].flatMap { $0.asOf < turn ? $0 : nil }
        switch kind {
        case .queueMade:
            guard let made: Int64 = reader.read(), let name = reader.readBlock() else { return false }
            if queues[id] == nil { makeLogged(id, [UInt8](name), Instant(microseconds: made)) }
        case .queueCounted:
            guard let (pause, totals) = JobQueueForm.read(&reader) else { return false }
            known?.pause = pause
            known?.totals = totals
            if let known { markDirty(known) }
        default:
            if let known {
                forget(known)
                strangers[id] = known
            }
        }
        return true
    }

    private func makeLogged(_ id: UInt32, _ name: [UInt8], _ made: Instant) {
        let queue = knownQueue(id)
        queue.appear(as: name, made: made)
        strangers[id] = nil
        enter(queue)
        markDirty(queue)
    }

    private func applyEverythingRemoved() -> Bool {
        for chunk in [JobChunk](chunks.values) where chunk.asOf < turn {
            markDirty(chunk)
            drop(chunk)
        }
        for queue in [JobQueue](queues.values) where queue.asOf < turn {
            forget(queue)
            strangers[queue.id] = queue
        }
        return true
    }

    // MARK: The end of the start

    /// Links the chunks in order, lets go those that ended, and goes on with those that have room.
    private func settleLoaded() throws(StoreError) {
        order = chunks.keys.sorted()
        queueOrder = queues.keys.sorted()
        for number in order {
            guard let chunk = chunks[number] else { continue }
            chunk.queue.append(chunk)
            if chunk.live > 0, chunk.queue.isGone {
                throw .damaged(what: "chunk \(number) holds jobs of queue \(chunk.queue.id), which is not there")
            }
        }
        for number in order {
            guard let chunk = chunks[number] else { continue }
            if chunk.isEmpty {
                end(chunk)
            } else if chunk.lacksBlocks {
                throw .damaged(what: "the bodies of jobs in chunk \(number), which job_log knows in part")
            } else if chunk.counts[0] > 0, !chunk.isReady {
                chunk.queue.ready.push(chunk)
            }
        }
        for queue in queues.values {
            if let last = queue.last, last.slots < JobNumber.slots, last.bodyEnd < settings.chunkBytes {
                queue.open = last
            }
        }
        strangers = [:]
        isLoading = false
        if let refusal { throw refusal }
        makeRoom()
    }
}
