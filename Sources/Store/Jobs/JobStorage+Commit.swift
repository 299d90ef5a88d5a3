/// What a commit does besides its facts, decided before its transaction so that it can be done again as it is.
struct JobPlan {
    /// Chunks whose images are written.
    var images: [JobChunk] = []
    /// Chunks whose new blocks go straight to their place.
    var segments: [JobChunk] = []
    var segmentBytes = 0
    /// Queues whose rows are written.
    var queues: [JobQueue] = []
    /// How many entries of `dirtyQueues` that covers.
    var queueEntries = 0
    /// Chunks whose rows go: so many of `doomed`.
    var doomed = 0
    /// The first row of the log that is still needed.
    var keepFrom: Int64 = 0
    var trims = false
}

extension JobStorage {
    var hasChanges: Bool { !facts.isEmpty || !touched.isEmpty || nodeChanged || forgetsQueues }

    // MARK: Before the transaction

    func prepare() {
        guard hasChanges else { return }
        for queue in touched where !queue.isGone {
            facts.counted(queue)
            markDirty(queue)
        }
        if moment > 0 { facts.moment(moment) }
        plan = JobPlan()
        planBlocks()
        planDoomed()
        planTrim()
    }

    /// Large growth is written where it stays, so that a backlog's bodies are written once; small growth goes with the
    /// facts, and only there if its jobs end soon.
    private func planBlocks() {
        for chunk in grown where !chunk.isDead {
            guard let start = chunk.grownFrom, let blocks = chunk.blocks(start, chunk.bodyEnd - start) else { continue }
            if blocks.count >= settings.segmentBytes, chunk.nextSegment < Self.segmentsMost {
                facts.stored(chunk: chunk.number, end: chunk.bodyEnd, segment: chunk.nextSegment)
                plan.segments.append(chunk)
                plan.segmentBytes += chunk.bodyEnd - chunk.storedBodyEnd
            } else {
                facts.blocks(chunk: chunk.number, start: start, blocks)
            }
        }
    }

    /// Of a chunk's rows of blocks, whose numbers have ten bits: the rest is for images.
    private static let segmentsMost = 512

    /// Rows of ended chunks go a slice a turn; as fast as chunks end, twice.
    private func planDoomed() {
        var bytes = 0
        let most = max(2 * settings.imageBytes, 4 * (facts.count + plan.segmentBytes))
        while plan.doomed < doomed.count, bytes < most {
            doomed[plan.doomed].isPlanned = true
            bytes += doomed[plan.doomed].storedBodyEnd + 4096
            plan.doomed += 1
        }
    }

    /// The log is shortened when it is too long, and when a good part of it is needed no more.
    private func planTrim() {
        let bytes = logBytes + facts.count
        let isLong = bytes > settings.logBytes || log.count > settings.logRows
        if isLong { isTrimming = true }
        if isTrimming { planImages(before: rowToKeepFrom(bytes)) }
        // Heads that the file does not have cannot leave memory.
        let excess = headBytes - settings.headBytes - plannedHeadBytes
        if excess > settings.headBytes / 8, turn < headsStuck { planImages(freeing: excess) }
        advanceFree()
        let isFree =
            freeBytes > max(settings.logBytes / 16, dirtyQueues.count * 1024) || freeRows > settings.logRows / 16
        guard isTrimming || isFree else { return }
        plan.trims = true
        planQueues(before: needed(chunks: true))
        plan.keepFrom = needed(chunks: false)
        let trimmed = trimmed(before: plan.keepFrom)
        let isShort = bytes - trimmed.bytes <= settings.logBytes - settings.logBytes / 8
        if isShort, log.count - trimmed.rows <= settings.logRows - settings.logRows / 8 { isTrimming = false }
    }

    /// The oldest row of the log that something still needs once the plan is done.
    private func needed(chunks only: Bool) -> Int64 {
        var chunk = firstDirty
        while let next = chunk, next.isPlanned { chunk = next.dirtyNext }
        let chunks = chunk?.dirtySince ?? turn
        if only { return min(turn, chunks) }
        let queue = plan.queueEntries < dirtyQueues.count ? dirtyQueues[plan.queueEntries].dirtySince : turn
        return min(turn, chunks, queue)
    }

    /// Counts the rows of the log that no chunk needs.
    private func advanceFree() {
        let needed = needed(chunks: true)
        while freeRows < log.count, log[freeRows].id < needed {
            freeBytes += log[freeRows].bytes
            freeRows += 1
        }
    }

    private func trimmed(before row: Int64) -> (rows: Int, bytes: Int) {
        var trimmed = (rows: 0, bytes: 0)
        while trimmed.rows < log.count, log[trimmed.rows].id < row {
            trimmed.bytes += log[trimmed.rows].bytes
            trimmed.rows += 1
        }
        return trimmed
    }

    /// The log is short enough when it begins there.
    private func rowToKeepFrom(_ bytes: Int) -> Int64 {
        var (bytes, rows) = (bytes, log.count)
        var position = 0
        let (mostBytes, mostRows) = (settings.logBytes - settings.logBytes / 8, settings.logRows - settings.logRows / 8)
        while position < log.count, bytes > mostBytes || rows > mostRows {
            bytes -= log[position].bytes
            rows -= 1
            position += 1
        }
        return position < log.count ? log[position].id : turn
    }

    private func planImages(before row: Int64) {
        let most = max(settings.imageBytes, 2 * facts.count)
        var bytes = 0
        forEachDirty { chunk in
            guard bytes < most, chunk.dirtySince < row, planImage(of: chunk) else { return false }
            bytes += chunk.slots * JobRecord.size + chunk.bodyEnd - chunk.storedBodyEnd + 1024
            return true
        }
    }

    private func planImages(freeing most: Int) {
        var bytes = 0
        forEachDirty { chunk in
            guard bytes < most, planImage(of: chunk) else { return false }
            bytes += chunk.headMemory
            return true
        }
    }

    private var plannedHeadBytes: Int { plan.images.reduce(0) { $0 + $1.headMemory } }

    /// Chunks that the log knows more of than the file, oldest first, until `body` says false.
    private func forEachDirty(_ body: (JobChunk) -> Bool) {
        var next = firstDirty
        while let chunk = next {
            next = chunk.dirtyNext
            if chunk.isDead || chunk.isPlanned { continue }
            if chunk.isEmpty {
                // Nothing of it need ever be written.
                if chunk.isOpen { chunk.queue.open = nil }
                end(chunk)
            } else if !body(chunk) {
                return
            }
        }
    }

    private func planImage(of chunk: JobChunk) -> Bool {
        guard compact(chunk) else { return false }
        chunk.isPlanned = true
        plan.images.append(chunk)
        return true
    }

    /// As many rows as turns like this one make dirty, so that the log is not kept long for the queues alone.
    private func planQueues(before row: Int64) {
        let most = max(512, 2 * touched.count)
        var written = 0
        while plan.queueEntries < dirtyQueues.count, written < most {
            let queue = dirtyQueues[plan.queueEntries]
            guard queue.dirtySince < row || queue.isGone || !queue.isDirty else { return }
            plan.queueEntries += 1
            if !queue.isGone, queue.isDirty {
                plan.queues.append(queue)
                written += 1
            }
        }
    }

    /// Leaves out the blocks of jobs that ended, where that is worth it.
    private func compact(_ chunk: JobChunk) -> Bool {
        let isStored = chunk.storedBodyEnd > 0
        let most = isStored ? chunk.bodyEnd / 4 : chunk.bodyEnd - chunk.bodyEnd / 4
        guard chunk.liveBodyBytes < most, chunk.pins == 0 else { return true }
        guard readBodies(of: chunk), let records = chunk.records else { return false }
        let capacity = pool.rounded(max(1, chunk.liveBodyBytes))
        let memory = pool.take(capacity)
        var end = 0
        for slot in 0..<chunk.slots where records[slot].isLive {
            let bytes = Int(records[slot].bodyBytes)
            guard end + bytes <= capacity,
                let block = chunk.blocks(Int(records[slot].bodyStart), bytes)?.baseAddress
            else {
                pool.give(memory, bytes: capacity)
                refuse(.damaged(what: "the bodies of jobs in chunk \(chunk.number)"))
                return false
            }
            (memory + end).copyMemory(from: block, byteCount: bytes)
            records[slot].bodyStart = UInt32(truncatingIfNeeded: end)
            end += bytes
        }
        bodyBytes += capacity - chunk.bodyCapacity
        chunk.replaceBodies(with: memory, capacity: capacity, end: end, pool: &pool)
        enterBodyResidents(chunk)
        chunk.storedBodyEnd = 0
        return true
    }

    // MARK: In the transaction

    /// Can be done again after a rollback.
    func write() throws(StoreError) {
        guard hasChanges else { return }
        var row = turn
        try facts.forEachRow { facts throws(StoreError) in
            try rows.put(log: row, facts)
            row += 1
        }
        let last = max(turn, row - 1)
        if forgetsQueues { try rows.deleteAllQueues() }
        for queue in droppedQueues { try rows.delete(queue) }
        for position in 0..<plan.doomed { try rows.delete(doomed[position].number) }
        for chunk in plan.segments where chunk.needsBlocks { try rows.putBlocks(of: chunk) }
        for chunk in plan.images { try rows.put(chunk, asOf: last) }
        for queue in plan.queues { try rows.put(queue, asOf: last) }
        if plan.trims { try rows.trimLog(before: plan.keepFrom) }
        if nodeChanged || plan.trims { try rows.put(node) }
    }

    // MARK: After it

    func committed() {
        guard hasChanges else { return }
        let rowsWritten = facts.rowEnds.count + 1
        let last = turn + Int64(rowsWritten) - 1
        noteLogged(last)
        finishSegments()
        finishImages(last)
        for position in 0..<plan.doomed {
            doomed[position].isPlanned = false
            markClean(doomed[position])
        }
        doomed.removeFirst(plan.doomed)
        for queue in touched { queue.isTouched = false }
        touched.removeAll(keepingCapacity: true)
        for chunk in grown { chunk.grownFrom = nil }
        grown.removeAll(keepingCapacity: true)
        droppedQueues.removeAll()
        nodeChanged = false
        forgetsQueues = false
        facts.removeAll()
        turn = last + 1
        settleReserved()
        plan = JobPlan()
        makeRoom()
    }

    private func noteLogged(_ last: Int64) {
        if !facts.isEmpty {
            // Rows of one turn stand and go together.
            log.append(LoggedRow(id: last, bytes: facts.count))
            logBytes += facts.count
        }
        guard plan.trims else { return }
        while let row = log.first, row.id < plan.keepFrom {
            logBytes -= row.bytes
            if freeRows > 0 {
                freeRows -= 1
                freeBytes -= row.bytes
            }
            log.removeFirst()
        }
    }

    private func finishSegments() {
        for chunk in plan.segments where chunk.needsBlocks { chunk.noteBlocksStored() }
    }

    private func finishImages(_ last: Int64) {
        for chunk in plan.images {
            chunk.isPlanned = false
            chunk.noteBlocksStored()
            chunk.isStored = true
            chunk.asOf = last
            markClean(chunk)
            images += 1
        }
        if !plan.images.isEmpty {
            headsStuck = 0
            bodiesStuck = 0
        }
        for queue in plan.queues {
            queue.isDirty = false
            queue.asOf = last
        }
        dirtyQueues.removeFirst(plan.queueEntries)
    }

    /// Numbers that were given out and not used stay unused.
    private func settleReserved() {
        for chunk in reserving {
            chunk.pending = 0
            if !chunk.isDead { endIfEmpty(chunk) }
        }
        reserving.removeAll(keepingCapacity: true)
    }
}
