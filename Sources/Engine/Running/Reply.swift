import Dispatch
import Synchronization

/// One answer from the core's thread, which may never come: the core ends, or its commit waits for space.
final class Reply<Answer: Sendable>: Sendable {
    private static var patienceMilliseconds: Int { 10_000 }
    private static var stepMilliseconds: Int { 100 }

    private let answer = Mutex<Answer?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func give(_ value: Answer) {
        answer.withLock { $0 = value }
        arrived.signal()
    }

    func wait(until hasEnded: () -> Bool) throws(CoreSilence) -> Answer {
        for _ in 0..<(Self.patienceMilliseconds / Self.stepMilliseconds) {
            _ = arrived.wait(timeout: .now() + .milliseconds(Self.stepMilliseconds))
            if let answer = answer.withLock({ $0 }) { return answer }
            if hasEnded() { throw .ended }
        }
        throw .busy
    }
}

/// Why the core did not answer.
package enum CoreSilence: Error, Sendable, Hashable, CustomStringConvertible {
    case ended
    case busy

    package var description: String {
        switch self {
        case .ended: "the service is stopping"
        case .busy: "the core does not answer; /health says whether it waits for something"
        }
    }
}
