package import Connecting
package import RouteLanguage

/// Fills `env` and `secret` into the settings of connections. Secrets come from an environment variable of their name, or
/// from the file that NAME_FILE names.
package struct SettingsResolver: Sendable {
    private let environment: [String: String]
    private let readFile: @Sendable (String) -> String?
    private let folder: String

    /// - Parameters:
    ///   - readFile: the text of a file; nil where it cannot be read.
    ///   - folder: where relative paths of settings start.
    package init(
        environment: [String: String], folder: String, readFile: @escaping @Sendable (String) -> String?
    ) {
        self.environment = environment
        self.folder = folder
        self.readFile = readFile
    }

    package func settings(
        of connection: ConnectionPlan, in plan: Plan
    ) throws(ConnectionError) -> ConnectionSettings {
        var settings: [String: ConnectionSettings.Setting] = [:]
        for (name, value) in connection.settings {
            settings[name] = try setting(value, named: name, of: connection.name, in: plan)
        }
        return ConnectionSettings(connection: connection.name, settings: settings, folder: folder)
    }

    private func setting(
        _ value: ConnectionPlan.SettingValue, named name: String, of connection: String, in plan: Plan
    ) throws(ConnectionError) -> ConnectionSettings.Setting {
        switch value {
        case .constant(let constant): return constant
        case .environment(let variable): return .text(try text(of: variable, connection: connection, plan))
        case .secret(let secret): return .secret(Secret(try self.secret(secret, connection: connection)))
        case .list(let values):
            var texts: [String] = []
            for value in values {
                if case .text(let text) = try setting(value, named: name, of: connection, in: plan) {
                    texts.append(text)
                }
            }
            return .textList(texts)
        }
    }

    private func text(of variable: String, connection: String, _ plan: Plan) throws(ConnectionError) -> String {
        if let text = environment[variable] { return text }
        if let text = plan.environment.first(where: { $0.name == variable })?.defaultText { return text }
        throw ConnectionError(
            connection: connection, problem: "the environment variable \(variable) is not set",
            remedy: "set it, or write a default: env \(variable) = \"...\"")
    }

    private func secret(_ name: String, connection: String) throws(ConnectionError) -> String {
        if let secret = environment[name], !secret.isEmpty { return secret }
        guard let path = environment["\(name)_FILE"] else {
            throw ConnectionError(
                connection: connection, problem: "the secret \(name) is not set",
                remedy: "set the environment variable \(name), or \(name)_FILE to the path of a file that holds it")
        }
        guard let text = readFile(path) else {
            throw ConnectionError(
                connection: connection,
                problem: "the secret \(name) cannot be read from the file that \(name)_FILE names",
                remedy: "check that the file exists and that this user may read it")
        }
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}
