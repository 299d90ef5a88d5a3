import Connecting

/// The SQL of one source, in the order of its key. Names are quoted; values are always parameters.
struct TableQueries {
    private let table: String
    private let columnNames: [String]
    private let columns: String
    private let key: [String]
    private let placeholders: [String]

    init(_ request: SourceRequest) {
        table = Self.quoted(request.table)
        columnNames = request.columns.map { Self.quoted($0.name) }
        columns = columnNames.joined(separator: ", ")
        let keyColumns = request.after.compactMap { index in
            request.columns.indices.contains(index) ? request.columns[index] : nil
        }
        key = keyColumns.map { Self.quoted($0.name) }
        // Text beside a DECIMAL would be compared as floating point.
        placeholders = keyColumns.map { $0.sqlType.hasPrefix("decimal") ? "CAST(? AS DECIMAL(65,30))" : "?" }
    }

    /// Whether a source has a single integer key, whose gaps can be known.
    static func keyKind(_ request: SourceRequest) -> PollingStateMachine.KeyKind {
        guard request.after.count == 1, let index = request.after.first, request.columns.indices.contains(index)
        else { return .composite }
        let type = request.columns[index].sqlType.lowercased()
        let isInteger = ["tinyint", "smallint", "mediumint", "int", "bigint"].contains { type.hasPrefix($0) }
        return isInteger ? .increasing : .composite
    }

    static func quoted(_ name: String) -> String {
        "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
    }

    /// How a question for whole rows begins.
    var wholeRows: String { "SELECT \(columns) FROM" }

    private var order: String { key.joined(separator: ", ") }
    private var isPresent: String { key.map { "\($0) IS NOT NULL" }.joined(separator: " AND ") }

    var newest: String {
        let descending = key.map { "\($0) DESC" }.joined(separator: ", ")
        return "SELECT \(order) FROM \(table) WHERE \(isPresent) ORDER BY \(descending) LIMIT ?"
    }

    /// The same question for the key alone, with the bytes that its row holds behind it.
    func keysOnly(_ sql: String) -> String {
        let size = columnNames.map { "COALESCE(OCTET_LENGTH(\($0)), 0)" }.joined(separator: " + ")
        return "SELECT \(order), \(size)" + sql.dropFirst("SELECT \(columns)".count)
    }

    func page(isBounded: Bool) -> String {
        select(isBounded ? "\(isPresent) AND \(above)" : isPresent)
    }

    func reread(isBounded: Bool) -> String {
        select(isBounded ? "\(above) AND \(through)" : "\(isPresent) AND \(through)")
    }

    /// Rows of a fixed number of ranges, so that one prepared statement serves them all.
    func gaps(count: Int) -> String {
        select(repeatElement("\(key.first ?? "NULL") BETWEEN ? AND ?", count: count).joined(separator: " OR "))
    }

    private func select(_ condition: String) -> String {
        "\(wholeRows) \(table) WHERE \(condition) ORDER BY \(order) LIMIT ?"
    }

    /// `(a > ? OR (a = ? AND b > ?))`, with `a >= ?` before it so that an index is used.
    private var above: String { comparison(outer: ">=", inner: ">", last: ">") }
    private var through: String { comparison(outer: "<=", inner: "<", last: "<=") }

    private func comparison(outer: String, inner: String, last: String) -> String {
        guard key.count > 1 else { return "\(key.first ?? "NULL") \(last) \(placeholders.first ?? "?")" }
        let alternatives = key.indices.map { index in
            let equal = key[..<index].indices.map { "\(key[$0]) = \(placeholders[$0])" }
            let sign = index == key.count - 1 ? last : inner
            return "(" + (equal + ["\(key[index]) \(sign) \(placeholders[index])"]).joined(separator: " AND ") + ")"
        }
        return "\(key[0]) \(outer) \(placeholders[0]) AND (\(alternatives.joined(separator: " OR ")))"
    }

    /// The parameters of `above` or `through`.
    static func parameters(_ parts: [KeyPart]) -> [KeyPart] {
        guard parts.count > 1, let first = parts.first else { return parts }
        return [first] + parts.indices.flatMap { Array(parts[...$0]) }
    }
}
