import RouteLanguage

/// Turns the words of a command line into a command and its arguments. Knows nothing of the process around it.
struct ArgumentParser {
    let commands: [Command]
    let environment: [String: String]

    enum Outcome {
        case run(Arguments)
        /// Help that was asked for: standard output, exit 0.
        case help(HelpTopic)
    }

    enum HelpTopic {
        case overview
        /// `waybill dead`: the commands below it.
        case family([Command])
        case command(Command)
    }

    /// - Throws: exit 64, with the nearest word that is known.
    func parse(_ words: [String]) throws(CommandFailure) -> Outcome {
        var (leading, rest) = try leadingFlags(words)
        guard let first = rest.first else {
            guard leading["--help"] != nil || words.isEmpty else { throw noCommand() }
            return .help(.overview)
        }
        if first == "help" { return .help(try topic(Array(rest.dropFirst()))) }
        guard let command = command(at: rest) else { return try family(rest, leading) }
        rest.removeFirst(command.path.count)
        let (given, operands) = try split(rest, command)
        leading.merge(given) { _, later in later }
        if leading["--help"] != nil { return .help(.command(command)) }
        return .run(try arguments(command, operands, leading))
    }

    private func noCommand() -> CommandFailure {
        CommandFailure(.usage, "a command is missing", "`waybill --help` lists them")
    }

    // MARK: Commands

    /// The command whose path begins the words; the longest one.
    private func command(at words: [String]) -> Command? {
        commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    }

    private func topic(_ words: [String]) throws(CommandFailure) -> HelpTopic {
        guard !words.isEmpty else { return .overview }
        if let command = command(at: words) { return .command(command) }
        guard let first = words.first else { return .overview }
        let members = commands.filter { $0.path.first == first }
        if members.isEmpty { throw unknown(first) }
        return .family(members)
    }

    /// The first word names no command by itself: a family such as `dead`, or nothing at all.
    private func family(_ words: [String], _ leading: [String: String]) throws(CommandFailure) -> Outcome {
        let first = words[0]
        let members = commands.filter { $0.path.first == first }
        if members.isEmpty { throw unknown(first) }
        let second = words.dropFirst().first { !$0.hasPrefix("-") }
        if leading["--help"] != nil || words.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) {
            return .help(.family(members))
        }
        let known = members.compactMap { $0.path.dropFirst().first }
        guard let second else {
            throw CommandFailure(
                .usage, "`waybill \(first)` needs one more word: \(known.joined(separator: ", "))")
        }
        throw CommandFailure(
            .usage, "there is no command `\(first) \(second)`", hint(second, known, prefix: first + " "))
    }

    private func unknown(_ word: String) -> CommandFailure {
        var known: [String] = []
        for command in commands where !known.contains(command.path[0]) { known.append(command.path[0]) }
        return CommandFailure(.usage, "there is no command `\(word)`", hint(word, known, prefix: ""))
    }

    private func hint(_ word: String, _ known: [String], prefix: String) -> String {
        guard let nearest = NearestWord.find(word, among: known) else { return "`waybill --help` lists them" }
        return "did you mean `waybill \(prefix)\(nearest)`?"
    }

    // MARK: Flags

    /// Global flags may stand before the command.
    private func leadingFlags(
        _ words: [String]
    ) throws(CommandFailure) -> (given: [String: String], rest: [String]) {
        var given: [String: String] = [:]
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            if word == "--version" { return (given, ["version"]) }
            rest = rest.dropFirst()
            try take(word, from: &rest, flags: Flag.global, owner: "waybill", into: &given)
        }
        return (given, Array(rest))
    }

    private func split(
        _ words: [String], _ command: Command
    ) throws(CommandFailure) -> (given: [String: String], operands: [String]) {
        var given: [String: String] = [:]
        var operands: [String] = []
        var rest = words[...]
        while let word = rest.first {
            rest = rest.dropFirst()
            if word == "--" {
                operands += rest
                break
            }
            if word.hasPrefix("-"), word != "-" {
                try take(
                    word, from: &rest, flags: command.flags + Flag.global, owner: "waybill \(command.name)",
                    into: &given)
            } else {
                operands.append(word)
            }
        }
        return (given, operands)
    }

    private func take(
        _ word: String, from rest: inout ArraySlice<String>, flags: [Flag], owner: String,
        into given: inout [String: String]
    ) throws(CommandFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = flags.first(where: { $0.name == name || $0.short == name }) else {
            throw unknownFlag(name, flags, owner)
        }
        guard let valueName = flag.value else {
            guard parts.count == 1 else { throw CommandFailure(.usage, "\(flag.name) takes no value") }
            given[flag.name] = ""
            return
        }
        if parts.count == 2 {
            given[flag.name] = String(parts[1])
        } else if let next = rest.first {
            given[flag.name] = next
            rest = rest.dropFirst()
        } else {
            throw CommandFailure(.usage, "\(flag.name) needs a value: \(flag.name) \(valueName)")
        }
    }

    private func unknownFlag(_ name: String, _ flags: [Flag], _ owner: String) -> CommandFailure {
        let nearest = NearestWord.find(name, among: flags.map(\.name))
        return CommandFailure(
            .usage, "`\(owner)` has no flag \(name)",
            nearest.map { "did you mean \($0)?" } ?? "see `\(owner) --help`")
    }

    private func arguments(
        _ command: Command, _ operands: [String], _ given: [String: String]
    ) throws(CommandFailure) -> Arguments {
        guard command.operandCount.contains(operands.count) else {
            let problem =
                operands.count < command.operandCount.lowerBound
                ? "`waybill \(command.name)` needs \(command.operands)"
                : "`waybill \(command.name)` does not take `\(operands[command.operandCount.upperBound])`"
            throw CommandFailure(.usage, problem, "see `waybill \(command.name) --help`")
        }
        let arguments = Arguments(command: command, operands: operands, given: given, environment: environment)
        for flag in command.flags where flag.isRequired && (arguments.text(flag.name) ?? "").isEmpty {
            throw CommandFailure(
                .usage, "`waybill \(command.name)` needs \(flag.name) \(flag.value ?? "")",
                "see `waybill \(command.name) --help`")
        }
        guard ["auto", "always", "never"].contains(arguments.text("--color")) else {
            throw CommandFailure(.usage, "--color is auto, always or never")
        }
        return arguments
    }
}
