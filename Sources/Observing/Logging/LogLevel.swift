/// How much an event matters, from what only a developer reads to what wakes somebody up.
package enum LogLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
    case trace, debug, info, warning, error

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// As it stands in logs and in `WAYBILL_LOG`.
    package var name: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}
