import Connecting

/// Everything that the files declare, by name; what is declared twice or wrongly has been reported.
final class Declarations {
    struct Variable {
        let name: NameSyntax
        let defaultText: String?
    }

    struct Connection {
        let syntax: ConnectSyntax
        /// nil: no such connector; reported.
        let descriptor: ConnectorDescriptor?
        let plan: ConnectionPlan
        let index: Int
        /// Of a source: nil where there is none or it could not be read; reported where it is named.
        let lock: LockFile?
        let timeoutMilliseconds: Int64?
    }

    struct Queue {
        let syntax: QueueSyntax?
        let plan: QueuePlan
        let key: ExpressionSyntax?
        /// What the bodies of its jobs are.
        var holds: Holding = .nothing
    }

    /// `holds Parcel`.
    enum Holding {
        case nothing
        /// Reported.
        case unreadable
        case record(RecordType)
    }

    struct Policy {
        let plan: RetryPolicy
        let span: Span
    }

    var environment: [String: Variable] = [:]
    var secrets: [String: Variable] = [:]
    var connections: [String: Connection] = [:]
    var queues: [String: Queue] = [:]
    var policies: [String: Policy] = [:]
    var records: [String: RecordType] = [:]
    var routes: [RouteSyntax] = []
    var tariffs: [TariffSyntax] = []

    /// In the order of their index.
    var connectionPlans: [ConnectionPlan] { connections.values.sorted { $0.index < $1.index }.map(\.plan) }

    var usedSecrets: [String] { secrets.keys.sorted() }
}
