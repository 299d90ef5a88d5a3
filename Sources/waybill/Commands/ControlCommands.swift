import Console

/// `waybill reload`.
enum ReloadCommand {
    static let command = Command(
        "reload", .operate, "Check the routes again and swap them in; mistakes keep the old ones running.",
        flags: [.data, .admin], examples: ["waybill reload"]
    ) { arguments, terminal throws(CommandFailure) in
        let bytes = try Informant.answer(.reload, arguments)
        if arguments.isJSON { terminal.print(bytes: bytes) } else { terminal.say("reloaded") }
        return .ok
    }
}

/// `waybill stop`.
enum StopCommand {
    static let command = Command(
        "stop", .operate, "Stop the service: no more intake, finish what is in flight, exit.",
        flags: [
            .data, .admin, Flag("--grace", value: "TIME", default: "30s", "How long to finish what is in flight."),
        ],
        examples: ["waybill stop --grace 10s"]
    ) { arguments, terminal throws(CommandFailure) in
        let grace = try arguments.milliseconds("--grace", default: 30_000)
        guard grace <= 3_600_000 else { throw CommandFailure(.usage, "--grace is at most 1h") }
        let bytes = try Informant.answer(.stop(graceMilliseconds: grace), arguments)
        if arguments.isJSON { terminal.print(bytes: bytes) } else { terminal.say("the service is stopping") }
        return .ok
    }
}
