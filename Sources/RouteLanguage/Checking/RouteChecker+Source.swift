import Connecting
import Message

extension RouteChecker {
    /// `from shop.orders as order after .id every 5s batch 500 start first`.
    func from(_ step: StepSyntax) {
        nameUnknownRow(step)
        if step.hasClauseForSubject, let clause = step.clauses.first { return readQueue(step, clause) }
        guard let subject = step.subject, let (connection, name) = sourceConnection(subject) else { return }
        guard let descriptor = connection.descriptor else { return }
        let title = "`from` \(Article.of(descriptor.name)) \(descriptor.name) connection"
        checkClauses(step, ["as"] + descriptor.source.map(\.name), title: title)
        guard let table = table(name, of: connection, at: subject.span) else { return }
        let row = rowType(table, of: connection)
        let value = expressions.frame.newValue()
        expressions.scope.message = Scope.Binding(slot: 0, value: value, type: .record(row), span: subject.span)
        let after = afterColumns(step, table, subject.span)
        sourceScope = SourceScope(
            table: table, tableSpan: subject.span, after: step.clause("after"), afterColumns: after, row: value,
            connection: connection)
        let slot = nameSlot(step, value, row)
        guard !after.isEmpty else { return }
        source = sourcePlan(step, connection, table, row, after: after, slot: slot)
    }

    /// The connection and the table in `shop.orders`.
    private func sourceConnection(_ subject: ExpressionSyntax) -> (Declarations.Connection, NameSyntax)? {
        guard case .member(let base, let table, _) = subject.unparenthesized.kind, case .name(let name) = base.kind
        else {
            if case .unreadable = subject.kind { return nil }
            reportNoTable(subject)
            return nil
        }
        if name.text == "queue", declarations.connections["queue"] == nil {
            reportQueueAsTable(subject, table)
            return nil
        }
        guard let connection = declarations.connections[name.text] else {
            reports.unknown(
                .unknownName, "no connection named `\(name.text)`", name,
                known: declarations.connectionPlans.map(\.name), called: "declared")
            return nil
        }
        if let descriptor = connection.descriptor, descriptor.source.isEmpty {
            reports.add(
                Diagnostic(
                    .wrongSettingValue,
                    "`\(name.text)` is \(Article.of(descriptor.name)) \(descriptor.name) connection, nothing is read from it",
                    at: name.span, origins: [Diagnostic.Origin("declared here", at: connection.syntax.name.span)]))
            return nil
        }
        return (connection, table)
    }

    private func table(_ name: NameSyntax, of connection: Declarations.Connection, at span: Span) -> LockFile.Table? {
        let owner = connection.plan.name
        guard let lock = connection.lock else {
            guard !connection.syntax.settings.contains(where: { $0.name.text == "schema" }) else { return nil }
            let edit = connection.syntax.settings.last.map {
                Diagnostic.Edit.replace(
                    $0.span.after, with: ", schema \"schema/\(owner).lock\"", shown: "schema \"schema/\(owner).lock\"")
            }
            reports.add(
                Diagnostic(
                    .missingClause, "the columns of `\(reports.text(span))` are not known: `\(owner)` has no `schema`",
                    at: span, origins: [Diagnostic.Origin("declared here", at: connection.syntax.name.span)],
                    notes: ["`waybill schema pull \(owner)` writes the file"], edits: edit.map { [$0] } ?? []))
            return nil
        }
        if let table = lock.table(name.text) { return table }
        reports.unknown(
            .unknownName, "`\(owner)` has no table `\(name.text)`", name, known: lock.tables.map(\.name),
            called: "tables of \(lock.path)")
        return nil
    }

    private func rowType(_ table: LockFile.Table, of connection: Declarations.Connection) -> RecordType {
        let name = "\(connection.plan.name).\(table.name)"
        let read = table.columns.filter { columns?.contains($0.name) ?? true }
        let fields = read.map { column in
            RecordType.Field(
                name: column.name, type: column.type.optional(if: column.isNullable), span: column.span,
                origin: "\(name).\(column.name) is `\(column.sqlText)`")
        }
        return RecordType(name: name, fields: fields, isSourceRow: true)
    }

    /// Where the table cannot be read its name is still a name: later steps are not to blame.
    private func nameUnknownRow(_ step: StepSyntax) {
        guard let clause = step.clause("as"), case .name(let name) = clause.value.kind else { return }
        expressions.scope.names[name.text] = Scope.Binding(
            slot: 0, value: expressions.scope.message.value, type: .unknown, span: name.span)
    }

    func nameSlot(_ step: StepSyntax, _ value: ValueID, _ row: RecordType) -> Int? {
        guard let clause = step.clause("as") else { return nil }
        guard case .name(let name) = clause.value.kind else {
            reports.add(Diagnostic(.unknownName, "`as` gives a name", at: clause.value.span))
            return nil
        }
        let slot = expressions.frame.newSlot(name.text)
        expressions.scope.names[name.text] = Scope.Binding(
            slot: slot, value: value, type: .record(row), span: name.span)
        return slot
    }

    // MARK: The cursor

    /// The columns that order the rows, ending with the primary key.
    private func afterColumns(_ step: StepSyntax, _ table: LockFile.Table, _ span: Span) -> [String] {
        let key = table.primaryKey.map(\.name)
        guard let clause = step.clause("after") else {
            if key.isEmpty {
                reports.add(
                    Diagnostic(
                        .missingClause, "table `\(table.name)` has no primary key", at: span,
                        notes: ["name the columns that are unique and grow: `after [.a, .b]`"]))
            }
            for column in key { use(column, table) }
            return key
        }
        var names: [String] = []
        for element in clause.value.elements {
            guard let column = cursorColumn(element, table) else { continue }
            names.append(column.name)
        }
        let missing = key.filter { !names.contains($0) }
        if !missing.isEmpty, !names.isEmpty { adviseOnCursor(clause, names, missing) }
        let all = names + missing
        for column in all { use(column, table) }
        return names.isEmpty ? [] : all
    }

    private func use(_ column: String, _ table: LockFile.Table) {
        guard case .record(let row) = expressions.scope.message.type else { return }
        expressions.use.takes(column, of: row)
    }

    private func cursorColumn(_ element: ExpressionSyntax, _ table: LockFile.Table) -> LockFile.Column? {
        guard case .field = element.kind else {
            if case .unreadable = element.kind { return nil }
            reports.add(Diagnostic(.wrongSettingValue, "`after` names columns, as `.id`", at: element.span))
            return nil
        }
        let checked = expressions.check(element)
        guard case .field(let name) = element.kind, let column = table.column(name.text) else { return nil }
        if checked.type.isUnknown { return nil }
        if column.isNullable || !column.type.isOrdered {
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "`after` cannot follow `.\(name.text)`", at: element.span,
                    label: column.isNullable ? "rows without it would never be read" : "it has no order",
                    origins: [Diagnostic.Origin("\(table.name).\(name.text) is `\(column.sqlText)`", at: column.span)]))
            return nil
        }
        return column
    }

    private func adviseOnCursor(_ clause: ClauseSyntax, _ names: [String], _ missing: [String]) {
        let list = (names + missing).map { ".\($0)" }.joined(separator: ", ")
        reports.add(
            Diagnostic(
                .cursorCanSkip, severity: .warning, "this cursor can skip rows", at: clause.span,
                origins: [Diagnostic.Origin("\(names.map { "`.\($0)`" }.joined(separator: ", ")) is not unique")],
                edits: [.replace(clause.value.span, with: "[\(list)]", shown: "after [\(list)]")]))
    }

    /// W0702: a filter looks at a column that can change, and `after .id` sees a row once.
    func adviseOnChanges(_ condition: ExpressionSyntax) {
        guard line == nil, let sourceScope else { return }
        let key = sourceScope.table.primaryKey.map(\.name)
        guard sourceScope.afterColumns == key else { return }
        let names = expressions.scope.names(of: sourceScope.row)
        guard expressions.scope.message.value == sourceScope.row,
            let (column, span) = condition.firstColumn(
                names: names,
                where: { name in
                    !key.contains(name) && sourceScope.table.column(name) != nil
                })
        else { return }
        let marker = sourceScope.table.columns.first { column in
            guard [.datetime, .instant].contains(column.type), !column.isNullable, column.isIndexed else {
                return false
            }
            return ["updated", "modified", "changed"].contains { column.name.lowercased().contains($0) }
        }
        let order = key.map { ".\($0)" }.joined(separator: ", ")
        var edits: [Diagnostic.Edit] = []
        if let marker, let after = sourceScope.after {
            let text = "[.\(marker.name), \(order)]"
            edits = [.replace(after.value.span, with: text, shown: "after \(text)")]
        }
        reports.add(
            Diagnostic(
                .changeSeenBySweepOnly, severity: .warning, "a row that changes later is only seen by the sweep",
                at: span, label: "`.\(column)` can change",
                origins: [
                    Diagnostic.Origin(
                        "`after \(order)` sees a row once, the sweep hourly for 24 h", at: sourceScope.after?.span)
                ], edits: edits))
    }

    // MARK: The plan

    private func sourcePlan(
        _ step: StepSyntax, _ connection: Declarations.Connection, _ table: LockFile.Table, _ row: RecordType,
        after: [String], slot: Int?
    ) -> SourcePlan? {
        let read = row.fields.compactMap { table.column($0.name) }
        let position = Dictionary(
            read.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { a, _ in a })
        let key = table.primaryKey.isEmpty ? after : table.primaryKey.map(\.name)
        let request = SourceRequest(
            table: table.name,
            columns: read.map { SourceRequest.Column(name: $0.name, sqlType: $0.sqlType) },
            after: after.compactMap { position[$0] }, primaryKey: key.compactMap { position[$0] },
            everyMilliseconds: duration(step.clause("every"), or: 5_000),
            batch: Int(integer(step.clause("batch"), in: batchRange(connection), or: 500)),
            start: start(step.clause("start")))
        return SourcePlan(
            connection: connection.index, request: request, shape: row.shape, record: row, nameSlot: slot,
            span: sourceScope?.tableSpan, lockPath: connection.lock?.path)
    }

    /// As the connector bounds it.
    private func batchRange(_ connection: Declarations.Connection) -> ClosedRange<Int64> {
        guard case .integer(let range)? = connection.descriptor?.source.first(where: { $0.name == "batch" })?.kind
        else {
            return 1...10_000
        }
        return range
    }

    func duration(_ clause: ClauseSyntax?, or standard: Int64) -> Int64 {
        guard let clause else { return standard }
        if case .measure(let measure) = clause.value.kind, let value = measure.milliseconds, value > 0 { return value }
        wrong(clause, "`\(clause.name.text)` needs a time, as 5s")
        return standard
    }

    func integer(_ clause: ClauseSyntax?, in range: ClosedRange<Int64>, or standard: Int64) -> Int64 {
        guard let clause else { return standard }
        if case .number(let number) = clause.value.kind, let value = number.integer, range.contains(value) {
            return value
        }
        wrong(clause, "`\(clause.name.text)` is a whole number from \(range.lowerBound) to \(range.upperBound)")
        return standard
    }

    func wrong(_ clause: ClauseSyntax, _ message: String) {
        if case .unreadable = clause.value.kind { return }
        reports.add(Diagnostic(.wrongSettingValue, message, at: clause.value.span))
    }

    private func start(_ clause: ClauseSyntax?) -> SourceRequest.StartPosition {
        switch clause?.value.kind {
        case nil: return .now
        case .name(let word)? where word.text == "first": return .first
        case .name(let word)? where word.text == "now": return .now
        case .number(let number)?:
            if let id = number.integer { return .after(id) }
        default: break
        }
        if let clause { wrong(clause, "`start` is `first`, `now` or an id") }
        return .now
    }
}
