import Connecting
import Message
import MySQLConnector
import Observing
import RouteLanguage

/// `waybill schema pull`.
enum SchemaPullCommand {
    static let command = Command(
        "schema pull", .write, "Write a connection's tables into its lock file.", operands: "NAME",
        operandCount: 1...1,
        details: """
            Asks the database for its tables and writes them where the connection's `schema` says, a column a line. Check the
            file in: `waybill check` works from it without a network, and drift shows in review. Needs the connection's
            secrets in the environment.
            """,
        flags: [.routes, Flag("--diff", "Write nothing; print what would change.")],
        examples: ["waybill schema pull shop", "waybill schema pull shop --diff"]
    ) { arguments, terminal throws(CommandFailure) in
        let folder = RouteFolder(path: try arguments.required("--routes"))
        let sources = try folder.read()
        let compilation = Compiler.connections(in: sources, connectors: Connectors.descriptors)
        guard let plan = compilation.plan else { throw CommandFailure(.failed, "the routes cannot be read") }
        let connection = try connection(arguments.operands[0], plan)
        let path = try lockPath(connection)
        let schema = try LiveDatabase.schema(connection, in: plan, folder: folder, arguments)
        let before = sources.locks.first { $0.path == path }
        let after = text(schema, before)
        if isSame(before?.text, after) {
            terminal.say("\(path) is as the database has it")
            return .ok
        }
        if arguments.has("--diff") {
            terminal.print(TextDifference.text(path, before: before?.text ?? "", after: after))
            return .ok
        }
        try folder.write(path, after)
        terminal.print(path + "\n")
        return .ok
    }

    private static func connection(_ name: String, _ plan: Plan) throws(CommandFailure) -> ConnectionPlan {
        if let found = plan.connections.first(where: { $0.name == name }) {
            guard found.connector == MySQLSource.descriptor.name else {
                throw CommandFailure(.usage, "`\(name)` is a connection of \(found.connector), which has no schema")
            }
            return found
        }
        let names = plan.connections.map(\.name)
        let nearest = NearestWord.find(name, among: names)
        throw CommandFailure(
            .usage, "no route file declares a connection `\(name)`",
            nearest.map { "did you mean `\($0)`?" } ?? "declared: \(names.joined(separator: " "))")
    }

    /// Below the folder: a lock file is written nowhere else.
    private static func lockPath(_ connection: ConnectionPlan) throws(CommandFailure) -> String {
        guard case .constant(.text(let path))? = connection.settings.first(where: { $0.name == "schema" })?.value else {
            throw CommandFailure(
                .badConfiguration, "the connection `\(connection.name)` has no `schema`",
                "write `schema \"schema/\(connection.name).lock\"` into its braces")
        }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.hasSuffix(".lock"), !segments.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) else {
            throw CommandFailure(
                .badConfiguration, "`schema \"\(path)\"` is no path of a lock file below the folder",
                "write `schema \"schema/\(connection.name).lock\"`")
        }
        return path
    }

    private static func text(_ schema: MySQLSchema, _ before: SourceSet.File?) -> String {
        var zones: [String: String] = [:]
        let known = before.map { LockFile.parse($0, index: 0).lock.tables } ?? []
        for table in known {
            for column in table.columns { zones["\(table.name).\(column.name)"] = column.zone }
        }
        let today = "\(Instant.wallClock())".prefix(10)
        return LockFile.text(
            of: LiveDatabase.columns(schema), serverVersion: schema.serverVersion, pulled: String(today), zones: zones)
    }

    /// The first line holds the day: it alone is no change.
    private static func isSame(_ before: String?, _ after: String) -> Bool {
        before.map { $0.drop { $0 != "\n" } == after.drop { $0 != "\n" } } ?? false
    }
}
