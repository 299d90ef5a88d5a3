/// A `schema/*.lock` file: what `waybill schema pull` wrote, so that `check` works without a network.
package struct LockFile: Sendable {
    package struct Table: Sendable, Hashable {
        package let name: String
        package let columns: [Column]
        package let span: Span

        package func column(_ name: String) -> Column? { columns.first { $0.name == name } }
        package var primaryKey: [Column] { columns.filter(\.isKey) }
    }

    package struct Column: Sendable, Hashable {
        package let name: String
        /// As `information_schema` writes it, but for the words of an enum: `decimal(12,2)`, `bigint unsigned`.
        package let sqlType: String
        package let isNullable: Bool
        /// Of a value that is present.
        package let type: Type
        /// Part of the primary key.
        package let isKey: Bool
        package let isIndexed: Bool
        /// `zone "UTC"`: what a DATETIME column is meant in.
        package let zone: String?
        package let span: Span
        /// As the lock file has it: `char(2) null`.
        package var sqlText: String { isNullable ? "\(sqlType) null" : sqlType }
    }

    package let path: String
    package let serverVersion: String
    package let pulled: String
    package let fingerprint: String
    /// Sorted by name.
    package let tables: [Table]

    package func table(_ name: String) -> Table? { tables.first { $0.name == name } }
}
