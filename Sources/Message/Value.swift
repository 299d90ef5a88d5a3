/// One value of a message, as routes see it: a column of a row, a field that `map` made, a name that `let` bound.
///
/// Values describe themselves: what is needed to print one as JSON or to store it stands in it. `missing` is the
/// only way to be absent (a NULL column, a failed conversion, a zero date); there is no second null.
package enum Value: Sendable, Hashable {
    case missing
    case bool(Bool)
    /// Any integer column: Int128 carries `BIGINT UNSIGNED` exactly.
    case int(Int128)
    case decimal(ExactDecimal)
    case float(Double)
    /// Valid UTF-8; what is not arrives as `bytes`.
    case text(String)
    case bytes([UInt8])
    case date(LocalDate)
    /// A time of day or a MySQL TIME (negative, and up to 838 hours).
    case time(LocalTime)
    /// A date and time without a zone (MySQL DATETIME).
    case datetime(LocalDateTime)
    case instant(Instant)
    case duration(Microseconds)
    /// A JSON document, as the text that arrived (numbers keep their digits).
    case json(String)
    case list([Value])
    case record(Record)
}

/// Fields in the order of their shape. Steps address fields by position; the names are only for printing.
package struct Record: Sendable, Hashable {
    package let shape: Shape
    package var fields: [Value]

    /// - Precondition: `fields.count == shape.names.count` (a caller's mistake, never data's).
    package init(shape: Shape, fields: [Value]) {
        precondition(fields.count == shape.names.count, "a record has a value for each field of its shape")
        self.shape = shape
        self.fields = fields
    }

    /// The value of a field by name, for display and tests; steps use positions.
    package func value(named name: String) -> Value? {
        shape.names.firstIndex(of: name).map { fields[$0] }
    }
}

/// The names of a record's fields, shared by every record of one kind. Its JSON keys are rendered once.
package final class Shape: Sendable, Hashable {
    package let names: [String]
    /// `"name":` as UTF-8, escaped, a field each.
    package let jsonKeys: [[UInt8]]

    package init(names: [String]) {
        self.names = names
        jsonKeys = names.map { name in
            var bytes: [UInt8] = []
            JSONText.append(string: name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            return bytes
        }
    }

    package static func == (left: Shape, right: Shape) -> Bool {
        left === right || left.names == right.names
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(names)
    }
}
