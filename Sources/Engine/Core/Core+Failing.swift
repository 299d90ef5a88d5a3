import Connecting
import Message
import Queue
import RouteLanguage
import Store

extension Core {
    /// An attempt failed: again later, or `on error`.
    func attemptFailed(_ work: Work, _ failure: DeliveryFailure) throws(StoreError) {
        work.progress.lastFailure = failure.reason
        if failure.outcomeUnknown { work.progress.outcomeUnknown = true }
        if work.isProbe {
            work.isProbe = false
            work.head.attempt = work.head.attempt > 0 ? work.head.attempt - 1 : 0
        }
        guard let (delivery, _) = pendingDelivery(of: work) else { return try abandon(work) }
        guard mayRetry(work, failure, delivery.policy) else {
            return try fail(work, reason: "\(delivery.step): \(failure.reason)", failure: failure)
        }
        let wait = Backoff.milliseconds(
            delivery.policy, sends: Int(work.head.attempt), failure: failure, random: random.fraction())
        work.head.state = .delayed
        work.head.due = Instant(microseconds: time.now.microseconds.addingMilliseconds(wait))
        if fault == .forgetRetry { return }
        counters.retries += 1
        record(.headChanged(work.head))
        keepProgress(of: work)
        timers.insert(work.id, due: work.head.due)
    }

    private func mayRetry(_ work: Work, _ failure: DeliveryFailure, _ policy: RetryPolicy) -> Bool {
        if failure.pausesStep { return true }
        guard failure.isRetryable, !work.route.queuePlan.isAtMostOnce else { return false }
        if let only = policy.only, !only.matches(failure) { return false }
        switch policy.limit {
        case .count(let repeats): return Int(work.head.attempt) <= repeats
        case .milliseconds(let length):
            let first = work.progress.firstSentAt ?? work.received
            return time.now.microseconds < first.microseconds.addingMilliseconds(length)
        }
    }

    /// Goes to the first `on error` that matches, as a durable step; without one the message is dead.
    func fail(_ work: Work, reason: String, failure: DeliveryFailure?) throws(StoreError) {
        if let handler = work.progress.handler {
            let both = "\(handler.error); and its `on error` failed: \(reason)"
            return try die(work, reason: both, step: step(of: work), queue: work.route.queuePlan.name)
        }
        let matching = work.route.plan.handlers.first { handler in
            guard let only = handler.only else { return true }
            return failure.map(only.matches) ?? false
        }
        guard let matching else {
            return try die(work, reason: reason, step: step(of: work), queue: work.route.queuePlan.name)
        }
        work.progress.handler = .init(start: matching.body, error: reason, failed: work.progress.pending)
        work.progress.pending = nil
        work.progress.firstSentAt = nil
        work.head.attempt = 0
        work.frame.slots = try initialSlots(of: work)
        work.frame.error = reason
        work.position = matching.body
        work.host = nil
        try advance(work)
    }

    private func step(of work: Work) -> String {
        pendingDelivery(of: work)?.plan.step.path ?? work.route.plan.name
    }

    /// The delivery that a message stands before; nil where what is stored of it does not fit its plan.
    func pendingDelivery(of work: Work) -> (plan: DeliveryPlan, rendered: RenderedDelivery)? {
        guard let rendered = work.progress.pending, work.route.plan.body.indices.contains(rendered.position),
            case .deliver(let delivery) = work.route.plan.body[rendered.position]
        else { return nil }
        return (delivery, rendered)
    }

    /// Puts a message aside whose stored progress points at no delivery of its plan.
    func abandon(_ work: Work) throws(StoreError) {
        try die(
            work, reason: "what is stored of it does not fit its plan", step: work.route.plan.name,
            queue: work.route.queuePlan.name)
    }

    /// Puts a message among the dead letters, with everything that working it again needs.
    func die(_ work: Work, reason: String, step: String, queue: String) throws(StoreError) {
        var progress = work.progress
        if let handler = progress.handler {
            progress.pending = handler.failed
            progress.handler = nil
        }
        record(
            .deadLettered(
                DeadLetter(
                    id: 0, route: work.route.id, queue: queue, message: work.frame.messageID, step: step,
                    reason: reason, lastOutcomeUnknown: progress.outcomeUnknown, attempts: progress.sends,
                    at: time.wall, plan: work.plan.id, body: try store.body(work.id) ?? [],
                    progress: progress.isEmpty ? nil : progress.encoded(), parent: work.lineage?.parent)))
        tell(
            .deadLetter,
            Notice(
                .error, "dead letter: \(reason)",
                [.init("route", work.route.plan.name), .init("message", work.frame.messageID), .init("queue", queue)]))
        try finish(work, .dead)
    }

    /// Ends what the last process left in a state that only allows an end: at-most-once messages without an outcome, and
    /// messages that crashed it three times.
    func endLeftovers() throws(StoreError) {
        guard let leftovers else { return }
        self.leftovers = nil
        for head in leftovers.lost {
            guard let work = try load(head) else { continue }
            work.progress.outcomeUnknown = true
            try lose(work, reason: "at most once: the process ended before an outcome was known")
        }
        for head in leftovers.aside {
            guard let work = try load(head) else { continue }
            try putAside(work)
        }
    }

    /// Ends what crashes the process whenever it is worked.
    func putAside(_ work: Work) throws(StoreError) {
        try die(
            work, reason: "put aside: it crashed the engine \(work.head.crashMarks) times while it was worked",
            step: step(of: work), queue: work.route.queuePlan.name)
    }

    /// Ends an at-most-once message that may or may not have been worked.
    private func lose(_ work: Work, reason: String) throws(StoreError) {
        record(
            .deadLettered(
                DeadLetter(
                    id: 0, route: work.route.id, queue: work.route.queuePlan.name, message: work.frame.messageID,
                    step: step(of: work), reason: reason, lastOutcomeUnknown: true, attempts: work.progress.sends,
                    at: time.wall, plan: work.plan.id, body: try store.body(work.id) ?? [],
                    progress: work.progress.isEmpty ? nil : work.progress.encoded(), parent: work.lineage?.parent,
                    word: .lost)))
        try finish(work, .lost)
    }
}
