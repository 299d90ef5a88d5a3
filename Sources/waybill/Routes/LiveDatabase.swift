import Connecting
import Engine
import MySQLConnector
import RouteLanguage

/// The database behind a connection of the routes, asked for its tables. Needs the connection's secrets and a network.
enum LiveDatabase {
    static func schema(
        _ connection: ConnectionPlan, in plan: Plan, folder: RouteFolder, _ arguments: Arguments
    ) throws(CommandFailure) -> MySQLSchema {
        let resolver = SettingsResolver(environment: arguments.environmentVariables, folder: folder.path) { path in
            SecretFile.text(path)
        }
        do throws(ConnectionError) {
            return try schema(connection, in: plan, resolver)
        } catch {
            throw CommandFailure(.badConfiguration, "connection `\(error.connection)`: \(error.problem)", error.remedy)
        }
    }

    static func schema(
        _ connection: ConnectionPlan, in plan: Plan, _ resolver: SettingsResolver
    ) throws(ConnectionError) -> MySQLSchema {
        try pull(try MySQLAddress(try resolver.settings(of: connection, in: plan)), connection.name)
    }

    private static func pull(_ address: MySQLAddress, _ name: String) throws(ConnectionError) -> MySQLSchema {
        do throws(MySQLFailure) { return try MySQLSchema.pull(address) } catch {
            throw failure(error, name, user: address.user)
        }
    }

    /// In the words that the service uses for the same failure.
    static func failure(_ error: MySQLFailure, _ name: String, user: String) -> ConnectionError {
        let isUnreachable = [2002, 2003, 2005].contains(error.code)
        return switch error.treatment(table: "...", user: user) {
        case .away(let reason), .refused(let reason):
            ConnectionError(
                connection: name, problem: reason,
                remedy: isUnreachable ? "check its url, and that the server runs" : "")
        }
    }

    static func columns(_ schema: MySQLSchema) -> [LiveColumn] {
        schema.columns.map { column in
            LiveColumn(
                table: column.table, name: column.name, sqlType: column.sqlType, isNullable: column.isNullable,
                isKey: column.isPrimaryKey, isIndexed: column.isIndexed, ordinal: column.ordinal)
        }
    }
}
