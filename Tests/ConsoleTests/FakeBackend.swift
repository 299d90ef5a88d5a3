import Console
import Synchronization

/// A backend that remembers what it was asked.
final class FakeBackend: ConsoleBackend {
    let commands = Mutex<[ConsoleCommand]>([])
    let problems = Mutex<[String]>([])
    let error = Mutex<ConsoleError?>(nil)

    func health() -> Health { Health() }
    func readiness() -> Readiness { Readiness(problems: problems.withLock { $0 }) }
    func metrics() -> String { "waybill_up 1\n" }

    func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
        commands.withLock { $0.append(command) }
        if let error = error.withLock({ $0 }) { throw error }
        return Array("{\"done\":true}\n".utf8)
    }
}
