package import Connecting
package import Store
import Synchronization

/// The last word of each source on how it fares; written by readers' threads, read by the console's.
package final class SourceConditions: Sendable {
    private struct State {
        var names: [RouteID: String] = [:]
        var conditions: [RouteID: SourceCondition] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func name(_ route: RouteID, _ name: String) { state.withLock { $0.names[route] = name } }

    package func set(_ condition: SourceCondition, of route: RouteID) {
        state.withLock { $0.conditions[route] = condition }
    }

    /// By route name.
    package var all: [String: SourceCondition] {
        state.withLock { state in
            Dictionary(
                state.conditions.compactMap { id, condition in state.names[id].map { ($0, condition) } },
                uniquingKeysWith: { _, last in last })
        }
    }
}
