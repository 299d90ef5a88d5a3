package import Message
package import Store

/// A job index as plain as it can be: everything in dictionaries, nothing durable. What tests compare the real one with.
package final class ModelJobIndex: JobIndex {
    private struct Job {
        var queue: JobQueueID
        var head: JobHead
        let terms: JobTerms
        let id: [UInt8]
        let body: [UInt8]
    }

    private struct Queue {
        var state: JobQueueState
        var jobs: [JobNumber] = []
    }

    private var all: [JobNumber: Job] = [:]
    private var moved: [JobNumber: JobNumber] = [:]
    private var queues: [JobQueueID: Queue] = [:]
    private var names: [[UInt8]: JobQueueID] = [:]
    private var nextQueue: UInt32 = 1
    private var nextJob: UInt64 = 1

    package private(set) var nodeID: [UInt8] = Array("0123456789abcdef0123456789abcdef01234567".utf8)
    package let idKey: [UInt8] = (0..<16).map { $0 }
    package var isLeaving = false
    package private(set) var lastCreated: UInt64 = 0
    package func note(moment: Instant) {}

    package init() {}

    /// Another one that says the same, and goes its own way from here.
    package func copy() -> ModelJobIndex {
        let copy = ModelJobIndex()
        copy.all = all
        copy.moved = moved
        copy.queues = queues
        copy.names = names
        copy.nextQueue = nextQueue
        copy.nextJob = nextJob
        copy.isLeaving = isLeaving
        copy.lastCreated = lastCreated
        return copy
    }

    package func renewNodeID() { nodeID.reverse() }

    // MARK: Queues

    package var queueCount: Int { queues.count }
    package var jobCount: Int { all.count }
    package func queue(named name: UnsafeRawBufferPointer) -> JobQueueID? { names[Array(name)] }

    package func makeQueue(_ name: UnsafeRawBufferPointer, at time: Instant) -> JobQueueID {
        if let id = queue(named: name) { return id }
        let id = JobQueueID(rawValue: nextQueue)
        nextQueue += 1
        names[Array(name)] = id
        queues[id] = Queue(
            state: JobQueueState(
                name: Array(name), counts: JobState.allCases.map { _ in 0 }, jobsIn: 0, jobsOut: 0,
                ended: JobEnding.allCases.map { _ in 0 }, deadLettered: 0, pause: [], made: time))
        return id
    }

    package func state(of queue: JobQueueID) -> JobQueueState? { queues[queue]?.state }
    package func count(_ state: JobState, in queue: JobQueueID) -> Int {
        queues[queue]?.state.counts[Int(state.rawValue)] ?? 0
    }
    package func pause(of queue: JobQueueID) -> PauseState { queues[queue]?.state.pause ?? [] }
    package func setPause(_ pause: PauseState, of queue: JobQueueID) { queues[queue]?.state.pause = pause }
    package func drop(_ queue: JobQueueID) {
        guard let gone = queues.removeValue(forKey: queue) else { return }
        names[gone.state.name] = nil
    }
    package func forEachQueue(after cursor: UInt32, _ body: (JobQueueID) -> Bool) {
        for id in queues.keys.map(\.rawValue).sorted() where id > cursor {
            guard body(JobQueueID(rawValue: id)) else { return }
        }
    }

    // MARK: Jobs

    package func reserve(in queue: JobQueueID) -> JobNumber {
        defer { nextJob += 1 }
        return JobNumber(rawValue: nextJob)
    }

    package func add(
        _ number: JobNumber, to queue: JobQueueID, head: JobHead, terms: JobTerms, id: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        lastCreated = max(lastCreated, terms.created)
        all[number] = Job(queue: queue, head: head, terms: terms, id: Array(id), body: Array(body))
        enter(number, queue, head, event: head.state == .queued ? .queued : .changed)
    }

    package func find(_ number: JobNumber) -> JobNumber? {
        var number = number
        while let next = moved[number] { number = next }
        return all[number] == nil ? nil : number
    }

    package func head(_ number: JobNumber) -> JobHead? { all[number]?.head }
    package func queue(of number: JobNumber) -> JobQueueID? { all[number]?.queue }

    package func change(_ number: JobNumber, to head: JobHead, event: JobEvent) {
        guard let job = all[number] else { return }
        queues[job.queue]?.state.counts[Int(job.head.state.rawValue)] -= 1
        queues[job.queue]?.state.counts[Int(head.state.rawValue)] += 1
        count(event, job.queue)
        all[number]?.head = head
    }

    package func remove(_ number: JobNumber, ending: JobEnding) {
        guard let job = all.removeValue(forKey: number) else { return }
        leave(number, job)
        queues[job.queue]?.state.ended[Int(ending.rawValue)] += 1
    }

    package func move(_ number: JobNumber, to queue: JobQueueID, head: JobHead, isDeadLetter: Bool) -> JobNumber {
        guard var job = all.removeValue(forKey: number) else { return number }
        leave(number, job)
        if isDeadLetter { queues[job.queue]?.state.deadLettered += 1 }
        let next = reserve(in: queue)
        moved[number] = next
        job.queue = queue
        job.head = head
        all[next] = job
        enter(next, queue, head, event: head.state == .queued ? .queued : .changed)
        return next
    }

    package func purge(_ queue: JobQueueID) -> Int {
        let gone = (queues[queue]?.jobs ?? []).filter { [.queued, .delayed].contains(all[$0]?.head.state) }
        for number in gone { remove(number, ending: .purged) }
        return gone.count
    }

    package func removeAll() {
        all = [:]
        moved = [:]
        queues = [:]
        names = [:]
    }

    package func withContent<Result>(of number: JobNumber, _ body: (JobContent) -> Result) -> Result? {
        guard let job = all[number] else { return nil }
        return job.id.withUnsafeBytes { id in
            job.body.withUnsafeBytes { body(JobContent(terms: job.terms, id: id, body: $0)) }
        }
    }

    private func enter(_ number: JobNumber, _ queue: JobQueueID, _ head: JobHead, event: JobEvent) {
        queues[queue]?.jobs.append(number)
        queues[queue]?.state.counts[Int(head.state.rawValue)] += 1
        count(event, queue)
    }

    private func leave(_ number: JobNumber, _ job: Job) {
        queues[job.queue]?.jobs.removeAll { $0 == number }
        queues[job.queue]?.state.counts[Int(job.head.state.rawValue)] -= 1
    }

    private func count(_ event: JobEvent, _ queue: JobQueueID) {
        switch event {
        case .fetched: queues[queue]?.state.jobsOut += 1
        case .queued: queues[queue]?.state.jobsIn += 1
        case .changed: break
        }
    }

    // MARK: Order and time

    package func firstQueued(in queue: JobQueueID) -> JobNumber? {
        queues[queue]?.jobs.first { all[$0]?.head.state == .queued }
    }

    package func forEachQueued(in queue: JobQueueID, backwards: Bool, _ body: (JobNumber) -> Bool) {
        let queued = (queues[queue]?.jobs ?? []).filter { all[$0]?.head.state == .queued }
        for number in backwards ? queued.reversed() : queued {
            guard body(number) else { return }
        }
    }

    package func forEachJob(after cursor: JobNumber, in queue: JobQueueID?, _ body: (JobNumber, JobHead) -> Bool) {
        for number in all.keys.sorted() where number > cursor {
            guard let job = all[number], queue == nil || job.queue == queue else { continue }
            guard body(number, job.head) else { return }
        }
    }

    package func nextDue(by now: Instant) -> JobNumber? {
        all.keys.sorted().first { number in all[number].map { time(of: $0.head) <= now } ?? false }
    }

    package var nextDueTime: Instant? {
        let next = all.values.map { time(of: $0.head) }.min() ?? .never
        return next == .never ? nil : next
    }

    private func time(of head: JobHead) -> Instant {
        head.state == .delayed || head.state == .leased ? min(head.due, head.expires) : head.expires
    }
}
