import Message

extension RouteChecker {
    /// Steps of a block. False: none of them lets a message go on behind the block.
    func steps(_ block: BlockSyntax?, id: String) -> Bool {
        var goesOn = true
        for (position, step) in (block?.steps ?? []).enumerated() {
            goesOn = self.step(step, id: "\(id)/\(position + 1)") && goesOn
        }
        return goesOn
    }

    /// One step. False: the message ends here.
    func step(_ step: StepSyntax, id: String) -> Bool {
        if line != nil { messagesBelow.insert(expressions.scope.message.type) }
        switch step.verb {
        case .set: keepingBytes { set(step) }
        case .let: keepingBytes { bind(step) }
        case .filter: filter(step)
        case .validate: validate(step)
        case .unique: uniqueKey(step)
        case .through: through(step)
        case .map: keepingBytes { map(step) }
        case .choose: return choose(step, id: id)
        case .split: split(step, id: id)
        case .fanout: fanout(step, id: id)
        case .to: deliver(step, id: id)
        case .bill: bill(step, id: id)
        case .log: log(step, id: id)
        case .stop:
            checkClauses(step, [])
            code.append(.stop)
            return false
        case .deadletter:
            deadLetter(step, id: id)
            return false
        case .from: misplaced(step, "`from` is the first step of a route, once")
        case .when, .otherwise: misplaced(step, "`\(step.verb.rawValue)` stands inside `choose { ... }`")
        case .on: misplaced(step, "`on error` stands in the route itself, behind its steps")
        case .given, .expect: misplaced(step, "`\(step.verb.rawValue)` stands inside `test`")
        case .reorder, .enrich, .remove, .tap, .throttle, .delay, .loop, .run, .recipients, .fail, .breaker, .aggregate:
            reports.notYet(step.verb.rawValue, at: step.verbSpan)
        }
        return true
    }

    /// What is named or made here may be delivered: it must be the same on every attempt.
    private func keepingBytes(_ body: () -> Void) {
        let place = expressions.place
        expressions.place = .delivery
        body()
        expressions.place = place
    }

    func misplaced(_ step: StepSyntax, _ message: String) {
        reports.add(Diagnostic(.misplacedStep, message, at: step.verbSpan))
    }

    /// Every clause of a step is one that its verb knows, once.
    func checkClauses(_ step: StepSyntax, _ known: [String], title: String? = nil) {
        var seen: Set<String> = []
        for clause in step.clauses {
            if !known.contains(clause.name.text) {
                reports.unknown(
                    .unknownClause, "\(title ?? "`\(step.verb.rawValue)`") has no clause `\(clause.name.text)`",
                    clause.name, known: known, called: "clauses")
            } else if !seen.insert(clause.name.text).inserted {
                reports.add(
                    Diagnostic(
                        .clauseTwice, "`\(clause.name.text)` stands here twice", at: clause.name.span,
                        edits: [.replace(clause.span, with: "", shown: "(remove it)")]))
            }
        }
    }

    // MARK: Conditions

    private func filter(_ step: StepSyntax) {
        checkClauses(step, [])
        guard let subject = step.subject else { return }
        adviseOnChanges(subject)
        let condition = expressions.condition(subject, for: "`filter`")
        code.append(.filter(condition.expression))
        expressions.scope.present.formUnion(condition.whenTrue)
    }

    private func validate(_ step: StepSyntax) {
        checkClauses(step, ["else"])
        guard let subject = step.subject else { return }
        let condition = expressions.condition(subject, for: "`validate`")
        var reason = Expression.constant(.text("`\(reports.text(subject.span))` does not hold"))
        if let clause = step.clause("else") {
            reason = expressions.text(of: clause.value, for: .plain, "`else`").expression
        }
        code.append(.validate(condition.expression, reason: reason))
        expressions.scope.present.formUnion(condition.whenTrue)
    }

    // MARK: Names and fields

    private func bind(_ step: StepSyntax) {
        guard let value = step.value, let name = step.boundName else { return }
        let checked = expressions.check(value)
        if let known = expressions.scope.names[name.text] {
            reports.add(
                Diagnostic(
                    .declaredTwice, "`\(name.text)` is a name already", at: name.span,
                    origins: [Diagnostic.Origin("first named here", at: known.span)],
                    edits: [.replace(name.span, with: "\(name.text)_2")]))
        }
        let slot = expressions.frame.newSlot(name.text)
        expressions.scope.names[name.text] = Scope.Binding(
            slot: slot, value: expressions.frame.newValue(), type: checked.type, span: name.span)
        code.append(.setSlot(slot, checked.expression))
    }

    /// Changes the message in place: every name of the same message sees it.
    private func set(_ step: StepSyntax) {
        guard let target = step.subject, let value = step.value else { return }
        guard let place = self.target(target) else {
            _ = expressions.check(value)
            return
        }
        let checked = expressions.check(value, expecting: place.field.type)
        let assigned = expressions.assign(checked, to: place.field)
        code.append(.setField(path: place.positions, assigned.expression))
        let before = expressions.scope.message.value
        let after = expressions.frame.newValue()
        moveFacts(from: before, to: after, except: place.names)
        if place.field.type.isOptional, !assigned.type.isOptional, !assigned.type.isUnknown {
            expressions.scope.present.insert(Path(root: after, fields: place.names))
        }
        for name in expressions.scope.names(of: before) {
            expressions.scope.names[name]?.value = after
            if let slot = expressions.scope.names[name]?.slot { code.append(.setSlot(slot, .slot(0))) }
        }
        expressions.scope.message.value = after
        if expressions.guardStep?.values.contains(before) == true, line == nil {
            expressions.guardStep?.values = [after]
        }
    }

    private func moveFacts(from before: ValueID, to after: ValueID, except changed: [String]) {
        let moved = expressions.scope.present.compactMap { path -> Path? in
            guard path.root == before else { return path }
            if path.fields.starts(with: changed) { return nil }
            return Path(root: after, fields: path.fields)
        }
        expressions.scope.present = Set(moved)
    }

    private struct Target {
        let names: [String]
        let positions: [Int]
        let field: RecordType.Field
    }

    /// `.a.b` as positions from the message down.
    private func target(_ syntax: ExpressionSyntax) -> Target? {
        var names: [NameSyntax] = []
        var current = syntax.unparenthesized
        while case .member(let base, let name, isOptional: false) = current.kind {
            names.insert(name, at: 0)
            current = base
        }
        guard case .field(let first) = current.kind else {
            if case .unreadable = current.kind { return nil }
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "`set` changes a field of the message, as `set .note = \"x\"`", at: syntax.span,
                    notes: ["`let name = ...` gives a value a name"]))
            return nil
        }
        names.insert(first, at: 0)
        let checked = expressions.check(syntax)
        if checked.type.isUnknown { return nil }
        return resolve(names)
    }

    private func resolve(_ names: [NameSyntax]) -> Target? {
        var type = expressions.scope.message.type
        var positions: [Int] = []
        var field: RecordType.Field?
        for name in names {
            guard case .record(let record) = type, let position = record.position(of: name.text) else {
                reports.add(
                    Diagnostic(.wrongSettingValue, "`set` cannot reach into `.\(name.text)`", at: name.span))
                return nil
            }
            positions.append(position)
            field = record.fields[position]
            type = record.fields[position].type
        }
        return field.map { Target(names: names.map(\.text), positions: positions, field: $0) }
    }

    private func map(_ step: StepSyntax) {
        checkClauses(step, [])
        guard let subject = step.subject else { return }
        expressions.mapVerb = step.verbSpan
        let checked = expressions.check(subject)
        expressions.mapVerb = nil
        guard case .record(let record) = checked.type else {
            if !checked.type.isUnknown {
                reports.add(
                    Diagnostic(
                        .typesDoNotMeet, "`map` makes a record, this is \(checked.type.kind)", at: subject.span))
            }
            return
        }
        let title = record.name.map { "map \($0)" } ?? "map"
        let old = expressions.scope.message
        expressions.scope.former.append(
            Scope.FormerMessage(value: old.value, type: old.type, replacedBy: title, span: step.verbSpan))
        expressions.scope.uncertainty = nil
        expressions.scope.message = Scope.Binding(
            slot: 0, value: expressions.frame.newValue(), type: checked.type, span: step.span)
        code.append(.map(checked.expression))
    }

    private func log(_ step: StepSyntax, id: String) {
        checkClauses(step, [])
        guard let subject = step.subject else { return }
        code.append(.log(expressions.text(of: subject, for: .plain, "`log`").expression, step: StepID(id)))
    }

    private func deadLetter(_ step: StepSyntax, id: String) {
        checkClauses(step, [])
        guard let subject = step.subject, let index = queue(subject) else { return }
        code.append(.deadLetter(queue: index, step: StepID(id)))
    }

    /// A declared queue that a step names.
    func queue(_ subject: ExpressionSyntax) -> Int? {
        guard case .name(let name) = subject.unparenthesized.kind else {
            if case .unreadable = subject.kind { return nil }
            reports.add(Diagnostic(.unknownName, "this step names a queue", at: subject.span))
            return nil
        }
        if declarations.queues[name.text] != nil { return queues.index(of: name.text) }
        reports.unknown(
            .unknownName, "no queue named `\(name.text)`", name, known: declarations.queues.keys.sorted(),
            called: "declared")
        return nil
    }
}

extension StepSyntax {
    /// The name that `let` binds.
    var boundName: NameSyntax? {
        switch subject?.unparenthesized.kind {
        case .name(let name)?: name
        default: nil
        }
    }
}
