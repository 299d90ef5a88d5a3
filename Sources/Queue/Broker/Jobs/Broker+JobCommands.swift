import Message
import Store

/// The commands that take ids: ACKJOB, FASTACK, DELJOB, ENQUEUE, NACK, DEQUEUE, WORKING.
extension Broker {
    /// ACKJOB and FASTACK: on one node the same.
    func acknowledge(_ arguments: Arguments, _ client: BrokerClient) {
        end(arguments, client, as: .acknowledged)
    }

    func deleteJobs(_ arguments: Arguments, _ client: BrokerClient) {
        end(arguments, client, as: .deleted)
    }

    /// An acknowledgement counts as long as the job is there, even where its time was just over: the work is done.
    private func end(_ arguments: Arguments, _ client: BrokerClient, as ending: JobEnding) {
        let range = 1..<arguments.count
        guard areIDs(arguments, range, client) else { return }
        var count: Int64 = 0
        for index in range {
            guard let number = find(arguments[index]) else { continue }
            jobs.remove(number, ending: ending)
            count += 1
        }
        client.replies.integer(count)
    }

    func enqueue(_ arguments: Arguments, _ client: BrokerClient) {
        changeJobs(arguments, 1..<arguments.count, client) { number, head, queue in
            guard head.state == .delayed || head.state == .leased else { return false }
            requeue(number, head, in: queue, isRejected: false)
            return true
        }
    }

    /// `NACK id... [DELAY ms]`.
    func reject(_ arguments: Arguments, _ client: BrokerClient) {
        var end = arguments.count
        var delay: Int64?
        if end >= 3, Keyword(arguments[end - 2]) == .delay {
            guard let value = IntegerText.parse(arguments[end - 1]), value >= 0 else {
                return client.replies.error("ERR DELAY time must be a non negative number")
            }
            guard value <= Self.secondsMost * 1_000 else {
                return client.replies.error("ERR DELAY must be at most \(Self.secondsMost * 1_000) milliseconds")
            }
            delay = value > 0 ? value : nil
            end -= 2
        }
        changeJobs(arguments, 1..<end, client) { number, head, queue in
            guard head.state == .delayed || head.state == .leased else { return false }
            if let delay, !isExhausted(number, head) {
                putOff(number, head, milliseconds: delay)
            } else {
                requeue(number, head, in: queue, isRejected: true)
            }
            return true
        }
    }

    /// Rejected, and back only after a while; that it comes back then does not count a second time.
    private func putOff(_ number: JobNumber, _ head: JobHead, milliseconds: Int64) {
        var head = head
        Self.count(&head.nacks)
        head.state = .delayed
        head.due = after(milliseconds: milliseconds)
        head.wasQueued = false
        jobs.change(number, to: head, event: .changed)
    }

    /// Out of the queue; it comes back by itself after its retry time. At most once there is none: then only ENQUEUE or
    /// NACK brings it back.
    func dequeue(_ arguments: Arguments, _ client: BrokerClient) {
        changeJobs(arguments, 1..<arguments.count, client) { number, head, _ in
            guard head.state == .queued, let retry = retrySeconds(number) else { return false }
            var head = head
            head.state = .delayed
            head.due = head.isAtMostOnce ? .never : after(seconds: retry)
            jobs.change(number, to: head, event: .changed)
            return true
        }
    }

    /// Replies how many living jobs `change` says it has changed. Nothing is done where one id is none.
    private func changeJobs(
        _ arguments: Arguments, _ range: Range<Int>, _ client: BrokerClient,
        _ change: (JobNumber, JobHead, BrokerQueue) -> Bool
    ) {
        guard areIDs(arguments, range, client) else { return }
        var count: Int64 = 0
        for index in range {
            guard let (number, head) = living(arguments[index]), let queue = queue(of: number) else { continue }
            if change(number, head, queue) { count += 1 }
        }
        client.replies.integer(count)
    }

    // MARK: WORKING

    /// A whole retry time from now on, unless half of the time to live is over.
    func working(_ arguments: Arguments, _ client: BrokerClient) {
        guard isID(arguments[1], client) else { return }
        guard let (number, head) = living(arguments[1]), let terms = jobs.withContent(of: number, { $0.terms }) else {
            return client.replies.error("NOJOB Job not known in the context of this node.")
        }
        guard mayTouch(number, client) else { return }
        guard !isTooLate(head, terms) else {
            return client.replies.error(
                "TOOLATE Half of job TTL already elapsed, you are no longer allowed to postpone the next delivery.")
        }
        if !head.isAtMostOnce { postpone(number, head, by: terms.retrySeconds) }
        client.replies.integer(Int64(terms.retrySeconds))
    }

    private func isTooLate(_ head: JobHead, _ terms: JobTerms) -> Bool {
        guard head.expires != .never else { return false }
        let created = Instant(microseconds: Int64(terms.created / 1_000_000) * 1_000)
        return time.duration(since: created).count > head.expires.duration(since: created).count / 2
    }

    /// At most once there is no next delivery to postpone: such a job stays as it is.
    private func postpone(_ number: JobNumber, _ head: JobHead, by retry: UInt32) {
        var head = head
        if head.state == .queued { head.state = head.deliveries > 0 ? .leased : .delayed }
        head.due = after(seconds: retry)
        jobs.change(number, to: head, event: .changed)
    }
}
