package import Connecting

/// Delivers as files below one root: `write` makes a whole file per message, `append` adds a line per message.
///
/// Names may hold every byte but control bytes; a leading dash or dot is allowed. The folder `.waybill` at the root is
/// the connector's own: files are written there and linked into place whole, so that no reader ever sees half a file.
/// Folders are made with 0750, files with 0640, both less the umask.
package struct FileConnector: DeliveryConnector {
    package static let descriptor = ConnectorDescriptor(
        name: "file",
        summary: "Delivers messages as files or as lines of files.",
        settings: [
            Clause("root", .constantText, isRequired: true, "folder that every path starts from; made if it is missing")
        ],
        delivery: [
            Clause("write", .filePath, group: "method", "a whole file per message"),
            Clause("append", .filePath, group: "method", "a line per message"),
            Clause("as", .word(["json"]), default: "json", "how the body is written"),
            Clause("body", .body, "what to write; the message where it is absent"),
            Clause("retry", .policy, "when a failed attempt is repeated"),
        ])

    package init() {}

    /// The root below the folder of the routes, else its whole path; `./archive/` is `archive`.
    package func place(of settings: ConnectionSettings) -> String? {
        guard let root = settings.text("root") else { return nil }
        let parts = Self.parts(root)
        guard root.hasPrefix("/") else { return parts.joined(separator: "/") }
        let home = Self.parts(settings.folder)
        guard settings.folder.hasPrefix("/"), parts.starts(with: home) else {
            return "/" + parts.joined(separator: "/")
        }
        return parts.dropFirst(home.count).joined(separator: "/")
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    package func open(
        _ settings: ConnectionSettings, extents: [FileExtent],
        outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) throws(ConnectionError) -> any DeliveryConnection {
        guard let path = settings.text("root"), !path.isEmpty, !path.utf8.contains(0) else {
            throw ConnectionError(
                connection: settings.connection, problem: "it has no `root`", remedy: "write `root \"archive\"`")
        }
        let folder = path.hasPrefix("/") ? path : settings.folder + "/" + path
        do throws(FileFailure) {
            let root = try FileRoot(at: folder)
            let connection = FileConnection(name: path, root: root, extents: extents, outcomes: outcomes)
            if connection.start() { return connection }
        } catch {
            throw ConnectionError(
                connection: settings.connection, problem: "the root `\(path)` cannot be used: \(error.reason)",
                remedy: "name a folder that Waybill may write to")
        }
        throw ConnectionError(
            connection: settings.connection, problem: "the system has no thread left",
            remedy: "raise the limit of tasks")
    }
}
