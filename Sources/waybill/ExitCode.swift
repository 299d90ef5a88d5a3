/// What a command tells the shell; the numbers are those of sysexits.h where there is one.
enum ExitCode: Int32, Sendable {
    case ok = 0
    /// Checks, tests or the operation failed.
    case failed = 1
    /// The command line is wrong.
    case usage = 64
    /// No service answers.
    case unreachable = 69
    case tryAgain = 75
    case notAllowed = 77
    case badConfiguration = 78
    case interrupted = 130
}

/// A command that could not do its work: what is wrong, and what to do about it.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
    let exitCode: ExitCode
    let problem: String
    let remedy: String

    init(_ exitCode: ExitCode, _ problem: String, _ remedy: String = "") {
        self.exitCode = exitCode
        self.problem = problem
        self.remedy = remedy
    }

    var description: String { remedy.isEmpty ? problem : "\(problem); \(remedy)" }
}
