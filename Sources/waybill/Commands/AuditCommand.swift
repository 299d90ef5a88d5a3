import Console
import Message

/// `waybill audit`.
enum AuditCommand {
    static let command = Command(
        "audit", .repair, "Check that every message and every bill adds up, and name what does not.",
        details: """
            Compares what was seen with the final words and what waits, and deliveries with the ledger. Exits with 1 where
            something does not add up.
            """,
        flags: [
            .data, .admin,
            Flag("--limit", value: "N", default: "20", "List at most so many ids of each kind; counts are exact."),
            Flag("--conflicts", "List keys that came a second time with other content, instead."),
        ],
        examples: ["waybill audit", "waybill audit --json"]
    ) { arguments, terminal throws(CommandFailure) in
        let limit = try arguments.int("--limit", in: 0...10_000, default: 20)
        if arguments.has("--conflicts") { return try conflicts(limit, arguments, terminal) }
        // The exit code needs the facts, the text is for people.
        let facts = try Informant.answer(.audit(limit: limit, format: .json), arguments)
        let isRight = try AnswerReading.parse(facts)["adds_up"]?.asBool ?? false
        if arguments.isJSON {
            terminal.print(bytes: facts)
        } else {
            terminal.print(bytes: try Informant.answer(.audit(limit: limit, format: .text), arguments))
        }
        return isRight ? .ok : .failed
    }

    private static func conflicts(
        _ limit: Int, _ arguments: Arguments, _ terminal: Terminal
    ) throws(CommandFailure) -> ExitCode {
        let bytes = try Informant.answer(
            .conflicts(route: nil, after: 0, limit: max(1, min(1_000, limit))), arguments)
        if arguments.isJSON {
            terminal.print(bytes: bytes)
            return .ok
        }
        var table = TextTable([("AT", .left), ("ROUTE", .left), ("MESSAGE", .left), ("KEY", .left)])
        for conflict in try AnswerReading.parse(bytes)["conflicts"]?.asList ?? [] {
            table.add(
                [conflict["at"]?.shownToTheSecond ?? ""]
                    + ["route", "message", "key"].map { conflict[$0]?.shown ?? "" })
        }
        if table.isEmpty { terminal.say("there are no conflicts") } else { terminal.print(table.text) }
        return .ok
    }
}
