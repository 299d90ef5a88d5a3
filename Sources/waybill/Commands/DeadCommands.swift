import Console
import Message

/// `waybill dead`: messages that nobody could deliver, and another try for them.
enum DeadCommands {
    static let list = Command(
        "dead ls", .repair, "List dead letters: what they were, where and why they died.",
        flags: [
            .data, .admin,
            Flag("--route", value: "NAME", "Only those of one route."),
            Flag("--after", value: "ID", "Go on behind this one."),
            Flag("--limit", value: "N", default: "100", "At most so many, up to 1000."),
        ],
        examples: ["waybill dead ls --route orders", "waybill dead ls --json | jq -r .letters[].id"]
    ) { arguments, terminal throws(CommandFailure) in
        let bytes = try Informant.answer(
            .deadList(
                route: arguments.text("--route"),
                after: Int64(try arguments.int("--after", in: 0...Int.max, default: 0)),
                limit: try arguments.int("--limit", in: 1...1_000, default: 100)), arguments)
        if arguments.isJSON {
            terminal.print(bytes: bytes)
        } else {
            let letters = try AnswerReading.parse(bytes)["letters"]?.asList ?? []
            terminal.print(table(letters))
            if letters.isEmpty { terminal.say("there are no dead letters") }
        }
        return .ok
    }

    static let show = Command(
        "dead show", .repair, "Show one dead letter with all that is known of it.", operands: "ID", operandCount: 1...1,
        flags: [.data, .admin], examples: ["waybill dead show 12"]
    ) { arguments, terminal throws(CommandFailure) in
        let bytes = try Informant.answer(.deadShow(try id(arguments.operands[0])), arguments)
        if arguments.isJSON {
            terminal.print(bytes: bytes)
        } else {
            terminal.print(page(try AnswerReading.parse(bytes)))
        }
        return .ok
    }

    static let retry = Command(
        "dead retry", .repair, "Work dead letters again, from where they died.", operands: "[ID...]",
        operandCount: 0...10_000,
        details: """
            Give the numbers of the letters, or --route NAME, or --all. The same bytes go out under the same idempotency key,
            and a delivery that has succeeded is not repeated.
            """,
        flags: [
            .data, .admin,
            Flag("--route", value: "NAME", "All dead letters of one route."),
            Flag("--all", "All dead letters."),
            Flag("--force", "Also those that must be delivered at most once and whose outcome is unknown."),
            Flag("--latest", "Start again with the newest routes, at the durability line."),
            Flag("--dry-run", "Only say how many it would be."),
        ],
        examples: ["waybill dead retry 12 13", "waybill dead retry --route orders --yes"]
    ) { arguments, terminal throws(CommandFailure) in
        let selection = try selection(arguments)
        let isDry = arguments.has("--dry-run")
        if !isDry, !isSingle(selection), !arguments.isConfirmed {
            try terminal.confirm(try question(selection, arguments), arguments)
        }
        let bytes = try Informant.answer(.deadRetry(request(selection, arguments, isDry: isDry)), arguments)
        if arguments.isJSON {
            terminal.print(bytes: bytes)
        } else {
            show(try AnswerReading.parse(bytes), isDry: isDry, terminal)
        }
        return isRefused(try AnswerReading.parse(bytes)) ? .failed : .ok
    }

    // MARK: Retry

    private static func request(
        _ selection: DeadRetry.Selection, _ arguments: Arguments, isDry: Bool
    ) -> DeadRetry {
        DeadRetry(
            selection: selection, force: arguments.has("--force"), latest: arguments.has("--latest"), dryRun: isDry)
    }

    private static func selection(_ arguments: Arguments) throws(CommandFailure) -> DeadRetry.Selection {
        let given = [!arguments.operands.isEmpty, arguments.text("--route") != nil, arguments.has("--all")]
        guard given.count(where: { $0 }) == 1 else {
            throw CommandFailure(
                .usage, "say which: numbers, or --route NAME, or --all", "`waybill dead ls` lists them")
        }
        if let route = arguments.text("--route") { return .route(route) }
        if arguments.has("--all") { return .all }
        var ids: [Int64] = []
        for operand in arguments.operands { ids.append(try id(operand)) }
        return .ids(ids)
    }

    private static func isSingle(_ selection: DeadRetry.Selection) -> Bool {
        if case .ids(let ids) = selection { ids.count == 1 } else { false }
    }

    /// With the number of letters that it is about.
    private static func question(
        _ selection: DeadRetry.Selection, _ arguments: Arguments
    ) throws(CommandFailure) -> String {
        let bytes = try Informant.answer(.deadRetry(request(selection, arguments, isDry: true)), arguments)
        return "work \(counted(try AnswerReading.parse(bytes))) again?"
    }

    /// Letters that were named, and none of them could be taken up.
    private static func isRefused(_ answer: Value) -> Bool {
        answer["count"]?.asInt == 0 && !(answer["refused"]?.asList ?? []).isEmpty
    }

    private static func counted(_ answer: Value) -> String {
        let count = answer["count"]?.asInt ?? 0
        return "\(GroupedNumber.text(count)) dead letter\(count == 1 ? "" : "s")"
    }

    private static func show(_ answer: Value, isDry: Bool, _ terminal: Terminal) {
        let verb = answer["count"]?.asInt == 1 ? "is" : "are"
        terminal.say("\(counted(answer)) \(isDry ? "would be" : verb) worked again")
        for refusal in answer["refused"]?.asList ?? [] {
            terminal.say("  \(refusal["id"]?.asInt ?? 0): \(refusal["reason"]?.shown ?? "")")
        }
    }

    private static func id(_ text: String) throws(CommandFailure) -> Int64 {
        guard let id = Int64(text), id > 0 else {
            throw CommandFailure(.usage, "`\(text)` is no number of a dead letter", "`waybill dead ls` lists them")
        }
        return id
    }

    // MARK: Tables

    private static func table(_ letters: [Value]) -> String {
        var table = TextTable([
            ("ID", .right), ("DIED", .left), ("ROUTE", .left), ("MESSAGE", .left), ("ATTEMPTS", .right),
            ("REASON", .left),
        ])
        for letter in letters {
            table.add(
                [letter["id"]?.shown ?? "", letter["at"]?.shownToTheSecond ?? ""]
                    + ["route", "message", "attempts", "reason"].map { letter[$0]?.shown ?? "" })
        }
        return table.isEmpty ? "" : table.text
    }

    private static func page(_ letter: Value) -> String {
        var table = TextTable([("", .left), ("", .left)])
        for member in letter.members { table.add([member.name.replacing("_", with: " "), member.value.shown]) }
        return String(table.text.drop { $0 == "\n" })
    }
}
