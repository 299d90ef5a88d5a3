import Console
import Observing

/// Runs the engine for `waybill serve`, from options to exit code.
enum ServiceRun {
    static func run(_ options: ServeOptions) throws(CommandFailure) -> ExitCode {
        throw CommandFailure(.badConfiguration, "the engine is not built into this binary")
    }

    /// The one line on standard output that says that everything works.
    static func printReady(admin: ConsoleAddress, routes: Int, on terminal: Terminal) {
        terminal.print("ready admin=\(admin) disque=off routes=\(routes)\n")
    }
}
