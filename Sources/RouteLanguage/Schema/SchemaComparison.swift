import Connecting

/// What changed in MySQL since the lock file was written, for the routes of one connection.
package struct SchemaDrift: Sendable {
    /// R0401, one a route: a column that it uses was dropped, retyped or made nullable.
    package var diagnostics: [Diagnostic] = []
    /// Routes that must not start. All others may.
    package var refusedRoutes: Set<String> = []
    /// Changes that hurt nobody, a sentence each.
    package var notes: [String] = []
}

/// Compares a lock file with the columns that a server has now. Pure: somebody else asked the server.
package enum SchemaComparison {
    /// - Parameters:
    ///   - connection: as the route files name it.
    ///   - live: every column of the tables that routes of this connection read; a table without any is gone.
    ///   - sources: what the plan was compiled from.
    package static func compare(
        _ plan: Plan, connection: String, live: [LiveColumn], sources: SourceSet
    ) -> SchemaDrift {
        var drift = SchemaDrift()
        let liveTables = Dictionary(grouping: live, by: \.table)
        for route in plan.routes {
            guard let index = route.source.connection, plan.connections[index].name == connection else { continue }
            guard let (lock, table) = lockTable(of: route, sources) else { continue }
            let changes = changes(of: table, route, liveTables[table.name] ?? [])
            for note in changes.harmless where !drift.notes.contains(note) { drift.notes.append(note) }
            guard !changes.harmful.isEmpty else { continue }
            drift.refusedRoutes.insert(route.name)
            drift.diagnostics.append(
                Diagnostic(
                    .columnChanged, "a column this route uses changed in MySQL",
                    at: route.source.span ?? table.span, label: "route `\(route.name)` does not start",
                    origins: changes.harmful.map { Diagnostic.Origin($0.text, at: $0.span) },
                    notes: ["`\(lock.path)` was pulled \(lock.pulled)"],
                    edits: [Diagnostic.Edit([], shown: "waybill schema pull \(connection)")]))
        }
        return drift
    }

    private static func lockTable(of route: RoutePlan, _ sources: SourceSet) -> (LockFile, LockFile.Table)? {
        guard let request = route.source.request,
            let position = sources.locks.firstIndex(where: { $0.path == route.source.lockPath })
        else { return nil }
        let lock = LockFile.parse(sources.locks[position], index: sources.routes.count + position).lock
        return lock.table(request.table).map { (lock, $0) }
    }

    struct Changes {
        var harmful: [(text: String, span: Span)] = []
        var harmless: [String] = []
    }

    private static func changes(of table: LockFile.Table, _ route: RoutePlan, _ live: [LiveColumn]) -> Changes {
        var changes = Changes()
        guard !live.isEmpty else {
            changes.harmful.append(("table \(table.name) is gone", table.span))
            return changes
        }
        let used = Set((route.source.request?.columns ?? []).map(\.name))
        for column in table.columns {
            let now = live.first { $0.name == column.name }
            guard let text = difference(column, now) else { continue }
            if used.contains(column.name), isHarmful(column, now) {
                changes.harmful.append(("\(column.name): \(text)", column.span))
            } else {
                changes.harmless.append("\(table.name).\(column.name): \(text)")
            }
        }
        let (before, after) = (table.primaryKey.map(\.name), live.filter(\.isKey).map(\.name))
        if Set(before) != Set(after) {
            let text = "primary key: lock \(list(before)), live \(list(after))"
            changes.harmful.append((text, table.span))
        }
        return changes
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

    /// nil: as the lock has it. Display widths do not count.
    private static func difference(_ column: LockFile.Column, _ live: LiveColumn?) -> String? {
        guard let live else { return "lock \(column.sqlText), live: dropped" }
        let shown = ColumnType.shown(live.sqlType)
        let isSame = shown == column.sqlType && live.isNullable == column.isNullable
        if isSame, !isRetyped(column, live) { return nil }
        if shown == "enum" || column.sqlType == "enum" {
            let (before, after) = (column.type.optional(if: column.isNullable), live.type.optional(if: live.isNullable))
            return "lock \(before), live \(after)"
        }
        return "lock \(column.sqlText), live \(shown)\(live.isNullable ? " null" : "")"
    }

    private static func isHarmful(_ column: LockFile.Column, _ live: LiveColumn?) -> Bool {
        guard let live else { return true }
        return isRetyped(column, live) || (live.isNullable && !column.isNullable)
    }

    /// Another type of the language: a wider VARCHAR is none, a wider DECIMAL is.
    private static func isRetyped(_ column: LockFile.Column, _ live: LiveColumn) -> Bool {
        switch (column.type, live.type) {
        case (.unusable, .unusable): false
        default: column.type != live.type
        }
    }
}
