import Glibc

/// Where a command writes: data to standard output, talk to standard error.
struct Terminal: Sendable {
    let isOutputTerminal: Bool
    let isErrorTerminal: Bool
    let isOutputColoured: Bool
    let isErrorColoured: Bool
    let isQuiet: Bool
    private let write: @Sendable (Int32, [UInt8]) -> Bool

    /// - Parameter colour: `auto`, `always`, `never`; auto asks the terminal and `NO_COLOR`.
    init(
        colour: String = "auto", isQuiet: Bool = false, environment: [String: String] = [:],
        write: @escaping @Sendable (Int32, [UInt8]) -> Bool = Terminal.writeAll
    ) {
        isOutputTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
        let mayColour = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        isOutputColoured = colour == "always" || colour == "auto" && mayColour && isOutputTerminal
        isErrorColoured = colour == "always" || colour == "auto" && mayColour && isErrorTerminal
        self.isQuiet = isQuiet
        self.write = write
    }

    /// Data. A reader that went away (`| head`) ends the command.
    func print(_ text: String) { print(bytes: Array(text.utf8)) }

    func print(bytes: [UInt8]) {
        if !write(STDOUT_FILENO, bytes) { exit(ExitCode.ok.rawValue) }
    }

    /// Talk, which `--quiet` takes away.
    func say(_ text: String) {
        if !isQuiet { _ = write(STDERR_FILENO, Array((text + "\n").utf8)) }
    }

    func complain(_ failure: CommandFailure) {
        let head = isErrorColoured ? "\u{1b}[1;31merror:\u{1b}[0m" : "error:"
        _ = write(STDERR_FILENO, Array("\(head) \(failure)\n".utf8))
    }

    /// Asks on a terminal; where nobody can answer, the question is an error.
    func confirm(_ question: String, _ arguments: Arguments) throws(CommandFailure) {
        if arguments.isConfirmed { return }
        guard isatty(STDIN_FILENO) == 1, isErrorTerminal else {
            throw CommandFailure(.usage, "\(question) There is no terminal to ask on: add --yes")
        }
        _ = write(STDERR_FILENO, Array("\(question) [y/N] ".utf8))
        guard let answer = readLine()?.lowercased(), answer == "y" || answer == "yes" else {
            throw CommandFailure(.failed, "nothing was done")
        }
    }

    static let writeAll: @Sendable (Int32, [UInt8]) -> Bool = { descriptor, bytes in
        bytes.withUnsafeBytes { raw in
            var rest = raw[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR && errno != EAGAIN { return false }
            }
            return true
        }
    }
}
