/// A queue has one use: other programs add to it and one route reads it, or messages of routes go through it, or dead
/// letters are named after it. A program that looks at it from outside then sees one thing.
enum QueueUses {
    private struct Reader {
        let route: String
        let span: Span
    }

    static func report(_ declarations: Declarations, _ reports: Reports) {
        var readers: [String: Reader] = [:]
        for route in declarations.routes {
            guard let name = route.queueThatIsRead else { continue }
            guard let first = readers[name.text] else {
                readers[name.text] = Reader(route: route.name.text, span: name.span)
                continue
            }
            reports.add(
                Diagnostic(
                    .queueReadTwice, "queue `\(name.text)` is read by two routes", at: name.span,
                    label: "a job goes to one of them only",
                    origins: [Diagnostic.Origin("`\(first.route)` reads it, too", at: first.span)],
                    notes: ["let one route read it and `choose`, or declare a queue for each"]))
        }
        guard !readers.isEmpty else { return }
        for route in declarations.routes { report(route, readers, reports) }
    }

    private static func report(_ route: RouteSyntax, _ readers: [String: Reader], _ reports: Reports) {
        if let step = route.block.steps.first(where: { $0.verb == .through }) {
            if case .name(let name)? = step.subject?.kind, let reader = readers[name.text] {
                reports.add(passed(through: name, step, of: route, reader))
            }
        } else if let reader = readers[route.name.text] {
            reports.add(
                Diagnostic(
                    .queueServesTwo, "queue `\(route.name.text)` is read, and this route goes through it",
                    at: route.name.span, label: "without `through`, its queue is named after the route",
                    origins: [Diagnostic.Origin("`\(reader.route)` reads it", at: reader.span)],
                    edits: [.replace(route.name.span, with: "\(route.name.text)_route")]))
        }
        for step in route.block.steps { report(deadLetters: step, readers, reports) }
    }

    private static func passed(
        through name: NameSyntax, _ step: StepSyntax, of route: RouteSyntax, _ reader: Reader
    ) -> Diagnostic {
        let isOwn = route.queueThatIsRead?.text == name.text
        return Diagnostic(
            .queueServesTwo, "queue `\(name.text)` is read, and this route goes through it", at: name.span,
            label: isOwn ? "what it reads is durable already" : "",
            origins: [Diagnostic.Origin("`\(reader.route)` reads it", at: reader.span)],
            notes: isOwn ? [] : ["declare a queue of its own for this route"],
            edits: isOwn ? [.replace(step.span, with: "", shown: "(remove it)")] : [])
    }

    private static func report(deadLetters step: StepSyntax, _ readers: [String: Reader], _ reports: Reports) {
        if step.verb == .deadletter, case .name(let name)? = step.subject?.kind, let reader = readers[name.text] {
            reports.add(
                Diagnostic(
                    .queueServesTwo, "queue `\(name.text)` is read, dead letters cannot be put there", at: name.span,
                    origins: [Diagnostic.Origin("`\(reader.route)` reads it", at: reader.span)],
                    notes: ["declare a queue for dead letters: `queue failed { keep 90d }`"]))
        }
        for inner in step.block?.steps ?? [] { report(deadLetters: inner, readers, reports) }
    }
}

extension RouteSyntax {
    /// `inbox` in `from queue inbox`.
    var queueThatIsRead: NameSyntax? {
        guard let first = block.steps.first, first.hasClauseForSubject,
            case .name(let name)? = first.clauses.first?.value.kind
        else { return nil }
        return name
    }
}
