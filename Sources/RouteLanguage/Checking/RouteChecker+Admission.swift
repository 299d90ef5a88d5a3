import Message

extension RouteChecker {
    /// `unique by .id within 30d`. The key is taken where it is written: if the message changes before the line, a slot
    /// keeps it.
    func uniqueKey(_ step: StepSyntax) {
        checkClauses(step, ["by", "within"])
        if line != nil { return misplaced(step, "`unique` stands above `through`: the key is recorded there") }
        if unique != nil { return misplaced(step, "a route has one `unique`; a list makes one key of several values") }
        guard let by = step.clause("by") else {
            reports.add(
                Diagnostic(
                    .missingClause, "`unique` needs `by`", at: step.verbSpan,
                    edits: [.replace(step.verbSpan.after, with: " by .id", shown: "unique by .id")]))
            return
        }
        let within = duration(step.clause("within"), or: 30 * 86_400_000)
        guard let key = key(by.value) else { return }
        guard changesMessageAboveLine(behind: step) else {
            unique = UniquePlan(key: key, withinMilliseconds: within)
            return
        }
        let slot = expressions.frame.newSlot("unique")
        code.append(.setSlot(slot, key))
        unique = UniquePlan(key: .slot(slot), withinMilliseconds: within)
    }

    /// One value, or a list of them.
    private func key(_ syntax: ExpressionSyntax) -> Expression? {
        let parts = syntax.elements.map {
            expressions.demand(expressions.check($0), "a key needs a value that is present")
        }
        var isBroken = false
        for part in parts where !part.type.isPrintable || part.type == .float {
            reports.add(
                Diagnostic(
                    .typesDoNotMeet, "\(part.type.kind) is no key", at: part.span, label: "it has no text of its own"))
            isBroken = true
        }
        if isBroken || parts.contains(where: \.type.isUnknown) { return nil }
        return parts.count == 1 ? parts[0].expression : .list(parts.map(\.expression))
    }

    private func changesMessageAboveLine(behind step: StepSyntax) -> Bool {
        let rest = route.block.steps.drop { $0.span.start <= step.span.start }
        return rest.prefix { $0.verb != .through && !$0.needsLine }.contains(where: \.changesMessage)
    }

    /// `through outbox workers 8`.
    func through(_ step: StepSyntax) {
        checkClauses(step, ["workers"])
        guard isTopLevel(step) else { return misplaced(step, "`through` stands in the route itself, not in a block") }
        if line != nil { return misplaced(step, "a route has one `through`, above its first step that does I/O") }
        let workers = step.clause("workers").map { Int(integer($0, in: 1...10_000, or: 64)) }
        guard let index = step.subject.flatMap({ queue($0) }) else { return passImplicitLine(workers: workers) }
        passLine(index, key: declarations.queues[queues.plans[index].name]?.key, workers: workers)
    }

    private func isTopLevel(_ step: StepSyntax) -> Bool {
        route.block.steps.contains { $0.span == step.span }
    }

    /// Where none is written: a queue named after the route, before the first step that does I/O.
    func passLineIfNone(at span: Span) {
        guard line == nil else { return }
        passImplicitLine(workers: nil)
    }

    private func passImplicitLine(workers: Int?) {
        let read = source?.queue.flatMap { declarations.queues[$0] }
        let queue = queues.implicit(route.name.text, like: read?.plan)
        passLine(queue, key: declarations.queues[route.name.text]?.key ?? read?.key, workers: workers)
    }

    private func passLine(_ queue: Int, key: ExpressionSyntax?, workers: Int?) {
        let orderingKey = key.flatMap { self.key($0) }
        line = DurabilityLine(
            intake: code + [.end], queue: queue, workers: workers, orderingKey: orderingKey, scope: expressions.scope)
        code = []
    }
}

extension StepSyntax {
    /// Replaces or changes the current message, itself or in its block.
    var changesMessage: Bool {
        switch verb {
        case .set, .map: true
        case .choose, .when, .otherwise: block?.steps.contains(where: \.changesMessage) ?? false
        case .let, .unique, .reorder, .breaker, .aggregate, .fanout, .stop, .from, .filter, .validate, .through,
            .enrich,
            .remove, .tap, .throttle, .delay, .loop, .split, .run, .to, .recipients, .bill, .on, .deadletter, .log,
            .fail,
            .given, .expect:
            false
        }
    }
}
