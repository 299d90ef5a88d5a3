package import Connecting

/// Reads tables of MySQL and MariaDB.
package struct MySQLSource: SourceConnector {
    private let patience: MySQLPatience

    package init(patience: MySQLPatience = MySQLPatience()) { self.patience = patience }

    package static let descriptor = ConnectorDescriptor(
        name: "mysql",
        summary: "Reads rows of a MySQL or MariaDB table in the order of an increasing key; none is missed.",
        settings: [
            Clause(
                "url", .constantText, isRequired: true,
                "Where the server is: `mysql://user@host:port/database` or `mysql:///database?socket=/path`."),
            Clause("user", .constantText, "The user's name, where it does not stand in `url`."),
            Clause("password", .secret, "The user's password."),
            Clause("schema", .constantText, "The lock file that `waybill schema pull` wrote."),
            Clause(
                "tls", .word(["verify", "off"]), default: "verify",
                "`off` is taken for a unix socket or a loopback address only."),
            Clause("ca", .constantText, "A file with the certificates that the server's may be signed by."),
            Clause(
                "max_row", .byteCount, default: "16MB",
                "The longest row that is read; a longer one becomes a dead letter."),
        ],
        source: [
            Clause(
                "after", .columns, isRequired: true,
                "The columns that give the order; they end with the primary key."),
            Clause("every", .duration, default: "5s", "How often to look for new rows."),
            Clause("batch", .integer(1...10_000), default: "500", "Rows of one page."),
            Clause(
                "start", .startPosition, default: "now",
                "Where the first start begins: `first`, `now`, or behind an id."),
        ])

    package func open(
        _ settings: ConnectionSettings, _ request: SourceRequest, position: [UInt8]?,
        batches: @escaping @Sendable (SourceBatch) -> Void,
        condition: @escaping @Sendable (SourceCondition) -> Void
    ) throws(ConnectionError) -> any SourceReader {
        func refuse(_ problem: String, _ remedy: String) -> ConnectionError {
            ConnectionError(connection: settings.connection, problem: problem, remedy: remedy)
        }
        var address = try MySQLAddress(settings)
        address.patience = patience
        guard !request.after.isEmpty, request.after.allSatisfy({ request.columns.indices.contains($0) }) else {
            throw refuse("table `\(request.table)` is read without its key", "name the primary key in `after`")
        }
        let key = TableQueries.keyKind(request)
        if key == .composite, case .after = request.start {
            throw refuse(
                "`start` with an id needs a single integer column in `after`", "write `start first` or `start now`")
        }
        var stored: PollingPosition?
        if let position {
            do {
                stored = try PollingPosition(decoding: position)
            } catch {
                throw refuse("the stored position of `\(request.table)`: \(error)", "set it with `waybill cursor set`")
            }
        }
        if let cursor = stored?.cursor, (key == .increasing) != cursor.isInteger {
            throw refuse(
                "the stored position of `\(request.table)` belongs to other `after` columns",
                "write `after` as it was, or set the position with `waybill cursor set`")
        }
        var machineSettings = PollingStateMachine.Settings(
            key: key, everyMilliseconds: request.everyMilliseconds, batch: request.batch, start: request.start)
        machineSettings.sweepBackMilliseconds = max(0, request.sweepBackMilliseconds)
        let machine = PollingStateMachine(machineSettings, position: stored)
        guard
            let reader = MySQLSourceReader(address, request, machine, batches: batches, condition: condition)
        else { throw refuse("no thread could be started", "raise the limit of processes (ulimit -u)") }
        return reader
    }
}

extension RowIdentity {
    var isInteger: Bool { if case .int = self { true } else { false } }
}
