/// A column as `information_schema` has it now.
package struct LiveColumn: Sendable, Hashable {
    package let table: String
    package let name: String
    /// `COLUMN_TYPE`: `decimal(12,2)`, `bigint(20) unsigned`, `enum('a','b')`.
    package let sqlType: String
    package let isNullable: Bool
    /// Part of the primary key.
    package let isKey: Bool
    /// First column of some index.
    package let isIndexed: Bool
    /// Position in its table, from 1.
    package let ordinal: Int

    package init(
        table: String, name: String, sqlType: String, isNullable: Bool, isKey: Bool, isIndexed: Bool, ordinal: Int
    ) {
        self.table = table
        self.name = name
        self.sqlType = sqlType
        self.isNullable = isNullable
        self.isKey = isKey
        self.isIndexed = isIndexed
        self.ordinal = ordinal
    }

    /// Of a value that is present.
    package var type: Type { ColumnType.languageType(ofSQL: sqlType) }
}
