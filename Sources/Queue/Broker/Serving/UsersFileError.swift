/// A users file that cannot be used: where, what is wrong, and what to write. Never holds a password.
package struct UsersFileError: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// Counted from 1.
    package let line: Int
    package let problem: String
    package let remedy: String

    package init(file: String, line: Int, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String { "\(file):\(line): \(problem); \(remedy)" }
}
