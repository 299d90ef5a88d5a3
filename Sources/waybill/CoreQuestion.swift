import Console
import Dispatch
import Engine
import Synchronization

/// A question to the core from the console, whose answer may not come: the core ends while it waits, or a commit waits
/// for space. `Service.ask` would wait for ever, and the admin server could not stop.
enum CoreQuestion {
    private static let patienceMilliseconds = 10_000
    private static let stepMilliseconds = 100

    static func ask<Answer: Sendable>(
        _ service: Service, _ make: (@escaping @Sendable (Answer) -> Void) -> Engine.Command
    ) throws(ConsoleError) -> Answer {
        let slot = Slot<Answer>()
        service.coreThread.mailbox.post(make { slot.give($0) })
        for _ in 0..<(patienceMilliseconds / stepMilliseconds) {
            if let answer = slot.wait(milliseconds: stepMilliseconds) { return answer }
            if service.coreThread.condition.hasEnded { throw .unavailable("the service is stopping") }
        }
        throw .unavailable("the core does not answer; /health says whether it waits for something")
    }

    private final class Slot<Answer: Sendable>: Sendable {
        private let answer = Mutex<Answer?>(nil)
        private let arrived = DispatchSemaphore(value: 0)

        func give(_ value: Answer) {
            answer.withLock { $0 = value }
            arrived.signal()
        }

        func wait(milliseconds: Int) -> Answer? {
            _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
            return answer.withLock { $0 }
        }
    }
}
