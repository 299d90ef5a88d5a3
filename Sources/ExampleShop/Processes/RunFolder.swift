import Foundation

/// A folder that holds everything of one run: database, logs, the service's data, delivered files.
package struct RunFolder: Sendable {
    package let path: String

    /// Makes it where it is missing; `isFresh` empties it first.
    package init(_ path: String, isFresh: Bool) throws(ShopError) {
        let absolute = URL(fileURLWithPath: path).path
        self.path = absolute
        let files = FileManager.default
        do {
            if isFresh, files.fileExists(atPath: absolute) { try files.removeItem(atPath: absolute) }
            try files.createDirectory(atPath: absolute, withIntermediateDirectories: true)
        } catch {
            throw ShopError.cannotStart(program: absolute, reason: "\(error.localizedDescription)")
        }
    }

    package func file(_ name: String) -> String { path + "/" + name }

    package func text(_ name: String) -> String {
        (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? ""
    }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }
}
