import Message

extension RouteChecker {
    /// `choose { when ... otherwise ... }`: the branches share the message; the first that holds runs.
    func choose(_ step: StepSyntax, id: String) -> Bool {
        checkClauses(step, [])
        let before = expressions.scope
        let pendingBefore = pending
        var untaken = before
        var ways: [Scope] = []
        var pendingAfter: Set<Int> = []
        var jumps: [Int] = []
        var hasOtherwise = false
        let group = newAlternatives()
        for (position, branch) in (step.block?.steps ?? []).enumerated() {
            if hasOtherwise { misplaced(branch, "nothing stands behind `otherwise`") }
            expressions.scope = untaken
            var test: Int?
            switch branch.verb {
            case .when:
                guard let subject = branch.subject else { continue }
                checkClauses(branch, [])
                let condition = expressions.condition(subject, for: "`when`")
                test = code.count
                code.append(.branch(condition.expression, otherwise: 0))
                untaken.present.formUnion(condition.whenFalse)
                expressions.scope.present.formUnion(condition.whenTrue)
            case .otherwise:
                hasOtherwise = true
            default:
                misplaced(branch, "`choose` holds `when` and `otherwise`, no other step")
                continue
            }
            pending = pendingBefore
            alternatives.append(Alternative(group: group, branch: position))
            let goesOn = steps(branch.block, id: "\(id)/\(position + 1)")
            alternatives.removeLast()
            if goesOn {
                ways.append(expressions.scope)
                pendingAfter.formUnion(pending)
                jumps.append(code.count)
                code.append(.jump(0))
            }
            if let test, case .branch(let condition, _) = code[test] {
                code[test] = .branch(condition, otherwise: code.count)
            }
        }
        if !hasOtherwise {
            ways.append(untaken)
            pendingAfter.formUnion(pendingBefore)
        }
        for jump in jumps { code[jump] = .jump(code.count) }
        expressions.scope = Scope.joined(ways, into: before)
        pending = pendingAfter
        return !ways.isEmpty
    }

    /// `split .labels as label workers 4 { ... }`: a child per item, with names of the message around it.
    func split(_ step: StepSyntax, id: String) {
        checkClauses(step, ["as", "workers"])
        guard let subject = step.subject else { return }
        if line == nil { return misplaced(step, "`split` stands below `through`") }
        let list = expressions.elements(expressions.demand(expressions.check(subject), "`split` needs a list"))
        var item: Type = .unknown
        switch list.type {
        case .list(let element): item = element
        case .unknown: break
        default:
            reports.add(
                Diagnostic(
                    .typesDoNotMeet, "`split` needs a list, this is \(list.type.kind)", at: subject.span,
                    origins: list.origin.map { [$0] } ?? []))
        }
        let workers = step.clause("workers").map { Int(integer($0, in: 1...10_000, or: 64)) }
        inOwnCopy {
            let value = expressions.frame.newValue()
            let slot = itemSlot(step, value, item)
            let before = expressions.scope.message
            expressions.scope.former.append(
                Scope.FormerMessage(value: before.value, type: before.type, replacedBy: "split", span: step.verbSpan))
            expressions.scope.message = Scope.Binding(slot: 0, value: value, type: item, span: subject.span)
            expressions.scope.uncertainty = nil
            let start = code.count
            code.append(.jump(0))
            code.append(.jump(0))
            items.append(value)
            _ = steps(step.block, id: id)
            items.removeLast()
            code.append(.end)
            code[start] = .split(
                SplitPlan(step: StepID(id), items: list.expression, itemSlot: slot, body: start + 2, workers: workers))
            code[start + 1] = .jump(code.count)
        }
    }

    private func itemSlot(_ step: StepSyntax, _ value: ValueID, _ type: Type) -> Int? {
        guard let clause = step.clause("as") else { return nil }
        guard case .name(let name) = clause.value.kind else {
            reports.add(Diagnostic(.unknownName, "`as` gives a name", at: clause.value.span))
            return nil
        }
        let slot = expressions.frame.newSlot(name.text)
        expressions.scope.names[name.text] = Scope.Binding(slot: slot, value: value, type: type, span: name.span)
        return slot
    }

    /// `fanout { to a ... to b ... }`: each step works on a copy of its own; a `bill` belongs to the step above it.
    func fanout(_ step: StepSyntax, id: String) {
        checkClauses(step, [])
        if line == nil { return misplaced(step, "`fanout` stands below `through`") }
        let start = code.count
        code.append(.jump(0))
        code.append(.jump(0))
        var branches: [Int] = []
        var group: [(StepSyntax, Int)] = []
        let all = Array((step.block?.steps ?? []).enumerated())
        let alternative = -newAlternatives()
        for (position, branch) in all {
            group.append((branch, position))
            let isLast = position + 1 == all.count
            if !isLast, all[position + 1].element.verb == .bill { continue }
            branches.append(code.count)
            alternatives.append(Alternative(group: alternative, branch: position))
            defer { alternatives.removeLast() }
            inOwnCopy {
                for (step, position) in group { _ = self.step(step, id: "\(id)/\(position + 1)") }
                code.append(.end)
            }
            group = []
        }
        code[start] = .fanout(FanoutPlan(step: StepID(id), branches: branches))
        code[start + 1] = .jump(code.count)
    }

    /// What happens to a copy stays there: scope and deliveries of the message around it are as before.
    private func inOwnCopy(_ body: () -> Void) {
        let (scope, pendingBefore) = (expressions.scope, pending)
        pending = []
        body()
        (expressions.scope, pending) = (scope, pendingBefore)
    }

    /// `on error only [4xx] { ... }`: entered with the message as it was where it failed, so that only what was known at
    /// the durability line can be relied on.
    func handler(_ step: StepSyntax, id: String) {
        checkClauses(step, ["only"])
        guard case .name(let word)? = step.subject?.unparenthesized.kind, word.text == "error" else {
            if let subject = step.subject {
                reports.add(
                    Diagnostic(
                        .unknownName, "`on` knows only `error`", at: subject.span,
                        edits: [.replace(subject.span, with: "error", isCertain: true)]))
            }
            return
        }
        hasHandler = true
        guard let line else { return }
        let only = step.clause("only").flatMap { PolicyChecker(reports: reports).filter($0.value) }
        expressions.scope = handlerScope(line)
        expressions.place = .handler
        expressions.guardStep = nil
        defer { expressions.place = .steps }
        pending = []
        handlers.append(HandlerPlan(only: only, body: code.count))
        alternatives.append(Alternative(group: 0, branch: handlers.count))
        _ = steps(step.block, id: id)
        alternatives.removeLast()
        code.append(.end)
    }

    private func handlerScope(_ line: DurabilityLine) -> Scope {
        var scope = line.scope
        if messagesBelow.contains(where: { $0 != scope.message.type }) {
            scope.uncertainty = "a failure may come before or after the message was replaced"
            scope.message.value = expressions.frame.newValue()
        }
        if changesBelow { scope.present = [] }
        return scope
    }

    /// A `set` below the line can take a value away that was present at the line.
    private var changesBelow: Bool {
        code.contains { if case .setField = $0 { true } else { false } }
    }

    /// A route that delivers says what happens to what fails.
    func reportUnhandledFailures() {
        guard !deliveries.isEmpty, !hasHandler else { return }
        let close = Span(file: route.block.span.file, start: route.block.span.end - 1, end: route.block.span.end)
        let known = declarations.queues.keys.sorted()
        let named = ["failed", "dead", "deadletter", "errors"].first { known.contains($0) }
        let queue = named ?? "failed"
        let step = "on error { deadletter \(queue) }"
        var replacements = [Diagnostic.Edit.Replacement(close.before, "  \(step)\n")]
        if named == nil {
            replacements.append(Diagnostic.Edit.Replacement(route.span.before, "queue \(queue) { keep 90d }\n\n"))
        }
        reports.add(
            Diagnostic(
                .failureUnhandled, "route `\(route.name.text)` delivers and says nothing about failures",
                at: route.name.span, notes: ["what cannot be delivered needs a place where somebody sees it"],
                edits: [Diagnostic.Edit(replacements, shown: step)]))
    }
}
