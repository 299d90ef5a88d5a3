import Message

extension RouteChecker {
    /// `from queue inbox as parcel`: jobs that other programs add.
    func readQueue(_ step: StepSyntax, _ clause: ClauseSyntax) {
        refuseClausesOfTables(step)
        checkClauses(step, ["queue", "as"] + Self.clausesOfTables, title: "`from queue`")
        guard case .name(let name) = clause.value.kind else {
            if case .unreadable = clause.value.kind { return }
            reports.add(
                Diagnostic(.unknownName, "`from queue` is followed by the queue's name", at: clause.value.span))
            return
        }
        guard let queue = declarations.queues[name.text] else {
            reports.unknown(
                .unknownName, "no queue named `\(name.text)`", name, known: declarations.queues.keys.sorted(),
                called: "declared")
            return
        }
        switch queue.holds {
        case .nothing: reportNoRecord(queue, name)
        case .unreadable: return
        case .record(let record): readQueue(step, name, record)
        }
    }

    private func readQueue(_ step: StepSyntax, _ name: NameSyntax, _ record: RecordType) {
        let value = expressions.frame.newValue()
        expressions.scope.message = Scope.Binding(slot: 0, value: value, type: .record(record), span: name.span)
        let slot = nameSlot(step, value, record)
        source = SourcePlan(queue: name.text, record: record, nameSlot: slot, span: name.span)
    }

    private static let clausesOfTables = ["after", "every", "batch", "start"]

    private func refuseClausesOfTables(_ step: StepSyntax) {
        for clause in step.clauses where Self.clausesOfTables.contains(clause.name.text) {
            reports.add(
                Diagnostic(
                    .unknownClause, "`\(clause.name.text)` is for tables: `from queue` has no such clause",
                    at: clause.name.span, label: "jobs are taken in their order, as they come",
                    edits: [.replace(clause.span, with: "", shown: "(remove it)")]))
        }
    }

    private func reportNoRecord(_ queue: Declarations.Queue, _ name: NameSyntax) {
        reports.add(
            Diagnostic(
                .missingClause, "queue `\(name.text)` does not say what its jobs hold", at: name.span,
                origins: queue.syntax.map { [Diagnostic.Origin("declared here", at: $0.name.span)] } ?? [],
                notes: ["`holds` names a record that is declared as `record Parcel { id int, note text? }`"],
                edits: queue.syntax.flatMap(editThatNamesRecord).map { [$0] } ?? []))
    }

    /// Where one record is declared it is the one that is meant, perhaps.
    private func editThatNamesRecord(_ queue: QueueSyntax) -> Diagnostic.Edit? {
        guard declarations.records.count == 1, let record = declarations.records.keys.first else { return nil }
        let shown = "queue \(queue.name.text) { holds \(record) }"
        if let first = queue.settings.first {
            return .insert("holds \(record), ", before: first.span, shown: shown)
        }
        guard queue.span.end == queue.name.span.end else { return nil }
        return .replace(queue.name.span.after, with: " { holds \(record) }", shown: shown)
    }

    // MARK: A queue where a table is expected

    /// `from inbox`, `from queue`.
    func reportNoTable(_ subject: ExpressionSyntax) {
        guard case .name(let name) = subject.unparenthesized.kind,
            name.text == "queue" || declarations.queues[name.text] != nil
        else {
            reports.add(
                Diagnostic(.unknownName, "`from` names a connection and a table, as `shop.orders`", at: subject.span))
            return
        }
        guard name.text != "queue" else {
            reports.add(
                Diagnostic(.unknownName, "`from queue` is followed by the queue's name", at: subject.span))
            return
        }
        reports.add(
            Diagnostic(
                .unknownName, "the jobs of queue `\(name.text)` are read by `from queue \(name.text)`",
                at: subject.span,
                edits: [.replace(subject.span, with: "queue \(name.text)", isCertain: true)]))
    }

    /// `from queue.inbox`.
    func reportQueueAsTable(_ subject: ExpressionSyntax, _ name: NameSyntax) {
        reports.add(
            Diagnostic(
                .unknownName, "a queue is named without a point", at: subject.span,
                edits: [
                    .replace(
                        subject.span, with: "queue \(name.text)", isCertain: declarations.queues[name.text] != nil)
                ]))
    }
}
