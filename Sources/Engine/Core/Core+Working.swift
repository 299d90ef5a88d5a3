import Connecting
import Message
import Queue
import RouteLanguage
import Store

extension Core {
    /// Gives every host with room what waits for it.
    func fill() throws(StoreError) {
        guard !isDraining else { return }
        for id in queues.keys {
            try fillLanes(of: id)
            while budget > 0, let queue = queues[id], queue.hasUnsorted, isHungry(queue),
                let entry = queues[id]?.popUnsorted()
            {
                try start(entry)
            }
        }
    }

    private func fillLanes(of id: QueueID) throws(StoreError) {
        guard let hosts = queues[id]?.hosts else { return }
        for host in hosts {
            while budget > 0, let queue = queues[id], mayTake(queue, host), let entry = queues[id]?.popWaiting(host) {
                try start(entry)
            }
        }
    }

    /// Whether a host has room and may be taken from now.
    func mayTake(_ queue: WorkQueue, _ host: HostID) -> Bool {
        queue.hasRoom(host) && hosts[host.rawValue].gate.admission(time.now) != .shut
    }

    /// Whether looking at further entries can give some host work that it has room for.
    func isHungry(_ queue: WorkQueue) -> Bool {
        if queue.isPaused { return false }
        return queue.hosts.isEmpty || queue.hosts.contains { queue.waitingCount($0) == 0 && mayTake(queue, $0) }
    }

    /// Entries whose time has come, to their old place in front.
    func wakeDue() throws(StoreError) {
        while budget > 0, let entry = timers.popDue(time.now) {
            guard let head = store.head(entry), head.state == .delayed, head.due <= time.now else { continue }
            guard queues[head.queue]?.keys.acquire(head.orderingKey, for: entry) == true else { continue }
            let mustWait = isDraining || queues[head.queue]?.isPaused == true
            if mustWait { queues[head.queue]?.prepend(entry) } else { try start(entry, atFront: true) }
        }
    }

    /// Takes a waiting entry up and works it to where it has to wait.
    func start(_ id: EntryID, atFront: Bool = false) throws(StoreError) {
        guard let head = store.head(id) else { return }
        if head.state == .delayed, head.due > time.now { return timers.insert(id, due: head.due) }
        if head.state == .parked { return }
        budget -= 1
        guard let work = try load(head) else { return }
        if let expires = head.expires, expires <= time.now { return try expire(work) }
        try advance(work, atFront: atFront)
    }

    /// Ends what waits for longer than its queue keeps messages although nobody takes it: its host may be away for days.
    func endExpired() throws(StoreError) {
        guard time.now.microseconds - expiryCheckedAt.microseconds >= Self.expiryCheckMicroseconds else { return }
        expiryCheckedAt = time.now
        guard plans.values.contains(where: { $0.plan.queues.contains { $0.keepMilliseconds != nil } }) else { return }
        var expired: [EntryHead] = []
        store.forEachHead { head in
            guard let expires = head.expires, expires <= time.now, expired.count < Self.runsInATurn else { return }
            if head.state == .waiting || head.state == .delayed { expired.append(head) }
        }
        for head in expired {
            if let work = try load(head) { try expire(work) }
        }
    }

    private func expire(_ work: Work) throws(StoreError) {
        tell(
            .expired,
            Notice(
                .warning, "expired: it waited longer than its queue keeps messages",
                [.init("route", work.route.plan.name), .init("message", work.frame.messageID)]))
        try finish(work, .expired)
    }

    /// The entry with its body and progress; nil where no plan is known for it (it stays, as *orphaned*).
    func load(_ head: EntryHead) throws(StoreError) -> Work? {
        guard let plan = plans[head.plan], let route = plan.route(head.route), let bytes = try store.body(head.id)
        else { return nil }
        let stored = try store.progress(head.id)
        do throws(ByteDecodingError) {
            let body = try MessageBody(decoding: bytes, shapes: plan.shapes)
            var progress =
                try stored.map { bytes throws(ByteDecodingError) in try Progress(decoding: bytes) } ?? Progress()
            if head.state == .taken { progress.outcomeUnknown = true }
            return Work(
                head: head, plan: plan, route: route, body: body, progress: progress,
                hasStoredProgress: stored != nil)
        } catch {
            throw StoreError.damaged(what: "entry \(head.id.rawValue): \(error)")
        }
    }

    /// Runs a message's steps to the next thing that takes time, and does that: sends, splits, or ends it.
    func advance(_ work: Work, atFront: Bool = false) throws(StoreError) {
        if let error = work.intakeError, work.progress.handler == nil {
            work.intakeError = nil
            return try fail(work, reason: error, failure: nil)
        }
        while true {
            var lines: [Execution.LogLine] = []
            let isFirstRun = work.head.attempt == 0
            marks?.begin(work.id)
            if trapsOn == work.frame.messageID { fatalError("a test asked for this trap") }
            let arrival = Execution.run(
                work.route.plan.body, from: work.position, frame: &work.frame, done: work.progress.done, log: &lines)
            marks?.end()
            if case .deliver(let delivery, let position) = arrival {
                let isSent = try reach(delivery, at: position, with: work, atFront: atFront)
                if isSent, isFirstRun { log.append(contentsOf: lines) }
                return
            }
            log.append(contentsOf: lines)
            guard try settle(arrival, of: work) else { return }
        }
    }

    /// Does what an arrival asks for.
    /// - Returns: whether the message goes on with its steps at once.
    private func settle(_ arrival: Execution.Arrival, of work: Work) throws(StoreError) -> Bool {
        switch arrival {
        case .deliver: return false
        case .split(let split, let position): return try admitChildren(of: work, split, at: position)
        case .fanout(let fanout, let position): return try admitChildren(of: work, fanout, at: position)
        case .deadLetter(let queue, let step):
            let reason = work.progress.handler?.error ?? "the route put it aside"
            try die(work, reason: reason, step: step.path, queue: work.plan.plan.queues[queue].name)
        case .filtered: try finish(work, .filtered)
        case .stopped: try finish(work, work.progress.handler == nil ? .stopped : .handled)
        case .invalid(let reason):
            if work.progress.handler == nil, !work.progress.hasDelivered {
                try reject(work, reason)
            } else {
                try fail(work, reason: reason, failure: nil)
            }
        case .failed(let error): try fail(work, reason: error.reason, failure: nil)
        case .ended: try end(work)
        }
        return false
    }

    private func reject(_ work: Work, _ reason: String) throws(StoreError) {
        tell(
            .rejected,
            Notice(
                .warning, "rejected: \(reason)",
                [.init("route", work.route.plan.name), .init("message", work.frame.messageID)]))
        try finish(work, .rejected)
    }

    /// All steps are through: the word says what came of it.
    private func end(_ work: Work) throws(StoreError) {
        if work.progress.handler != nil { return try finish(work, .handled) }
        if work.progress.deadChildren > 0 { return try finish(work, .dead) }
        try finish(work, work.progress.hasDelivered ? .delivered : .stopped)
    }

    /// Sends the delivery that a message stands before, or lets it wait where its host has no room.
    /// - Returns: whether it was sent.
    private func reach(
        _ delivery: DeliveryPlan, at position: Int, with work: Work, atFront: Bool
    ) throws(StoreError) -> Bool {
        if work.progress.pending?.position != position {
            do throws(EvaluationError) {
                work.progress.pending = try Rendering.render(delivery, at: position, frame: &work.frame)
            } catch {
                try fail(work, reason: error.reason, failure: nil)
                return false
            }
        }
        guard let destination = work.plan.destinations[delivery.connection],
            let host = leastBusy(of: destination, for: work)
        else {
            try fail(work, reason: "the connection of \(delivery.step) is not open", failure: nil)
            return false
        }
        work.host = host
        guard let queue = queues[work.head.queue], mayTake(queue, host), !isDraining else {
            wait(work, for: host, atFront: atFront)
            return false
        }
        send(work, to: host, of: destination)
        return true
    }

    /// The host with the least under way that may be taken from; where none may, the one with the shortest line.
    private func leastBusy(of destination: Destination, for work: Work) -> HostID? {
        guard destination.hosts.count > 1, let queue = queues[work.head.queue] else { return destination.hosts.first }
        let open = destination.hosts.filter { mayTake(queue, $0) }
        if let best = open.min(by: { queue.inFlight($0) < queue.inFlight($1) }) { return best }
        return destination.hosts.min { queue.waitingCount($0) < queue.waitingCount($1) }
    }

    /// Puts it back among those that wait for the host. A rendered request that has never been sent is not kept.
    private func wait(_ work: Work, for host: HostID, atFront: Bool) {
        if work.progress.firstSentAt == nil { work.progress.pending = nil }
        if work.head.state != .waiting {
            work.head.state = .waiting
            record(.headChanged(work.head))
        }
        keepProgress(of: work)
        queues[work.head.queue]?.wait(work.id, for: host, atFront: atFront)
    }

    /// The attempt is counted in this turn's commit, and leaves after it.
    private func send(_ work: Work, to host: HostID, of destination: Destination) {
        guard let request = work.progress.pending?.request else { return }
        if hosts[host.rawValue].gate.admission(time.now) == .probe {
            hosts[host.rawValue].gate.startProbe()
            work.isProbe = true
        }
        work.head.state = work.route.queuePlan.isAtMostOnce ? .spent : .taken
        work.head.take &+= 1
        work.head.attempt = work.head.attempt == .max ? .max : work.head.attempt + 1
        if fault != .forgetAttempt { record(.headChanged(work.head)) }
        keepProgress(of: work)
        if work.progress.firstSentAt == nil { work.progress.firstSentAt = time.now }
        work.progress.sends += 1
        counters.sends += 1
        let token = nextToken
        nextToken += 1
        inFlight[token] = work
        queues[work.head.queue]?.sent(host)
        effects.dispatches[destination.connection, default: []].append(
            Dispatch(token: token, host: destination.hosts.firstIndex(of: host) ?? 0, request: request))
    }

    /// Writes what must be remembered beside the body; nothing, for a message to which nothing has happened yet.
    func keepProgress(of work: Work) {
        let progress = work.progress.worthKeeping
        if progress.isEmpty {
            if work.hasStoredProgress { record(.progressed(work.id, nil)) }
            work.hasStoredProgress = false
        } else {
            record(.progressed(work.id, progress.encoded()))
            work.hasStoredProgress = true
        }
    }

    /// The live names as they were admitted: what `on error` sees.
    func initialSlots(of work: Work) throws(StoreError) -> [Value] {
        guard let bytes = try store.body(work.id) else { return work.frame.slots }
        do throws(ByteDecodingError) {
            return try MessageBody(decoding: bytes, shapes: work.plan.shapes).slots
        } catch {
            throw StoreError.damaged(what: "entry \(work.id.rawValue): \(error)")
        }
    }
}

extension Progress {
    /// A request that was never sent need not be kept: rendering it again gives the same.
    fileprivate var worthKeeping: Progress {
        guard firstSentAt == nil else { return self }
        var kept = self
        kept.pending = nil
        return kept
    }
}
