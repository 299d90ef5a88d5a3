import Message

/// Facts about single jobs. What is done here and what `JobReplay` does at the start meet in `settle`, `vacate` and `put`.
extension JobStorage {
    // MARK: Numbers

    package func reserve(in id: JobQueueID) -> JobNumber {
        guard let queue = queueObject(id.rawValue) else {
            refuse("a number was asked for in queue \(id.rawValue), which is not there")
            return JobNumber(rawValue: 0)
        }
        return reserve(in: queue)
    }

    private func reserve(in queue: JobQueue) -> JobNumber {
        let chunk = openChunk(of: queue)
        let slot = chunk.slots
        if slot >= chunk.recordCapacity { reserveRecords(of: chunk, slot + 1, full: queue.isBusy) }
        chunk.slots = slot + 1
        chunk.wasUsed = true
        if chunk.pending == 0 { reserving.append(chunk) }
        chunk.pending += 1
        return JobNumber(chunk: chunk.number, slot: slot)
    }

    /// The chunk that has room for one more job.
    @inline(__always)
    private func openChunk(of queue: JobQueue) -> JobChunk {
        if let open = queue.open {
            if open.slots < JobNumber.slots, open.bodyEnd < settings.chunkBytes, records(of: open) != nil {
                return open
            }
            queue.isBusy = open.slots >= JobNumber.slots / 2
            queue.usualBytes = queue.isBusy ? open.bodyEnd + open.bodyEnd / 8 : 0
            close(open)
        }
        return newChunk(of: queue)
    }

    private func newChunk(of queue: JobQueue) -> JobChunk {
        let chunk = JobChunk(number: node.nextChunk, queue: queue)
        node.nextChunk += 1
        chunks[chunk.number] = chunk
        order.append(chunk.number)
        if order.count > chunks.count * 2 + 1024 { order.removeAll { chunks[$0] == nil } }
        queue.append(chunk)
        queue.open = chunk
        return chunk
    }

    /// Takes no more jobs.
    func close(_ chunk: JobChunk) {
        if chunk.isOpen { chunk.queue.open = nil }
        if chunk.isEmpty { end(chunk) }
    }

    // MARK: Coming

    package func add(
        _ number: JobNumber, to id: JobQueueID, head: JobHead, terms: JobTerms, id name: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        guard let chunk = place(number), chunk.queue.id == id.rawValue, chunk.pending > 0,
            chunk.records?[number.slot].state == JobRecord.gone, name.count == JobBlock.idBytes
        else { return refuse("job \(number.rawValue) was added without a number of this turn") }
        guard let bytes = UInt32(exactly: JobBlock.headerBytes + body.count), let start = UInt32(exactly: chunk.bodyEnd)
        else { return refuse("a body of \(body.count) bytes is too long") }
        chunk.pending -= 1
        let block = appendBlock(Int(bytes), to: chunk)
        JobBlock.write(terms, id: name, body: body, to: block)
        let record = JobRecord(head, bodyStart: start, bodyBytes: bytes)
        put(record, in: chunk, number.slot)
        markDirty(chunk)
        facts.added(number, queue: id.rawValue, record, created: terms.created, origin: nil)
        if head.state == .queued { chunk.queue.totals.jobsIn &+= 1 }
        touch(chunk.queue)
        node.lastCreated = max(node.lastCreated, terms.created)
    }

    /// Room for one more block; valid until the next.
    @inline(__always)
    func appendBlock(_ bytes: Int, to chunk: JobChunk) -> UnsafeMutableRawPointer {
        if chunk.grownFrom == nil, !isLoading {
            chunk.grownFrom = chunk.bodyEnd
            grown.append(chunk)
        }
        let before = chunk.bodyCapacity
        let block = chunk.appendBlock(bytes, from: &pool, full: chunk.queue.usualBytes)
        if chunk.bodyCapacity != before {
            bodyBytes += chunk.bodyCapacity - before
            enterBodyResidents(chunk)
        }
        return block
    }

    /// A job takes an empty slot.
    @inline(__always)
    func put(_ record: JobRecord, in chunk: JobChunk, _ slot: Int) {
        chunk.records?[slot] = record
        let state = Int(record.state)
        chunk.counts[state] += 1
        chunk.live += 1
        chunk.liveBodyBytes += Int(record.bodyBytes)
        chunk.queue.counts[state] += 1
        jobs += 1
        if state == 0 { becameReady(slot, in: chunk) }
        lower(chunk, record.time)
    }

    @inline(__always)
    private func becameReady(_ slot: Int, in chunk: JobChunk) {
        chunk.setReady(slot)
        if !chunk.isReady { chunk.queue.ready.push(chunk) }
    }

    @inline(__always)
    func lower(_ chunk: JobChunk, _ time: Int64) {
        guard time < chunk.earliest else { return }
        chunk.earliest = time
        timers.update(chunk)
    }

    // MARK: Changing

    package func find(_ number: JobNumber) -> JobNumber? {
        guard let chunk = place(number), let record = chunk.records?[number.slot] else { return nil }
        if record.isLive { return number }
        guard let target = record.target, let there = place(target), there.records?[target.slot].isLive == true else {
            return nil
        }
        return target
    }

    package func head(_ number: JobNumber) -> JobHead? {
        guard let chunk = place(number) else { return nil }
        return chunk.records?[number.slot].head
    }

    package func queue(of number: JobNumber) -> JobQueueID? {
        guard let chunk = place(number), chunk.records?[number.slot].isLive == true else { return nil }
        return JobQueueID(rawValue: chunk.queue.id)
    }

    package func change(_ number: JobNumber, to head: JobHead, event: JobEvent) {
        guard let chunk = place(number), let records = chunk.records, records[number.slot].isLive else {
            return refuse("job \(number.rawValue) changed, which is not there")
        }
        var record = records[number.slot]
        record.update(from: head)
        settle(record, in: chunk, number.slot)
        markDirty(chunk)
        facts.changed(number, record)
        if event != .changed {
            chunk.queue.totals.count(event)
            touch(chunk.queue)
        }
    }

    /// A job has another head.
    @inline(__always)
    func settle(_ record: JobRecord, in chunk: JobChunk, _ slot: Int) {
        guard let records = chunk.records else { return }
        let (before, after) = (Int(records[slot].state), Int(record.state))
        records[slot] = record
        if before != after {
            chunk.counts[before] -= 1
            chunk.counts[after] += 1
            chunk.queue.counts[before] -= 1
            chunk.queue.counts[after] += 1
            if before == 0 { chunk.clearReady(slot) }
            if after == 0 { becameReady(slot, in: chunk) }
        }
        lower(chunk, record.time)
    }

    // MARK: Going

    package func remove(_ number: JobNumber, ending: JobEnding) {
        guard let chunk = place(number), chunk.records?[number.slot].isLive == true else {
            return refuse("job \(number.rawValue) was removed, which is not there")
        }
        chunk.queue.totals.ended[Int(ending.rawValue)] &+= 1
        touch(chunk.queue)
        if let origin = leave(number, chunk) { vacateForward(JobNumber(rawValue: origin)) }
    }

    /// Empties a job's slot.
    /// - Returns: the job's first number where that is another one.
    @inline(__always)
    func leave(_ number: JobNumber, _ chunk: JobChunk) -> UInt64? {
        facts.vacated(number)
        markDirty(chunk)
        let origin = vacate(chunk, number.slot)
        endIfEmpty(chunk)
        return origin
    }

    @inline(__always)
    func endIfEmpty(_ chunk: JobChunk) {
        if chunk.live == 0, chunk.isEmpty, !chunk.isOpen { end(chunk) }
    }

    /// - Returns: the job's first number where that is another one.
    @inline(__always)
    func vacate(_ chunk: JobChunk, _ slot: Int) -> UInt64? {
        guard let records = chunk.records else { return nil }
        let record = records[slot]
        records[slot] = .nothing
        guard record.isLive else {
            if record.state == JobRecord.forward { chunk.forwards -= 1 }
            return nil
        }
        let state = Int(record.state)
        chunk.counts[state] -= 1
        chunk.live -= 1
        chunk.liveBodyBytes -= Int(record.bodyBytes)
        chunk.queue.counts[state] -= 1
        jobs -= 1
        if state == 0 { chunk.clearReady(slot) }
        guard record.cameFromElsewhere else { return nil }
        chunk.arrivals -= 1
        return chunk.origins.removeValue(forKey: slot)
    }

    /// The job that this slot stood for has ended.
    func vacateForward(_ number: JobNumber) {
        guard let chunk = place(number), chunk.records?[number.slot].state == JobRecord.forward else { return }
        _ = leave(number, chunk)
    }

    // MARK: Moving

    package func move(_ number: JobNumber, to id: JobQueueID, head: JobHead, isDeadLetter: Bool) -> JobNumber {
        guard let chunk = place(number), let record = chunk.records?[number.slot], record.isLive,
            let queue = queueObject(id.rawValue)
        else {
            refuse("job \(number.rawValue) was moved to queue \(id.rawValue), one of which is not there")
            return number
        }
        chunk.pins += 1
        defer { unpin(chunk) }
        guard let block = block(of: record, in: chunk) else { return number }
        let next = reserve(in: queue)
        guard let there = place(next) else { return number }
        let first = record.cameFromElsewhere ? chunk.origins[number.slot] ?? number.rawValue : number.rawValue
        copy(block, to: next, there, head, first: first)
        if isDeadLetter { chunk.queue.totals.deadLettered &+= 1 }
        touch(chunk.queue)
        if head.state == .queued { queue.totals.jobsIn &+= 1 }
        touch(queue)
        if first == number.rawValue {
            _ = vacate(chunk, number.slot)
            forward(chunk, number, to: next)
        } else {
            _ = leave(number, chunk)
            if let old = place(JobNumber(rawValue: first)) { forward(old, JobNumber(rawValue: first), to: next) }
        }
        return next
    }

    private func copy(
        _ block: UnsafeRawBufferPointer, to number: JobNumber, _ chunk: JobChunk, _ head: JobHead, first: UInt64
    ) {
        chunk.pending -= 1
        guard let start = UInt32(exactly: chunk.bodyEnd), let source = block.baseAddress else {
            return refuse("the bodies of a chunk are too long")
        }
        var record = JobRecord(head, bodyStart: start, bodyBytes: UInt32(truncatingIfNeeded: block.count))
        let target = appendBlock(block.count, to: chunk)
        target.copyMemory(from: source, byteCount: block.count)
        record.cameFromElsewhere = true
        chunk.origins[number.slot] = first
        chunk.arrivals += 1
        put(record, in: chunk, number.slot)
        markDirty(chunk)
        facts.added(number, queue: chunk.queue.id, record, created: JobBlock.created(block), origin: first)
    }

    /// The slot says where its job is now.
    private func forward(_ chunk: JobChunk, _ number: JobNumber, to target: JobNumber) {
        setForward(chunk, number.slot, target)
        markDirty(chunk)
        facts.forwarded(number, to: target)
    }

    func setForward(_ chunk: JobChunk, _ slot: Int, _ target: JobNumber) {
        guard let records = chunk.records else { return }
        if records[slot].state != JobRecord.forward { chunk.forwards += 1 }
        records[slot] = JobRecord(forwardTo: target)
    }

    // MARK: Content

    package func withContent<Result>(of number: JobNumber, _ body: (JobContent) -> Result) -> Result? {
        guard let chunk = place(number), let record = chunk.records?[number.slot], record.isLive,
            let block = block(of: record, in: chunk)
        else { return nil }
        chunk.pins += 1
        defer { unpin(chunk) }
        return body(JobBlock.content(block))
    }

    func unpin(_ chunk: JobChunk) {
        chunk.pins -= 1
        guard chunk.pins == 0 else { return }
        chunk.releaseRetired(to: &pool)
        if chunk.isDead { releaseMemory(of: chunk) }
    }

    // MARK: The end of a chunk

    /// Nothing of a chunk is needed any more.
    func end(_ chunk: JobChunk) {
        chunk.isDead = true
        chunk.queue.unlink(chunk)
        timers.remove(chunk)
        chunks[chunk.number] = nil
        forgetFound(chunk)
        if chunk.hasRows {
            markDirty(chunk)
            doomed.append(chunk)
        } else {
            markClean(chunk)
        }
        if chunk.pins == 0 { releaseMemory(of: chunk) }
    }

    func releaseMemory(of chunk: JobChunk) {
        releaseHeads(of: chunk)
        releaseBodies(of: chunk)
    }
}
