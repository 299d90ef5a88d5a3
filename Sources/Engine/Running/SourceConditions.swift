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

    /// - Returns: what to log: a source that went away or is refused, each reason once, and one that came back.
    package func set(_ condition: SourceCondition, of route: RouteID) -> Notice? {
        state.withLock { state in
            let before = state.conditions.updateValue(condition, forKey: route)
            return Self.notice(before?.state ?? .starting, condition.state, route: state.names[route] ?? "")
        }
    }

    private static func notice(
        _ before: SourceCondition.State, _ now: SourceCondition.State, route: String
    ) -> Notice? {
        let field = Notice.Field("route", route)
        switch (before, now) {
        case (.away(let old), .away(let new)) where old == new: return nil
        case (.refused(let old), .refused(let new)) where old == new: return nil
        case (_, .away(let reason)):
            return Notice(.warning, "the source is away, tried again by itself", [field, .init("reason", reason)])
        case (_, .refused(let reason)):
            return Notice(.error, "the source cannot be read", [field, .init("reason", reason)])
        case (.away, .reading), (.away, .idle), (.refused, .reading), (.refused, .idle):
            return Notice(.info, "the source answers again", [field])
        case (.starting, _), (.reading, _), (.idle, _), (_, .starting): return nil
        }
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
