package import Message

/// The calls that go through jobs in order, of place or of time.
extension JobStorage {
    package func firstQueued(in id: JobQueueID) -> JobNumber? {
        guard let queue = queueObject(id.rawValue), queue.counts[0] > 0 else { return nil }
        guard let chunk = queue.ready.first(), records(of: chunk) != nil else { return nil }
        guard let slot = chunk.firstReady() else {
            refuse(.damaged(what: "chunk \(chunk.number) has no queued job"))
            return nil
        }
        return JobNumber(chunk: chunk.number, slot: slot)
    }

    package func forEachQueued(in id: JobQueueID, backwards: Bool, _ body: (JobNumber) -> Bool) {
        guard let queue = queueObject(id.rawValue), queue.counts[0] > 0 else { return }
        if backwards { return backwardsQueued(in: queue, body) }
        var next = queue.ready.first()
        while let chunk = next {
            if chunk.counts[0] > 0 {
                guard records(of: chunk) != nil else { return }
                var slot = 0
                while !chunk.isDead, records(of: chunk) != nil, let found = chunk.firstReady(from: slot) {
                    guard body(JobNumber(chunk: chunk.number, slot: found)) else { return }
                    slot = found + 1
                }
            }
            next = chunk.next
        }
    }

    private func backwardsQueued(in queue: JobQueue, _ body: (JobNumber) -> Bool) {
        var next = queue.last
        while let chunk = next {
            if chunk.counts[0] > 0 {
                guard records(of: chunk) != nil else { return }
                var slot = JobNumber.slots
                while !chunk.isDead, records(of: chunk) != nil, let found = chunk.lastReady(before: slot) {
                    guard body(JobNumber(chunk: chunk.number, slot: found)) else { return }
                    slot = found
                }
            }
            next = chunk.previous
        }
    }

    package func forEachJob(after cursor: JobNumber, in id: JobQueueID?, _ body: (JobNumber, JobHead) -> Bool) {
        var place = firstPlace(atOrAfter: cursor.chunk)
        while place < order.count {
            let number = order[place]
            place += 1
            guard let chunk = chunks[number], chunk.live > 0, id == nil || chunk.queue.id == id?.rawValue else {
                continue
            }
            let first = number == cursor.chunk ? cursor.slot + 1 : 0
            guard forEachJob(in: chunk, from: first, body) else { return }
        }
    }

    /// The first place of `order` with such a chunk.
    private func firstPlace(atOrAfter number: UInt64) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func forEachJob(in chunk: JobChunk, from first: Int, _ body: (JobNumber, JobHead) -> Bool) -> Bool {
        // A copy: what is called may change everything, and heads that are on disk need not come into memory.
        for (slot, record) in copiedRecords(of: chunk, from: first) {
            guard let head = record.head else { continue }
            guard body(JobNumber(chunk: chunk.number, slot: slot), head) else { return false }
        }
        return true
    }

    private func copiedRecords(of chunk: JobChunk, from first: Int) -> [(Int, JobRecord)] {
        guard first < chunk.slots else { return [] }
        let slots = first..<chunk.slots
        if let records = chunk.records { return slots.map { ($0, records[$0]) } }
        do throws(StoreError) {
            let copied: [(Int, JobRecord)]? = try rows.heads(of: chunk.number) { heads in
                ChunkForm.records(of: chunk, in: heads).map { bytes in
                    slots.map {
                        ($0, bytes.loadUnaligned(fromByteOffset: $0 * JobRecord.size, as: JobRecord.self))
                    }
                }
            }
            if let copied { return copied }
            refuse(.damaged(what: "the heads of jobs in chunk \(chunk.number) (job_heads)"))
        } catch { refuse(error) }
        return []
    }

    // MARK: Time

    package func note(moment time: Instant) { moment = max(moment, min(time.microseconds, 1 << 60 - 1)) }

    package var nextDueTime: Instant? { timers.first.map { Instant(microseconds: $0.earliest) } }

    package func nextDue(by now: Instant) -> JobNumber? {
        while let chunk = timers.first, chunk.earliest <= now.microseconds {
            guard let records = records(of: chunk) else { return nil }
            var earliest = Int64.max
            for slot in 0..<chunk.slots {
                let time = records[slot].time
                if time <= now.microseconds { return JobNumber(chunk: chunk.number, slot: slot) }
                earliest = min(earliest, time)
            }
            chunk.earliest = earliest
            timers.update(chunk)
        }
        return nil
    }
}
