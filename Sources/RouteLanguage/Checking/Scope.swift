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
    static func joined(_ ways: [Scope], into before: Scope) -> Scope {
        guard var result = ways.first else { return before }
        for way in ways.dropFirst() {
            result.present.formIntersection(way.present)
            if way.message.value != result.message.value {
                if way.message.type != result.message.type || way.uncertainty != nil {
                    result.uncertainty = "the branches above leave different messages"
                }
                result.message.value = ValueID(number: -1 - max(way.message.value.number, result.message.value.number))
            }
            result.uncertainty = result.uncertainty ?? way.uncertainty
        }
        result.names = result.names.filter { before.names[$0.key] != nil }
        for name in result.names.keys {
            let values = Set(ways.compactMap { $0.names[name]?.value })
            if values.count > 1 { result.names[name]?.value = ValueID(number: -1 - (values.map(\.number).max() ?? 0)) }
        }
        if ways.count > 1 {
            let live = Set(result.names.values.map(\.value) + [result.message.value])
            result.present = result.present.filter { live.contains($0.root) }
        }
        return result
    }
}
