import CCurl
import CCurlShim
import Connecting
import Synchronization

/// A thread that drives several small multis in one epoll. libcurl looks for a connection among all of a multi, so many
/// small ones are cheaper than one; they are filled one after the other, so that few requests use few connections.
///
/// `@unchecked Sendable`: `loops`, `finished` and `backlog` belong to the thread alone; everybody else meets it in `inbox`.
final class HTTPSender: @unchecked Sendable {
    static let requestsPerMulti = 16
    static let multis = 64

    private struct Inbox {
        var waiting: [[Dispatch]] = []
        /// Monotonic milliseconds at which what is running is given up; nil: open.
        var closesAt: Int64?
        var hasEnded = false
    }

    private let endpoint: HTTPEndpoint
    private let outcomes: @Sendable ([DeliveryOutcome]) -> Void
    private let inbox = Mutex(Inbox())
    private let reactor: OpaquePointer
    private let thread = Mutex<DedicatedThread?>(nil)

    private var multis: [RequestPool] = []
    private var finished: [DeliveryOutcome] = []
    private var backlog: [Dispatch] = []
    private var backlogStart = 0

    init?(_ endpoint: HTTPEndpoint, outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void) {
        guard let reactor = waybill_reactor_create() else { return nil }
        self.endpoint = endpoint
        self.outcomes = outcomes
        self.reactor = reactor
    }

    /// - Returns: false when the system has no thread to give.
    func start() -> Bool {
        guard let started = DedicatedThread.start(name: "http-sender", { [self] in run() }) else { return false }
        thread.withLock { $0 = started }
        return true
    }

    deinit {
        waybill_reactor_destroy(reactor)
    }

    func send(_ batch: [Dispatch]) {
        if batch.isEmpty { return }
        let isOpen = inbox.withLock { inbox in
            if inbox.hasEnded { return false }
            inbox.waiting.append(batch)
            return true
        }
        if isOpen {
            wake()
        } else {
            outcomes(batch.map { DeliveryOutcome(token: $0.token, result: .failure(.closed)) })
        }
    }

    func close(graceMilliseconds: Int64) {
        let grace = min(max(graceMilliseconds, 0), 86_400_000)
        inbox.withLock { $0.closesAt = waybill_monotonic_ms() + grace }
        wake()
        thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }?.join()
    }

    private func wake() { waybill_reactor_wake(reactor) }

    // MARK: The thread

    private func run() {
        while true {
            let closesAt = collect()
            startWaiting()
            let now = waybill_monotonic_ms()
            for multi in multis { multi.work(now: now, into: &finished) }
            startWaiting()
            report()
            if let closesAt, now >= closesAt || isIdle { break }
            _ = waybill_reactor_turn(reactor, patience(now: waybill_monotonic_ms(), closesAt: closesAt))
            for multi in multis { multi.collect(into: &finished) }
        }
        end()
    }

    private var isIdle: Bool { backlogStart == backlog.count && multis.allSatisfy { $0.running == 0 } }

    private func collect() -> Int64? {
        let (batches, closesAt) = inbox.withLock { inbox in
            let taken = inbox.waiting
            inbox.waiting = []
            return (taken, inbox.closesAt)
        }
        if backlogStart == backlog.count {
            backlog.removeAll(keepingCapacity: true)
            backlogStart = 0
        }
        for batch in batches { backlog.append(contentsOf: batch) }
        return closesAt
    }

    private func startWaiting() {
        while backlogStart < backlog.count, let multi = multiWithRoom() {
            let dispatch = backlog[backlogStart]
            backlogStart += 1
            if let failure = multi.start(dispatch) {
                finished.append(DeliveryOutcome(token: dispatch.token, result: .failure(failure)))
            }
        }
    }

    private func multiWithRoom() -> RequestPool? {
        for multi in multis where multi.running < Self.requestsPerMulti { return multi }
        guard multis.count < Self.multis,
            let multi = RequestPool(endpoint, reactor: reactor, capacity: Self.requestsPerMulti)
        else { return nil }
        multis.append(multi)
        return multi
    }

    private func patience(now: Int64, closesAt: Int64?) -> Int32 {
        var deadline = closesAt ?? .max
        for multi in multis { deadline = min(deadline, multi.deadline) }
        if deadline == .max { return backlogStart < backlog.count ? 100 : -1 }
        return Int32(min(max(deadline - now, 0), 60_000))
    }

    private func report() {
        if finished.isEmpty { return }
        let batch = finished
        finished = []
        outcomes(batch)
    }

    /// Gives up what still runs and what never began, each with what is known of it.
    private func end() {
        let unread = inbox.withLock { inbox in
            inbox.hasEnded = true
            let unread = inbox.waiting
            inbox.waiting = []
            return unread
        }
        for multi in multis { multi.abandon(into: &finished) }
        multis = []
        for dispatch in backlog[backlogStart...] + unread.flatMap({ $0 }) {
            finished.append(DeliveryOutcome(token: dispatch.token, result: .failure(.closed)))
        }
        backlog = []
        backlogStart = 0
        report()
    }
}
