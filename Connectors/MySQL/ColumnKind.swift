import CMariaDB

/// How the bytes of a result column are read.
enum ColumnKind: Sendable, Hashable {
    case int, unsigned, float, double, decimal, bit
    case date, datetime, timestamp, time
    case text, bytes, json

    /// - Parameter binaryCharset: 63 marks bytes in MySQL's protocol.
    init(_ field: MYSQL_FIELD) {
        let isBinary = field.charsetnr == 63
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG:
            self = field.flags & UInt32(UNSIGNED_FLAG) != 0 ? .unsigned : .int
        case MYSQL_TYPE_YEAR: self = .unsigned
        case MYSQL_TYPE_FLOAT: self = .float
        case MYSQL_TYPE_DOUBLE: self = .double
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: self = .decimal
        case MYSQL_TYPE_BIT: self = .bit
        case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE: self = .date
        case MYSQL_TYPE_DATETIME: self = .datetime
        case MYSQL_TYPE_TIMESTAMP: self = .timestamp
        case MYSQL_TYPE_TIME: self = .time
        case MYSQL_TYPE_JSON: self = .json
        case MYSQL_TYPE_ENUM, MYSQL_TYPE_SET: self = .text
        case MYSQL_TYPE_GEOMETRY: self = .bytes
        default:
            if field.flags & UInt32(ENUM_FLAG | SET_FLAG) != 0 {
                self = .text
            } else {
                self = Self.isMarkedJSON(field) ? .json : isBinary ? .bytes : .text
            }
        }
    }

    /// MariaDB's JSON is a LONGTEXT with a mark beside its type.
    private static func isMarkedJSON(_ field: MYSQL_FIELD) -> Bool {
        var field = field
        var attribute = MARIADB_CONST_STRING()
        guard mariadb_field_attr(&attribute, &field, MARIADB_FIELD_ATTR_FORMAT_NAME) == 0,
            let start = attribute.str
        else { return false }
        return UnsafeRawBufferPointer(start: start, count: attribute.length).elementsEqual("json".utf8)
    }

    /// The type that the client library is to write into the buffer.
    var bufferType: enum_field_types {
        switch self {
        case .int, .unsigned: MYSQL_TYPE_LONGLONG
        case .float: MYSQL_TYPE_FLOAT
        case .double: MYSQL_TYPE_DOUBLE
        case .date: MYSQL_TYPE_DATE
        case .datetime: MYSQL_TYPE_DATETIME
        case .timestamp: MYSQL_TYPE_TIMESTAMP
        case .time: MYSQL_TYPE_TIME
        case .decimal, .text, .json: MYSQL_TYPE_STRING
        case .bit, .bytes: MYSQL_TYPE_BLOB
        }
    }

    /// nil: as long as the value.
    var fixedSize: Int? {
        switch self {
        case .int, .unsigned, .double: 8
        case .float: 4
        case .date, .datetime, .timestamp, .time: MemoryLayout<MYSQL_TIME>.stride
        case .decimal, .text, .json, .bit, .bytes: nil
        }
    }
}

extension ColumnKind {
    /// What a type of `information_schema` is read as; nil for one that is not known here.
    init?(sqlType: String) {
        let type = sqlType.lowercased()
        switch type.prefix(while: { $0 != "(" && $0 != " " }) {
        case "tinyint", "smallint", "mediumint", "int", "bigint":
            self = type.contains("unsigned") || type.contains("zerofill") ? .unsigned : .int
        case "year": self = .unsigned
        case "float": self = .float
        case "double": self = .double
        case "decimal": self = .decimal
        case "bit": self = .bit
        case "date": self = .date
        case "datetime": self = .datetime
        case "timestamp": self = .timestamp
        case "time": self = .time
        case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set": self = .text
        case "json": self = .json
        case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob": self = .bytes
        default: return nil
        }
    }

    /// Whether steps that were checked for `other` can take this. JSON is text with a mark that not every server and
    /// view passes on.
    func isReadable(as other: ColumnKind) -> Bool {
        if self == other { return true }
        let numbers: Set<ColumnKind> = [.int, .unsigned]
        let texts: Set<ColumnKind> = [.text, .json]
        return numbers.isSuperset(of: [self, other]) || texts.isSuperset(of: [self, other])
    }

    var words: String {
        switch self {
        case .int: "an integer"
        case .unsigned: "an unsigned integer"
        case .float, .double: "a floating-point number"
        case .decimal: "a decimal"
        case .bit: "bits"
        case .date: "a date"
        case .datetime: "a datetime"
        case .timestamp: "a timestamp"
        case .time: "a time"
        case .text: "text"
        case .bytes: "bytes"
        case .json: "JSON"
        }
    }
}
