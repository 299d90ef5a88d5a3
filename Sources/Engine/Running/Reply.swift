import Dispatch
import Synchronization

/// One answer from another thread.
final class Reply<Answer: Sendable>: Sendable {
    private let answer = Mutex<Answer?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func give(_ value: Answer) {
        answer.withLock { $0 = value }
        arrived.signal()
    }

    func wait() -> Answer {
        while true {
            arrived.wait()
            if let value = answer.withLock({ $0 }) { return value }
        }
    }
}
