/// The names that other products and the book "Enterprise Integration Patterns" use, and ours.
enum StepNames {
    /// What to say about a word in step position that is no verb, and the verb that was most likely meant.
    static func answer(to word: String, at place: Span, restOfLine: String) -> (Diagnostic, Verb?) {
        if let pattern = patterns[normalized(word)] { return answer(to: word, pattern: pattern, place, restOfLine) }
        let verbs = Verb.allCases.map(\.rawValue)
        guard let nearest = NearestWord.find(word, among: verbs) else {
            let known = verbs.joined(separator: " ")
            return (
                Diagnostic(
                    .unknownStep, "unknown step `\(word)`", at: place, origins: [.init("steps: " + known)]), nil
            )
        }
        return (
            Diagnostic(
                .unknownStep, "unknown step `\(word)`", at: place,
                edits: [
                    .replace(place, with: nearest, isCertain: NearestWord.isCertain(word, nearest, among: verbs))
                ]),
            Verb(rawValue: nearest)
        )
    }

    /// `word = ...` where a step belongs.
    static func answer(toAssigned word: String, at place: Span) -> Diagnostic {
        Diagnostic(
            .unknownStep, "unknown step `\(word)`", at: place,
            edits: [
                .replace(place, with: "set .\(word)", explanation: "to change a field", shown: "set .\(word) = ..."),
                .replace(place, with: "let \(word)", explanation: "to name a value", shown: "let \(word) = ..."),
            ])
    }

    private static func answer(
        to word: String, pattern: ForeignName, _ place: Span, _ restOfLine: String
    ) -> (Diagnostic, Verb?) {
        let what = pattern.isPattern ? "the pattern's name" : "another product's word"
        let prefix = pattern.isPattern ? "EIP " : ""
        let origin = Diagnostic.Origin("\(prefix)\"\(pattern.title)\" is \(pattern.ours)")
        guard let verb = pattern.verb else {
            return (
                Diagnostic(
                    .foreignStepName, "`\(word)` is \(what), not a step", at: place, origins: [origin],
                    notes: ["`\(pattern.example)`"]), nil
            )
        }
        let rest = restOfLine.trimmedOfSpace
        let shown = rest.isEmpty || rest == "{" ? verb.example : "\(verb.rawValue) \(rest)"
        return (
            Diagnostic(
                .foreignStepName, "`\(word)` is \(what), not a step", at: place, origins: [origin],
                edits: [.replace(place, with: verb.rawValue, shown: shown)]), verb
        )
    }

    /// Letters only, lower case: `wireTap`, `wire_tap` and `wire-tap` are one name.
    static func normalized(_ word: String) -> String {
        word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }
}
