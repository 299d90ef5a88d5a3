import Console
import Observing

/// How the service is to run, from flags and environment.
struct ServeOptions: Sendable {
    let routes: String
    let data: String
    let admin: ConsoleAddress
    /// nil: off.
    let disque: DoorOptions?
    /// For finishing what is in flight after TERM.
    let graceMilliseconds: Int64
    let logLevel: LogLevel
    /// Colour of the log; nil: by terminal.
    let isLogColoured: Bool?
    /// Whether standard error is a terminal that may show a progress line.
    let showsProgress: Bool
    let environment: [String: String]
}

/// `waybill serve`.
enum ServeCommand {
    static let command = Command(
        "serve", .operate, "Run the routes: read, queue, deliver, bill, until TERM.",
        details: """
            Checks the routes, then works until it is told to stop. TERM or Ctrl-C stops the intake, finishes what is in
            flight within the grace time and exits with 0; a second one stops at once. HUP checks and reloads the routes
            and the files of the queue's door (password, users, certificate); where they do not check the old ones go on.

            When it is ready it prints one line: ready admin=HOST:PORT disque=HOST:PORT|off routes=N

            With --disque or --disque-socket any client of Disque or Redis can use its queues; the folder of routes may
            then hold no route. Beyond loopback that needs a password, users or TLS. A line of --disque-users is

              user NAME password-file PATH may CLASS... on QUEUE...

            with the classes produce, consume, observe, manage, administer and all, and * and ? in names of queues.
            """,
        flags: [
            .routes, .data,
            Flag(
                "--admin", value: "HOST:PORT", environment: "WAYBILL_ADMIN", default: "127.0.0.1:9990",
                "Where to answer admins; port 0: a free one."),
        ] + DoorOptions.flags + [
            Flag(
                "--grace", value: "TIME", environment: "WAYBILL_GRACE", default: "30s",
                "How long to finish what is in flight."),
            Flag(
                "--log", value: "LEVEL", environment: "WAYBILL_LOG", default: "info",
                "trace, debug, info, warning, error."),
        ],
        examples: [
            "waybill serve", "waybill serve --routes Routes --data /var/lib/waybill --admin 127.0.0.1:0",
            "waybill serve --disque 127.0.0.1:7711",
        ]
    ) { arguments, terminal throws(CommandFailure) in
        try ServiceRun.run(try options(arguments, terminal))
    }

    static func options(_ arguments: Arguments, _ terminal: Terminal) throws(CommandFailure) -> ServeOptions {
        ServeOptions(
            routes: try arguments.required("--routes"), data: try arguments.required("--data"),
            admin: try admin(arguments), disque: try DoorOptions(arguments),
            graceMilliseconds: try arguments.milliseconds("--grace", default: 30_000),
            logLevel: try logLevel(arguments), isLogColoured: colour(arguments),
            showsProgress: terminal.isErrorTerminal && !arguments.has("--quiet"),
            environment: arguments.environmentVariables)
    }

    private static func admin(_ arguments: Arguments) throws(CommandFailure) -> ConsoleAddress {
        let text = try arguments.required("--admin")
        guard let address = ConsoleAddress(text) else {
            throw CommandFailure(
                .usage, "`--admin \(text)` is no address", "write 127.0.0.1:9990, or port 0 for a free one")
        }
        return address
    }

    private static func logLevel(_ arguments: Arguments) throws(CommandFailure) -> LogLevel {
        let text = try arguments.required("--log")
        guard let level = LogLevel(name: text) else {
            throw CommandFailure(
                .usage, "`--log \(text)` is no level",
                "levels are \(LogLevel.allCases.map(\.name).joined(separator: ", "))")
        }
        if arguments.has("--quiet") { return max(level, .warning) }
        return arguments.has("--verbose") ? min(level, .debug) : level
    }

    private static func colour(_ arguments: Arguments) -> Bool? {
        switch arguments.text("--color") {
        case "always": true
        case "never": false
        default: nil
        }
    }
}
