import Connecting
import Message
import RouteLanguage
package import Store

/// A route that reads the jobs of a queue.
struct JobReader {
    let route: RouteID
    /// Of the queue that it reads.
    let name: [UInt8]

    init?(_ route: LoadedRoute) {
        guard let queue = route.plan.source.queue else { return nil }
        self.route = route.id
        name = Array(queue.utf8)
    }
}

/// Jobs that routes read: a job leaves its queue in the commit that makes it a message of the route, or gives it its
/// final word.
extension Core {
    /// Messages of a route that may wait or be worked in the engine while it takes jobs: what is beyond them stays in the
    /// queue, where its clients see it.
    package static let messagesOfReaderMost = 1_000

    func takeJobs() throws(StoreError) {
        guard !jobReaders.isEmpty else { return }
        let jobs = store.jobs
        for number in removedLate { jobs.remove(number, ending: .routed) }
        removedLate.removeAll()
        for reader in jobReaders {
            guard let queue = queueToTake(reader), let (plan, route) = active[reader.route] else { continue }
            try takeJobs(of: queue, plan: plan, route: route)
        }
    }

    /// Whether another turn would take jobs at once.
    var hasJobsToTake: Bool {
        jobReaders.contains { reader in
            queueToTake(reader).flatMap { store.jobs.firstQueued(in: $0) } != nil
        }
    }

    /// The queue that a route may take jobs from now; nil: it may not, or nobody has added one yet.
    private func queueToTake(_ reader: JobReader) -> JobQueueID? {
        guard !isDraining, !isIntakeHeld, let (_, route) = active[reader.route], room(for: route) > 0,
            let queue = reader.name.withUnsafeBytes({ store.jobs.queue(named: $0) }),
            !store.jobs.pause(of: queue).contains(.output), !store.pause(of: route.queue).contains(.input)
        else { return nil }
        return queue
    }

    private func room(for route: LoadedRoute) -> Int {
        Self.messagesOfReaderMost - Int(clamping: store.account(route.id).waiting)
    }

    private func takeJobs(of queue: JobQueueID, plan: LoadedPlan, route: LoadedRoute) throws(StoreError) {
        let jobs = store.jobs
        let crashMarks = store.rowCrashMarks(route.id)
        var seen: [SeenRow] = []
        for _ in 0..<max(0, room(for: route)) {
            guard let number = jobs.firstQueued(in: queue), let head = jobs.head(number),
                let job = job(number, of: route)
            else { break }
            if removedLate.contains(number) { break }
            var word: FinalWord?
            if head.expires <= time.now {
                word = .expired
                jobs.remove(number, ending: .expired)
            } else {
                let crashes = Self.crashes(of: job.identity, in: crashMarks)
                word = try take(job, crashes: crashes, plan: plan, route: route)
                remove(number)
            }
            seen.append(
                SeenRow(identity: job.identity, message: job.message, content: 0, word: word, seenAt: time.wall))
        }
        guard !seen.isEmpty else { return }
        record(.seen(SourceAdvance(route: route.id, rows: seen, position: nil, positionText: "")))
    }

    private func remove(_ number: JobNumber) {
        switch fault {
        case .keepJob: return
        case .removeJobLate: removedLate.append(number)
        default: store.jobs.remove(number, ending: .routed)
        }
    }

    /// A job that is about to be removed because its time is over ends in the account of the route that reads its queue.
    package func jobExpires(_ number: JobNumber) {
        guard !jobReaders.isEmpty, let queue = store.jobs.queue(of: number),
            let reader = jobReaders.first(where: { reader in
                reader.name.withUnsafeBytes { store.jobs.queue(named: $0) } == queue
            }), let (_, route) = active[reader.route], let job = job(number, of: route)
        else { return }
        let row = SeenRow(identity: job.identity, message: job.message, content: 0, word: .expired, seenAt: time.wall)
        record(.seen(SourceAdvance(route: route.id, rows: [row], position: nil, positionText: "")))
    }

    // MARK: One job

    /// A job as it lies in its queue, out of the index's memory.
    struct Job {
        /// Its number, apart from the numbers of rows that the route may have read before.
        let identity: RowIdentity
        /// 40 characters.
        let id: String
        /// `queue.inbox/D-...`.
        let message: String
        let body: [UInt8]
    }

    private func job(_ number: JobNumber, of route: LoadedRoute) -> Job? {
        store.jobs.withContent(of: number) { content in
            let id = String(decoding: content.id, as: UTF8.self)
            return Job(
                identity: .int(Int64(bitPattern: number.rawValue | 1 << 62)), id: id,
                message: route.messagePrefix + id, body: Array(content.body))
        }
    }

    /// - Returns: the job's final word; nil where it is a message now, or a dead letter.
    private func take(
        _ job: Job, crashes: Int, plan: LoadedPlan, route: LoadedRoute
    ) throws(StoreError) -> FinalWord? {
        if crashes >= Self.crashesThatPutAside {
            let reason = "put aside: it crashed the engine \(crashes) times above the durability line"
            try putAside(job.body, as: job.message, reason: reason, plan: plan, route: route)
            return nil
        }
        let row: SourceRow
        do throws(RecordBody.Misfit) {
            row = try self.row(of: job.body, identity: job.identity, id: job.id, plan: plan, route: route)
        } catch {
            try putAside(job.body, as: job.message, reason: error.reason, plan: plan, route: route)
            return nil
        }
        return try admit(row, as: job.message, plan: plan, route: route)
    }

    /// A body as a row of the route's source.
    func row(
        of body: [UInt8], identity: RowIdentity, id: String, plan: LoadedPlan, route: LoadedRoute
    ) throws(RecordBody.Misfit) -> SourceRow {
        guard let type = route.plan.source.record else {
            throw RecordBody.Misfit(reason: "what the route reads has no types")
        }
        let record = try RecordBody.parse(body, as: type)
        // Only a key asks whether two bodies say the same.
        var content: UInt64 = 0
        if route.plan.unique != nil {
            var writer = ByteWriter(reserving: 512)
            writer.write(.record(record), shapes: plan.shapes)
            content = SHA256.fingerprint(writer.bytes).low
        }
        return SourceRow(
            identity: identity, identityText: id, values: record.fields, content: content, contentBesidesKey: content)
    }

    /// A job that cannot be worked becomes a dead letter with its body as it came, without a step having seen it.
    private func putAside(
        _ bytes: [UInt8], as message: String, reason: String, plan: LoadedPlan, route: LoadedRoute
    ) throws(StoreError) {
        var body = MessageBody(messageID: message, received: time.wall, start: 0, slots: [.bytes(bytes)])
        body.isUnread = true
        let encoded = body.encoded(shapes: plan.shapes)
        let head = newHead(plan: plan, route: route, bodyBytes: encoded.count, orderingKey: 0)
        record(.admitted(NewEntry(head: head, body: encoded)))
        let work = Work(
            head: head, plan: plan, route: route, body: body, progress: Progress(), hasStoredProgress: false)
        try die(work, reason: reason, step: route.plan.name, queue: deadLetterQueue(of: route, in: plan))
    }

    /// Where the route's last resort puts its messages.
    private func deadLetterQueue(of route: LoadedRoute, in plan: LoadedPlan) -> String {
        for handler in route.plan.handlers where handler.only == nil {
            guard route.plan.body.indices.contains(handler.body),
                case .deadLetter(let queue, _) = route.plan.body[handler.body]
            else { continue }
            return plan.plan.queues[queue].name
        }
        return route.queuePlan.name
    }

    // MARK: For people

    /// The queue that a route reads, and how many jobs wait there.
    func queueRead(by route: RouteID) -> (name: String, waiting: Int)? {
        guard let reader = jobReaders.first(where: { $0.route == route }) else { return nil }
        let queue = reader.name.withUnsafeBytes { store.jobs.queue(named: $0) }
        let waiting = queue.map { store.jobs.count(.queued, in: $0) + store.jobs.count(.delayed, in: $0) }
        return (String(decoding: reader.name, as: UTF8.self), waiting ?? 0)
    }
}
