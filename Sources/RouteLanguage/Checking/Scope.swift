/// What is known at one place of a route: the names, the current message, what is present.
struct Scope {
    struct Binding {
        let slot: Int
        var value: ValueID
        var type: Type
        /// Where it was named.
        let span: Span
    }

    var names: [String: Binding] = [:]
    /// `.`, in slot 0.
    var message: Binding
    var present: Set<Path> = []
    /// Messages that `map` has replaced, latest last.
    var former: [FormerMessage] = []
    /// Why fields of `.` cannot be relied on here: it is not the same on every way to this step.
    var uncertainty: String?

    struct FormerMessage {
        let value: ValueID
        let type: Type
        /// `map PartnerOrder`.
        let replacedBy: String
        let span: Span
    }

    func knows(_ path: Path) -> Bool { present.contains(path) }

    /// The names that stand for a value, sorted.
    func names(of value: ValueID) -> [String] {
        names.filter { $0.value.value == value }.map(\.key).sorted()
    }

    /// What holds after ways that meet: each has come from the same scope. Empty: no way gets here.
    ///
    /// A value that is another one on some way becomes a new one; names that stood for one value on every way still do.
    static func joined(_ ways: [Scope], into before: Scope) -> Scope {
        guard var result = ways.first else { return before }
        result.names = result.names.filter { before.names[$0.key] != nil }
        guard ways.count > 1 else { return result }
        var meetings: [[ValueID]: ValueID] = [:]
        var present: Set<Path> = []
        func meet(_ values: [ValueID]) -> ValueID {
            if let known = meetings[values] { return known }
            let isSame = values.allSatisfy { $0 == values[0] }
            let joined =
                isSame
                ? values[0] : ValueID(number: -1 - (values.map(\.number).max() ?? 0) - meetings.count * 1_000_000)
            meetings[values] = joined
            let fields = zip(ways, values).map { way, value in
                Set(way.present.filter { $0.root == value }.map(\.fields))
            }
            for path in fields.dropFirst().reduce(fields[0], { $0.intersection($1) }) {
                present.insert(Path(root: joined, fields: path))
            }
            return joined
        }
        result.message.value = meet(ways.map(\.message.value))
        for name in result.names.keys.sorted() {
            result.names[name]?.value = meet(ways.compactMap { $0.names[name]?.value })
        }
        result.present = present
        result.uncertainty = ways.compactMap(\.uncertainty).first
        if ways.contains(where: { $0.message.type != result.message.type }) {
            result.uncertainty = "the branches above leave different messages"
        }
        return result
    }
}
