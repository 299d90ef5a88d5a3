import Connecting
import MySQLConnector
import RouteLanguage

/// The lock files held against the databases, for `check --live`.
enum LiveSchema {
    /// - Returns: R0401 for each route that uses a column which changed; what hurts nobody is said on standard error.
    static func compare(
        _ plan: Plan, _ sources: SourceSet, folder: RouteFolder, _ arguments: Arguments, _ terminal: Terminal
    ) throws(CommandFailure) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        let used = Set(plan.routes.map(\.source.connection))
        for (index, connection) in plan.connections.enumerated() where used.contains(index) {
            guard connection.connector == MySQLSource.descriptor.name else { continue }
            let schema = try LiveDatabase.schema(connection, in: plan, folder: folder, arguments)
            let drift = SchemaComparison.compare(
                plan, connection: connection.name, live: LiveDatabase.columns(schema), sources: sources)
            diagnostics += drift.diagnostics
            for note in drift.notes { terminal.say("note: \(note)") }
        }
        return diagnostics
    }
}
