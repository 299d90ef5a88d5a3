import Message

/// The JSON object that a state change carries; an empty body is an empty object.
struct CommandBody {
    private let fields: [(name: String, value: Value)]

    init(_ bytes: [UInt8], allowed: Set<String>) throws(Refusal) {
        guard !bytes.isEmpty else {
            fields = []
            return
        }
        let value: Value
        do {
            value = try JSONText.parse(bytes)
        } catch {
            throw Refusal(400, "the body is not JSON")
        }
        guard case .record(let record) = value else { throw Refusal(400, "the body is not a JSON object") }
        fields = zip(record.shape.names, record.fields).map { (name: $0.0, value: $0.1) }
        for field in fields where !allowed.contains(field.name) {
            throw Refusal(400, "unknown field; known here: \(allowed.sorted().joined(separator: ", "))")
        }
    }

    func command(_ kind: BodyCommand) throws(Refusal) -> ConsoleCommand {
        switch kind {
        case .reload: return .reload
        case .stop: return .stop(graceMilliseconds: try int("grace_ms", in: 0...3_600_000) ?? 30_000)
        case .deadRetry:
            return .deadRetry(
                DeadRetry(
                    selection: try selection(), force: try flag("force"), latest: try flag("latest"),
                    dryRun: try flag("dry_run")))
        }
    }

    static func allowed(_ kind: BodyCommand) -> Set<String> {
        switch kind {
        case .reload: []
        case .stop: ["grace_ms"]
        case .deadRetry: ["ids", "route", "all", "force", "latest", "dry_run"]
        }
    }

    /// Exactly one of `ids`, `route` and `all`: nothing is repeated by leaving a field out.
    private func selection() throws(Refusal) -> DeadRetry.Selection {
        let chosen = ["ids", "route", "all"].filter { value($0) != nil }
        guard chosen.count == 1 else { throw Refusal(400, "give one of `ids`, `route` and `all`") }
        if let value = value("ids") { return .ids(try ids(value)) }
        if case .text(let route)? = value("route") { return .route(route) }
        if value("all") == .bool(true) { return .all }
        throw Refusal(400, "`route` is a text and `all` is true")
    }

    private func ids(_ value: Value) throws(Refusal) -> [Int64] {
        guard case .list(let items) = value, !items.isEmpty, items.count <= 10_000 else {
            throw Refusal(400, "`ids` is a list of 1 to 10,000 numbers")
        }
        var ids: [Int64] = []
        for item in items {
            guard case .int(let number) = item, let id = Int64(exactly: number), id > 0 else {
                throw Refusal(400, "`ids` is a list of 1 to 10,000 numbers")
            }
            ids.append(id)
        }
        return ids
    }

    private func flag(_ name: String) throws(Refusal) -> Bool {
        switch value(name) {
        case nil, .bool(false): return false
        case .bool(true): return true
        default: throw Refusal(400, "`\(name)` is true or false")
        }
    }

    private func int(_ name: String, in range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
        guard let value = value(name) else { return nil }
        guard case .int(let number) = value, let int = Int64(exactly: number), range.contains(int) else {
            throw Refusal(400, "`\(name)` is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return int
    }

    private func value(_ name: String) -> Value? {
        fields.first { $0.name == name && $0.value != .missing }?.value
    }
}
