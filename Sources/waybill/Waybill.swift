import Glibc

/// The command line of Waybill.
@main
enum Waybill {
    static func main() {
        // A reader that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessEnvironment.variables()
        let code = run(Array(CommandLine.arguments.dropFirst()), environment: environment)
        exit(code.rawValue)
    }

    static func run(_ words: [String], environment: [String: String]) -> ExitCode {
        let parser = ArgumentParser(commands: CommandList.all, environment: environment)
        do throws(CommandFailure) {
            switch try parser.parse(words) {
            case .help(let topic):
                Terminal().print(HelpText(commands: CommandList.all).text(topic))
                return .ok
            case .run(let arguments): return try run(arguments, environment)
            }
        } catch {
            Terminal(environment: environment).complain(error)
            return error.exitCode
        }
    }

    private static func run(_ arguments: Arguments, _ environment: [String: String]) throws(CommandFailure) -> ExitCode
    {
        let terminal = Terminal(
            colour: arguments.text("--color") ?? "auto", isQuiet: arguments.has("--quiet"), environment: environment)
        return try arguments.command.run(arguments, terminal)
    }
}
