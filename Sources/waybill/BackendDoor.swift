import Console
import Observing
import Synchronization

/// What the admin server asks while the engine is still being opened: it listens first, so that a taken port ends the
/// process before any message is worked, and says that it is starting until the engine answers.
final class BackendDoor: ConsoleBackend {
    private let opened = Mutex<(any ConsoleBackend)?>(nil)

    /// From here on the engine answers.
    func open(_ backend: any ConsoleBackend) { opened.withLock { $0 = backend } }

    private var backend: (any ConsoleBackend)? { opened.withLock { $0 } }

    func health() -> Health { backend?.health() ?? Health() }

    func readiness() -> Readiness { backend?.readiness() ?? Readiness(problems: ["the service is starting"]) }

    func metrics() -> String {
        if let backend { return backend.metrics() }
        let registry = MetricsRegistry()
        registry.gauge("waybill_up", "Whether the core answers.").set(0)
        return registry.render()
    }

    func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
        guard let backend else { throw .unavailable("the service is starting: ask again in a moment") }
        return try backend.answer(command)
    }
}
