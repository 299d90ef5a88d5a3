/// The tables of a database as `information_schema` describes them: what `waybill schema pull` writes down and the live
/// comparison looks at.
package struct MySQLSchema: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        package let table: String
        package let name: String
        /// `decimal(12,2)`, `bigint unsigned`; `json` also where MariaDB keeps it as text with a check.
        package let sqlType: String
        package let isNullable: Bool
        package let isPrimaryKey: Bool
        /// The first column of an index.
        package let isIndexed: Bool
        /// From 1, as in the table.
        package let ordinal: Int
    }

    package let serverVersion: String
    /// By table, then by ordinal.
    package let columns: [Column]

    /// Asks for all tables and views of the connection's database.
    package static func pull(_ address: MySQLAddress) throws(MySQLFailure) -> MySQLSchema {
        try pull(MySQLHandle(address))
    }

    package static func pull(_ handle: MySQLHandle) throws(MySQLFailure) -> MySQLSchema {
        let json = try jsonColumns(handle)
        let indexed = try indexedColumns(handle)
        let rows = try handle.rows(
            """
            SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_KEY, ORDINAL_POSITION
            FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION
            """)
        let columns = rows.compactMap { row -> Column? in
            guard row.count == 6, let table = row[0], let name = row[1], let type = row[2] else { return nil }
            return Column(
                table: table, name: name, sqlType: json.contains([table, name]) ? "json" : type,
                isNullable: row[3] == "YES", isPrimaryKey: row[4] == "PRI", isIndexed: indexed.contains([table, name]),
                ordinal: row[5].flatMap { Int($0) } ?? 0)
        }
        return MySQLSchema(serverVersion: handle.serverVersion, columns: columns)
    }

    private static func indexedColumns(_ handle: MySQLHandle) throws(MySQLFailure) -> Set<[String]> {
        let rows = try handle.rows(
            """
            SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS
            WHERE TABLE_SCHEMA = DATABASE() AND SEQ_IN_INDEX = 1
            """)
        return Set(rows.map { $0.compactMap { $0 } })
    }

    /// MariaDB's JSON columns show only by the check that they carry.
    private static func jsonColumns(_ handle: MySQLHandle) throws(MySQLFailure) -> Set<[String]> {
        guard handle.serverVersion.contains("MariaDB") else { return [] }
        let rows = try handle.rows(
            """
            SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
            WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json_valid(%'
            """)
        return Set(
            rows.compactMap { row in
                guard row.count == 2, let table = row[0], let clause = row[1], clause.hasSuffix("`)") else {
                    return nil
                }
                return [table, String(clause.dropFirst("json_valid(`".count).dropLast("`)".count))]
            })
    }
}
