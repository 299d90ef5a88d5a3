package import Message
import Store

/// What happens by itself: jobs that come back, expire or become dead letters; clients that are served or time out.
extension Broker {
    /// Jobs that are moved or ended for their time in one turn; the next turn follows at once.
    static let duePerTurn = 4_000
    /// A job that moves to another queue is written again: so many bytes of it count like one more job, so that a turn
    /// with large bodies writes about 16 MB.
    private static let bytesPerDue = 4_096

    /// Brings back and ends what is due, serves who waits, answers whose time is over. Once, at the end of each turn.
    package func endTurn(at time: Instant) {
        self.time = time
        if started == nil { started = time }
        jobs.note(moment: time)
        moveDueJobs()
        serveWaiting()
        endOverdueWaits()
        releaseHeld()
        dropIdleQueues()
        isBehind = dueBudget <= 0
        dueBudget = Self.duePerTurn
    }

    /// When `endTurn` is needed next without any command; may be past.
    package var nextWake: Instant? {
        if isBehind || !ready.isEmpty { return time }
        var next = jobs.nextDueTime ?? .never
        if let wait = deadlines.first() { next = min(next, wait.deadline) }
        if let release = serving.nextRelease { next = min(next, release) }
        if jobs.queueCount > 0 { next = min(next, nextSweep) }
        return next == .never ? nil : next
    }

    private func moveDueJobs() {
        while dueBudget > 0, let number = jobs.nextDue(by: time), let head = jobs.head(number) {
            if head.expires <= time {
                expire(number)
            } else {
                comeBack(number, head)
            }
            dueBudget -= 1
        }
    }

    /// Ends a job whose time is over; where a route reads its queue it ends in that route's account, too.
    func expire(_ number: JobNumber) {
        routeQueues?.jobExpires(number)
        jobs.remove(number, ending: .expired)
    }

    /// A delay or a lease is over.
    private func comeBack(_ number: JobNumber, _ head: JobHead) {
        guard let queue = queue(of: number) else { return }
        var head = head
        if queue.pause.contains(.input), !head.isAtMostOnce, let retry = retrySeconds(number) {
            head.due = after(seconds: max(1, retry))
            return jobs.change(number, to: head, event: .changed)
        }
        requeue(number, head, in: queue, isRejected: false)
    }

    // MARK: Back into the queue

    /// Puts a delayed or leased job back to its old place; a job that was handed out as often as it may goes to its
    /// dead-letter queue, in the next turn where this one has moved enough.
    /// - Parameter isRejected: by NACK, which is what counts then.
    func requeue(_ number: JobNumber, _ head: JobHead, in queue: BrokerQueue, isRejected: Bool) {
        var head = head
        if isRejected { Self.count(&head.nacks) }
        if isExhausted(number, head) {
            if dueBudget > 0 { return buryDead(number, head, from: queue) }
            head.due = time
            return jobs.change(number, to: head, event: .changed)
        }
        if !isRejected, head.wasQueued { Self.count(&head.additionalDeliveries) }
        head.state = .queued
        head.due = .never
        head.wasQueued = true
        jobs.change(number, to: head, event: .queued)
        queue.lastUsed = time
        hasJobs(queue)
    }

    static func count(_ counter: inout UInt16) { if counter < .max { counter += 1 } }

    func retrySeconds(_ number: JobNumber) -> UInt32? {
        jobs.withContent(of: number) { $0.terms.retrySeconds }
    }

    /// Whether it was handed out as often as MAXDELIVERIES allows.
    func isExhausted(_ number: JobNumber, _ head: JobHead) -> Bool {
        guard head.isLimited, let most = jobs.withContent(of: number, { $0.terms.deliveriesMost }) else { return false }
        return most > 0 && head.deliveries >= most
    }

    /// Moves the job to its dead-letter queue, where it keeps its id and waits without limits.
    func buryDead(_ number: JobNumber, _ head: JobHead, from queue: BrokerQueue) {
        let target = deadLetterQueue(of: number, in: queue)
        var head = head
        head.state = .queued
        head.due = .never
        head.expires = .never
        head.isLimited = false
        head.wasQueued = true
        if target === queue {
            jobs.change(number, to: head, event: .queued)
        } else {
            move(number, to: target, head, isDeadLetter: true)
        }
        target.lastUsed = time
        hasJobs(target)
    }

    /// The budget of the turn pays for its body.
    func move(_ number: JobNumber, to target: BrokerQueue, _ head: JobHead, isDeadLetter: Bool) {
        dueBudget -= (jobs.withContent(of: number) { $0.body.count } ?? 0) / Self.bytesPerDue
        _ = jobs.move(number, to: target.id, head: head, isDeadLetter: isDeadLetter)
    }

    /// The queue that its ADDJOB named, else its own queue's name with `.dead` behind it, and once more where that is a
    /// queue of a route.
    private func deadLetterQueue(of number: JobNumber, in queue: BrokerQueue) -> BrokerQueue {
        let suffix = Array(".dead".utf8)
        var name = jobs.withContent(of: number) { $0.deadLetterQueue.map { Array($0) } } ?? nil
        while name?.withUnsafeBytes({ routeQueue($0) != nil }) ?? true { name = (name ?? queue.name) + suffix }
        return (name ?? suffix).withUnsafeBytes { makeQueue(named: $0) }
    }
}
