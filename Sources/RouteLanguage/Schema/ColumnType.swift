/// What MySQL and MariaDB call the types of columns, and what the language calls them.
package enum ColumnType {
    /// The type of a present value of a column, from `COLUMN_TYPE` of `information_schema`: `decimal(12,2)`,
    /// `bigint(20) unsigned`, `enum('a','b')`. Types that no expression can use are `.unusable`.
    package static func languageType(ofSQL sqlType: String) -> Type {
        let lowered = sqlType.lowercased()
        let base = String(lowered.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        switch base {
        case "tinyint": return lowered.hasPrefix("tinyint(1)") ? .bool : .int
        case "bool", "boolean": return .bool
        case "smallint", "mediumint", "int", "integer", "bigint", "year", "bit": return .int
        case "decimal", "numeric", "dec", "fixed": return decimal(lowered, sqlType)
        case "float", "double", "real": return .float
        case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "set", "inet4", "inet6", "nchar",
            "nvarchar":
            return .text
        case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob": return .bytes
        case "date": return .date
        case "time": return .time
        case "datetime": return .datetime
        case "timestamp": return .instant
        case "json": return .json
        case "uuid": return .uuid
        case "enum": return .oneOf(words(of: sqlType))
        default: return .unusable(sqlType)
        }
    }

    /// More digits than 38 are carried as text and cannot be computed with.
    private static func decimal(_ lowered: String, _ sqlType: String) -> Type {
        let numbers = lowered.split { !$0.isNumber }.compactMap { Int($0) }
        let (precision, scale) = (numbers.first ?? 10, numbers.count > 1 ? numbers[1] : 0)
        return precision <= 38 ? .decimal(precision: precision, scale: scale) : .unusable(sqlType)
    }

    /// The words of `enum('a','b''c')`, quotes undoubled.
    static func words(of sqlType: String) -> [String] {
        var words: [String] = []
        var current: String?
        var rest = sqlType[...]
        while let character = rest.popFirst() {
            if let word = current {
                if character != "'" {
                    current = word + String(character)
                } else if rest.first == "'" {
                    rest.removeFirst()
                    current = word + "'"
                } else {
                    words.append(word)
                    current = nil
                }
            } else if character == "'" {
                current = ""
            }
        }
        return words
    }

    /// As the lock file shows it: without display widths, and without the words of an enum, which its type lists.
    static func shown(_ sqlType: String) -> String {
        let lowered = sqlType.lowercased()
        if lowered.hasPrefix("enum") { return "enum" }
        if lowered.hasPrefix("tinyint(1)") || lowered.hasPrefix("bit") { return sqlType }
        for base in ["tinyint", "smallint", "mediumint", "bigint", "int", "year"] where lowered.hasPrefix(base + "(") {
            guard let close = sqlType.firstIndex(of: ")") else { return sqlType }
            return base + String(sqlType[sqlType.index(after: close)...])
        }
        return sqlType
    }
}
