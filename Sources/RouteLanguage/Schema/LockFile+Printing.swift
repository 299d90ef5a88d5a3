import Message

extension LockFile {
    /// The text of a lock file: tables sorted by name, a column a line in the order of the table, values aligned.
    ///
    /// - Parameters:
    ///   - serverVersion: as the server gives it: `10.11.19-MariaDB`.
    ///   - pulled: the day, `2026-11-24`.
    ///   - zones: the zone of DATETIME columns by `table.column`, kept from the lock file before.
    package static func text(
        of columns: [LiveColumn], serverVersion: String, pulled: String, zones: [String: String] = [:]
    ) -> String {
        let names = Set(columns.map(\.table)).sorted()
        let tables = names.map { name in
            table(name, columns.filter { $0.table == name }.sorted { $0.ordinal < $1.ordinal }, zones)
        }
        let body = tables.joined(separator: "\n")
        let fingerprint = SHA256.hex(Array(SHA256.digest(Array(body.utf8)).prefix(4)))
        return "# mysql \(serverVersion), pulled \(pulled), fingerprint \(fingerprint)\n\(body)"
    }

    private static func table(_ name: String, _ columns: [LiveColumn], _ zones: [String: String]) -> String {
        let rows = columns.map { column in
            [
                LockText.name(column.name),
                ColumnType.shown(column.sqlType) + (column.isNullable ? " null" : ""),
                "-> " + languageText(column),
                marks(column, zones["\(name).\(column.name)"]),
            ]
        }
        let widths = (0..<3).map { place in rows.map { $0[place].count }.max() ?? 0 }
        let lines = rows.map { row in
            var line = " "
            for place in 0..<4 where !row[place].isEmpty {
                line += (place == 0 ? " " : "  ") + row[place]
                if place < 3, !row[(place + 1)...].allSatisfy(\.isEmpty) {
                    line += String(repeating: " ", count: widths[place] - row[place].count)
                }
            }
            return line + "\n"
        }
        return "table \(LockText.name(name)) {\n\(lines.joined())}\n"
    }

    private static func languageText(_ column: LiveColumn) -> String {
        let mark = column.isNullable ? "?" : ""
        switch column.type {
        case .unusable: return "unusable" + mark
        case .oneOf(let words): return words.map(LockText.quoted).joined(separator: " | ") + mark
        case let type: return type.description + mark
        }
    }

    private static func marks(_ column: LiveColumn, _ zone: String?) -> String {
        var marks: [String] = []
        if column.isKey { marks.append("key") } else if column.isIndexed { marks.append("index") }
        if let zone { marks.append("zone \(LockText.quoted(zone))") }
        return marks.joined(separator: "  ")
    }
}
