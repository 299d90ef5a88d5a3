import Connecting
import Glibc
import Synchronization

/// One root, served by one writer thread; what waits while a batch is synced becomes the next batch.
///
/// `@unchecked Sendable`: root, files and appends belong to the thread from `start` on; others meet it in `inbox`.
final class FileConnection: DeliveryConnection, @unchecked Sendable {
    let hosts: [String]
    /// One sync serves a whole batch: the more lines it holds, the less each costs.
    let inFlightByDefault = 512

    private struct Inbox {
        var waiting: [[Dispatch]] = []
        var isClosing = false
        var hasEnded = false
    }

    private let inbox = Mutex(Inbox())
    private let thread = Mutex<DedicatedThread?>(nil)
    private let arrivals: UnsafeMutablePointer<sem_t>
    private let root: FileRoot
    private let whole: WholeFiles
    private let appends: AppendFiles
    private let outcomes: @Sendable ([DeliveryOutcome]) -> Void
    /// Requests worked on together: bounds memory and open files, and how long a close waits.
    private static let batchLimit = 512

    init(
        name: String, root: FileRoot, extents: [FileExtent], outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) {
        hosts = [name]
        self.outcomes = outcomes
        arrivals = .allocate(capacity: 1)
        arrivals.initialize(to: sem_t())
        sem_init(arrivals, 0, 0)
        self.root = root
        root.clearStaging()
        whole = WholeFiles(root)
        appends = AppendFiles(root, committed: extents)
    }

    deinit {
        sem_destroy(arrivals)
        arrivals.deallocate()
    }

    func start() -> Bool {
        guard let started = DedicatedThread.start(name: "file-writer", { [self] in run() }) else { return false }
        thread.withLock { $0 = started }
        return true
    }

    func send(_ batch: [Dispatch]) {
        if batch.isEmpty { return }
        let isOpen = inbox.withLock { inbox in
            if inbox.hasEnded { return false }
            inbox.waiting.append(batch)
            return true
        }
        if isOpen { sem_post(arrivals) } else { giveUp(batch) }
    }

    /// Ends after the batch that is being written; a system call cannot be given up, so the grace is not a bound.
    func close(graceMilliseconds: Int64) {
        inbox.withLock { $0.isClosing = true }
        sem_post(arrivals)
        thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }?.join()
    }

    private func run() {
        while true {
            if sem_wait(arrivals) != 0 { continue }
            let (batches, isClosing) = inbox.withLock { inbox in
                let taken = inbox.waiting
                inbox.waiting = []
                return (taken, inbox.isClosing)
            }
            let requests = batches.count == 1 ? batches[0] : batches.flatMap { $0 }
            if isClosing { return end(requests) }
            var start = 0
            while start < requests.count {
                if inbox.withLock({ $0.isClosing }) { return end(Array(requests[start...])) }
                let upper = min(start + Self.batchLimit, requests.count)
                outcomes(work(requests[start..<upper]))
                start = upper
            }
        }
    }

    private func work(_ batch: ArraySlice<Dispatch>) -> [DeliveryOutcome] {
        var results: [DeliveryOutcome] = []
        results.reserveCapacity(batch.count)
        do throws(FileFailure) {
            if try root.follow() { appends.forgetAll() }
        } catch {
            return batch.map { DeliveryOutcome(token: $0.token, result: .failure(error.delivery)) }
        }
        var writes: [Dispatch] = []
        var lines: [Dispatch] = []
        for dispatch in batch {
            switch dispatch.request.action {
            case "append": lines.append(dispatch)
            case "write": writes.append(dispatch)
            default:
                let failure = FileFailure.refused("a file connection cannot `\(dispatch.request.action)`")
                results.append(DeliveryOutcome(token: dispatch.token, result: .failure(failure.delivery)))
            }
        }
        if !writes.isEmpty { whole.write(writes, into: &results) }
        if !lines.isEmpty { appends.append(lines, into: &results) }
        return results
    }

    private func end(_ requests: [Dispatch]) {
        let late = inbox.withLock { inbox in
            inbox.hasEnded = true
            let late = inbox.waiting
            inbox.waiting = []
            return late
        }
        giveUp(requests + late.flatMap { $0 })
    }

    private func giveUp(_ batch: [Dispatch]) {
        if batch.isEmpty { return }
        let failure = DeliveryFailure(
            cause: .noAnswer, reason: "the connection was closed before the file was written", isRetryable: true)
        outcomes(batch.map { DeliveryOutcome(token: $0.token, result: .failure(failure)) })
    }
}
