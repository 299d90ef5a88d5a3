/// The settings of one `connect` declaration with `env` and `secret` filled in, as a connector gets them at start.
/// Never printed as a whole: secrets stand in it.
package struct ConnectionSettings: Sendable, Hashable {
    package enum Setting: Sendable, Hashable {
        case text(String)
        case textList([String])
        case word(String)
        case integer(Int64)
        case duration(milliseconds: Int64)
        case byteCount(Int64)
        case boolean(Bool)
        case secret(Secret)
    }

    /// The connection's name in the route files.
    package let connection: String
    package let settings: [String: Setting]
    /// The folder that relative paths start from: the one the route files lie in.
    package let folder: String

    package init(connection: String, settings: [String: Setting], folder: String) {
        self.connection = connection
        self.settings = settings
        self.folder = folder
    }

    package func text(_ name: String) -> String? {
        switch settings[name] {
        case .text(let text), .word(let text): text
        default: nil
        }
    }

    package func secret(_ name: String) -> Secret? {
        if case .secret(let secret) = settings[name] { secret } else { nil }
    }
}

/// A secret's value, which prints as dots wherever it ends up in text by mistake.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Read it only where it is handed to a library.
    package let revealed: String
    package init(_ revealed: String) { self.revealed = revealed }
    package var description: String { "••••" }
    package var debugDescription: String { "••••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A connection that cannot be opened as it is declared: what is wrong and what to write, in the user's words.
package struct ConnectionError: Error, Sendable, CustomStringConvertible {
    package let connection: String
    package let problem: String
    package let remedy: String
    package init(connection: String, problem: String, remedy: String) {
        self.connection = connection
        self.problem = problem
        self.remedy = remedy
    }
    package var description: String { "connection `\(connection)`: \(problem); \(remedy)" }
}
