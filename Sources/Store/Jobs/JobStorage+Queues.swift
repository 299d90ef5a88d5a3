package import Message

/// The calls about queues and about the node.
extension JobStorage: JobIndex {
    package var nodeID: [UInt8] { node.identity.nodeID }
    package var idKey: [UInt8] { node.identity.idKey }
    package var lastCreated: UInt64 { node.lastCreated }
    package var queueCount: Int { queues.count }
    package var jobCount: Int { jobs }

    package func renewNodeID() { renewNode() }

    package var isLeaving: Bool {
        get { node.isLeaving }
        set {
            nodeChanged = nodeChanged || node.isLeaving != newValue
            node.isLeaving = newValue
        }
    }

    package func queue(named name: UnsafeRawBufferPointer) -> JobQueueID? {
        named(name).map { JobQueueID(rawValue: $0.id) }
    }

    package func makeQueue(_ name: UnsafeRawBufferPointer, at time: Instant) -> JobQueueID {
        if let known = named(name) { return JobQueueID(rawValue: known.id) }
        let queue = JobQueue(id: node.nextQueue, name: [UInt8](name), made: time)
        let (next, overflow) = node.nextQueue.addingReportingOverflow(1)
        if overflow { refuse("all numbers of queues are given out") }
        node.nextQueue = next
        enter(queue)
        facts.made(queue)
        markDirty(queue)
        touch(queue)
        return JobQueueID(rawValue: queue.id)
    }

    func enter(_ queue: JobQueue) {
        queues[queue.id] = queue
        queueOrder.append(queue.id)
        if queueOrder.count > queues.count * 2 + 1024 { queueOrder.removeAll { queues[$0] == nil } }
        names[queue.name] = queue
    }

    package func state(of id: JobQueueID) -> JobQueueState? {
        guard let queue = queueObject(id.rawValue) else { return nil }
        let totals = queue.totals
        return JobQueueState(
            name: queue.name, counts: queue.counts.indices.map { queue.counts[$0] }, jobsIn: totals.jobsIn,
            jobsOut: totals.jobsOut, ended: totals.ended.indices.map { totals.ended[$0] },
            deadLettered: totals.deadLettered, pause: queue.pause, made: queue.made)
    }

    package func count(_ state: JobState, in id: JobQueueID) -> Int {
        queueObject(id.rawValue)?.counts[Int(state.rawValue)] ?? 0
    }

    package func pause(of id: JobQueueID) -> PauseState { queueObject(id.rawValue)?.pause ?? [] }

    package func setPause(_ pause: PauseState, of id: JobQueueID) {
        guard let queue = queueObject(id.rawValue), queue.pause != pause else { return }
        queue.pause = pause
        touch(queue)
    }

    package func drop(_ id: JobQueueID) {
        guard let queue = queueObject(id.rawValue) else { return }
        guard queue.jobs == 0 else { return refuse("queue \(id.rawValue) was dropped with jobs in it") }
        if let open = queue.open { close(open) }
        facts.dropped(queue)
        forget(queue)
        if queue.asOf > 0 { droppedQueues.append(queue) }
    }

    func forget(_ queue: JobQueue) {
        queue.isGone = true
        // It and the chunks name each other.
        queue.ready.removeAll()
        queues[queue.id] = nil
        if names[queue.name] === queue { names[queue.name] = nil }
    }

    package func forEachQueue(after cursor: UInt32, _ body: (JobQueueID) -> Bool) {
        var (place, end) = (0, queueOrder.count)
        while place < end {
            let middle = (place + end) / 2
            if queueOrder[middle] <= cursor { place = middle + 1 } else { end = middle }
        }
        while place < queueOrder.count {
            let id = queueOrder[place]
            place += 1
            if queues[id] != nil, !body(JobQueueID(rawValue: id)) { return }
        }
    }

    // MARK: Many at once

    package func purge(_ id: JobQueueID) -> Int {
        guard let queue = queueObject(id.rawValue) else { return 0 }
        var purged = 0
        var next = queue.first
        while let chunk = next {
            next = chunk.next
            purged += purge(chunk)
        }
        queue.totals.ended[Int(JobEnding.purged.rawValue)] &+= UInt64(purged)
        if purged > 0 { touch(queue) }
        return purged
    }

    private func purge(_ chunk: JobChunk) -> Int {
        let count = chunk.counts[Int(JobState.queued.rawValue)] + chunk.counts[Int(JobState.delayed.rawValue)]
        guard count > 0 else { return 0 }
        if count == chunk.live, chunk.forwards == 0, chunk.arrivals == 0, chunk.pending == 0 {
            facts.dropped(chunk: chunk.number)
            markDirty(chunk)
            drop(chunk)
            return count
        }
        guard let records = records(of: chunk) else { return 0 }
        if chunk.arrivals == 0 {
            facts.purged(chunk: chunk.number)
            markDirty(chunk)
            purgeSlots(of: chunk, records)
            endIfEmpty(chunk)
            return count
        }
        chunk.pins += 1
        defer { unpin(chunk) }
        for slot in 0..<chunk.slots where Self.isPurged(records[slot]) {
            if let origin = leave(JobNumber(chunk: chunk.number, slot: slot), chunk) {
                vacateForward(JobNumber(rawValue: origin))
            }
            if chunk.isDead { break }
        }
        return count
    }

    private static func isPurged(_ record: JobRecord) -> Bool {
        record.state == JobState.queued.rawValue || record.state == JobState.delayed.rawValue
    }

    func purgeSlots(of chunk: JobChunk, _ records: UnsafeMutablePointer<JobRecord>) {
        for slot in 0..<chunk.slots where Self.isPurged(records[slot]) { _ = vacate(chunk, slot) }
    }

    /// All of a chunk's jobs end at once.
    func drop(_ chunk: JobChunk) {
        for state in chunk.counts.indices {
            chunk.queue.counts[state] -= chunk.counts[state]
            chunk.counts[state] = 0
        }
        jobs -= chunk.live
        chunk.live = 0
        chunk.forwards = 0
        chunk.arrivals = 0
        chunk.liveBodyBytes = 0
        if chunk.isOpen { chunk.queue.open = nil }
        end(chunk)
    }

    package func removeAll() {
        facts.everythingRemoved()
        for chunk in [JobChunk](chunks.values) {
            chunk.pending = 0
            markDirty(chunk)
            drop(chunk)
        }
        for queue in [JobQueue](queues.values) { forget(queue) }
        forgetsQueues = true
    }

    @inline(__always)
    private func named(_ name: UnsafeRawBufferPointer) -> JobQueue? {
        if let queue = foundName, queue.name.count == name.count, !queue.isGone,
            queue.name.withUnsafeBytes({ $0.elementsEqual(name) })
        {
            return queue
        }
        let queue = names[[UInt8](name)]
        foundName = queue
        return queue
    }
}
