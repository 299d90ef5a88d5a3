import Console
import Message

/// `waybill status`.
enum StatusCommand {
    static let command = Command(
        "status", .operate, "Show the routes, queues and receivers, and the account of every message.",
        details: "Asks the service that holds the data folder; while none runs, reads the folder itself.",
        flags: [.data, .admin], examples: ["waybill status", "waybill status --json | jq .totals"]
    ) { arguments, terminal throws(CommandFailure) in
        let bytes = try Informant.answer(.status, arguments)
        if arguments.isJSON {
            terminal.print(bytes: bytes)
        } else {
            terminal.print(StatusText.text(try AnswerReading.parse(bytes)))
        }
        return .ok
    }
}

/// The status as tables, from its JSON.
enum StatusText {
    static func text(_ status: Value) -> String {
        var text = head(status)
        for part in [routes(status["routes"]?.asList ?? []), queues(status), receivers(status), door(status)]
        where !part.isEmpty {
            text += "\n" + part
        }
        return text
    }

    private static func head(_ status: Value) -> String {
        let state = status["state"]?.asText ?? "?"
        var text = state == "stopped" ? "no service runs; this is what the folder holds" : state
        if let start = status["started_at"], start.asText != nil { text += " since \(start.shownToTheSecond)" }
        if let plan = status["plan"]?.asText { text += ", plan \(plan.prefix(12))" }
        text += "\n"
        let totals = (status["totals"]?.members ?? []).filter { $0.value.asInt ?? 0 != 0 || $0.name == "seen" }
        return text + totals.map { "\($0.name.replacing("_", with: " ")) \($0.value.shown)" }.joined(separator: " · ")
            + "\n"
    }

    /// A column for each word that occurs.
    private static func routes(_ routes: [Value]) -> String {
        let texts: Set<String> = ["name", "position", "source"]
        var words: [String] = []
        for member in routes.flatMap(\.members) where !texts.contains(member.name) {
            let isShown = (member.value.asInt ?? 0) != 0 || ["seen", "delivered", "waiting"].contains(member.name)
            if isShown, !words.contains(member.name) { words.append(member.name) }
        }
        var table = TextTable(
            [("ROUTE", .left)] + words.map { ($0.uppercased().replacing("_", with: " "), .right) }
                + [("SOURCE", .left), ("POSITION", .left)])
        for route in routes {
            let counts = words.map { route[$0]?.shown ?? "0" }
            table.add(
                [route["name"]?.shown ?? ""] + counts + [route["source"]?.shown ?? "", route["position"]?.shown ?? ""])
        }
        return table.isEmpty ? "" : table.text
    }

    private static func queues(_ status: Value) -> String {
        table(
            status["queues"]?.asList ?? [],
            [
                ("QUEUE", "name", .left), ("WAITING", "waiting", .right), ("IN FLIGHT", "in_flight", .right),
                ("DELAYED", "delayed", .right), ("PARKED", "parked", .right),
            ])
    }

    private static func receivers(_ status: Value) -> String {
        table(
            status["receivers"]?.asList ?? [],
            [
                ("CONNECTION", "connection", .left), ("RECEIVER", "host", .left), ("IN FLIGHT", "in_flight", .right),
                ("WAITING", "waiting", .right), ("CUT OFF", "is_cut_off", .left),
            ])
    }

    private static func door(_ status: Value) -> String {
        guard let door = status["door"], let address = door["address"]?.asText else { return "" }
        let counts = ["connections", "blocked", "commands"].map { "\($0) \(door[$0]?.shown ?? "0")" }
        let jobs = table(
            door["queues"]?.asList ?? [],
            [
                ("QUEUE OF JOBS", "name", .left), ("QUEUED", "queued", .right), ("DELAYED", "delayed", .right),
                ("IN FLIGHT", "in_flight", .right), ("SPENT", "spent", .right), ("IN", "jobs_in", .right),
                ("OUT", "jobs_out", .right),
            ])
        return "queue's door \(address): \(counts.joined(separator: " · "))\n" + jobs
    }

    private static func table(_ rows: [Value], _ columns: [(String, String, TextTable.Alignment)]) -> String {
        var table = TextTable(columns.map { ($0.0, $0.2) })
        for row in rows { table.add(columns.map { row[$0.1]?.shown ?? "" }) }
        return table.isEmpty ? "" : table.text
    }
}
