import Connecting
import Engine
import MySQLConnector
import Observing
import RouteLanguage

/// The lock files held against the databases, for `check --live`.
enum LiveSchema {
    /// - Returns: R0401 for each route that uses a column which changed; what hurts nobody is said on standard error.
    static func compare(
        _ plan: Plan, _ sources: SourceSet, folder: RouteFolder, _ arguments: Arguments, _ terminal: Terminal
    ) throws(CommandFailure) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        let used = Set(plan.routes.compactMap(\.source.connection))
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

    /// Routes that the service must not read, because a column that they use has changed, with the reason. A database
    /// that cannot be reached now refuses nothing: its reader says so and goes on trying.
    static func unfit(
        _ plan: Plan, _ sources: SourceSet, resolver: SettingsResolver, logger: Logger
    ) -> [String: String] {
        var unfit: [String: String] = [:]
        let used = Set(plan.routes.compactMap(\.source.connection))
        for (index, connection) in plan.connections.enumerated() where used.contains(index) {
            guard connection.connector == MySQLSource.descriptor.name,
                let schema = try? LiveDatabase.schema(connection, in: plan, resolver)
            else { continue }
            let drift = SchemaComparison.compare(
                plan, connection: connection.name, live: LiveDatabase.columns(schema), sources: sources)
            for note in drift.notes { logger.info(note, ["connection": LogValue(connection.name)]) }
            for route in drift.refusedRoutes.sorted() {
                unfit[route] = "a column that it uses changed in MySQL: waybill schema pull \(connection.name)"
                logger.error(
                    "R0401: a column this route uses changed in MySQL; it is not read, the others are",
                    ["route": LogValue(route), "remedy": LogValue("waybill schema pull \(connection.name)")])
            }
        }
        return unfit
    }
}
