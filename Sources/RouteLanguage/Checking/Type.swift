package import Message

/// A type of the route language.
package indirect enum Type: Sendable, Hashable {
    case bool, int, float, text, bytes, date, time, datetime, instant, duration, uuid, json
    /// Scale nil: how many digits stand behind the point is only known per message (`decimal(.text)`).
    case decimal(precision: Int, scale: Int?)
    /// `"a" | "b"`.
    case oneOf([String])
    case list(Type)
    case record(RecordType)
    /// `T?`; never nested.
    case optional(Type)
    /// A column that no expression can compute with: its MySQL type.
    case unusable(String)
    /// Not known because of a mistake that was reported: everything is accepted, nothing more is said.
    case unknown
}

/// Fields in the order of their shape.
package struct RecordType: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package var type: Type
        /// Where it was declared: a line of a lock file or of a record.
        package let span: Span?
        /// What stands there, in words: `shop.orders.country is `char(2) null``.
        package let origin: String
    }

    /// `PartnerOrder`, `shop.orders`; nil: written in place.
    package let name: String?
    package let fields: [Field]
    package let shape: Shape
    /// The rows of a source: reading a field uses its column.
    package let isSourceRow: Bool

    package init(name: String?, fields: [Field], isSourceRow: Bool = false) {
        self.name = name
        self.fields = fields
        self.isSourceRow = isSourceRow
        shape = Shape(names: fields.map(\.name))
    }

    package func position(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

    /// The shapes of the records in its fields, and in theirs.
    var innerShapes: [Shape] { fields.flatMap(\.type.shapes) }

    /// What messages call it.
    package var title: String { name.map { "`\($0)`" } ?? "this record" }
}

extension Type {
    package var isOptional: Bool { if case .optional = self { true } else { false } }
    package var isUnknown: Bool { if case .unknown = self.present { true } else { false } }

    /// Without `?`.
    package var present: Type { if case .optional(let inner) = self { inner } else { self } }

    package var optional: Type {
        switch self {
        case .optional, .unknown: self
        default: .optional(self)
        }
    }

    /// The shapes of the records that values of it hold.
    var shapes: [Shape] {
        switch self {
        case .record(let record): [record.shape] + record.innerShapes
        case .list(let element), .optional(let element): element.shapes
        case .bool, .int, .float, .text, .bytes, .date, .time, .datetime, .instant, .duration, .uuid, .json, .decimal,
            .oneOf, .unusable, .unknown:
            []
        }
    }

    package func optional(if condition: Bool) -> Type { condition ? optional : self }

    var isText: Bool {
        switch self {
        case .text, .oneOf, .uuid: true
        default: false
        }
    }

    /// `int` or `decimal`.
    var isExactNumber: Bool {
        switch self {
        case .int, .decimal: true
        default: false
        }
    }

    /// A decimal's digits and scale; whole numbers count as what a BIGINT can hold.
    var digits: (precision: Int, scale: Int?)? {
        switch self {
        case .int: (20, 0)
        case .decimal(let precision, let scale): (precision, scale)
        default: nil
        }
    }

    /// Has an order: `<` and `min` work.
    var isOrdered: Bool {
        switch self {
        case .int, .decimal, .float, .text, .oneOf, .uuid, .date, .time, .datetime, .instant, .duration, .bytes,
            .unknown:
            true
        case .bool, .json, .list, .record, .optional, .unusable: false
        }
    }

    /// Can stand inside a text.
    var isPrintable: Bool {
        switch self {
        case .bool, .int, .float, .decimal, .text, .oneOf, .uuid, .date, .time, .datetime, .instant, .duration,
            .unknown:
            true
        case .bytes, .json, .list, .record, .optional, .unusable: false
        }
    }
}

extension Type: CustomStringConvertible {
    /// As routes write it.
    package var description: String {
        switch self {
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .text: "text"
        case .bytes: "bytes"
        case .date: "date"
        case .time: "time"
        case .datetime: "datetime"
        case .instant: "instant"
        case .duration: "duration"
        case .uuid: "uuid"
        case .json: "json"
        case .decimal(let precision, let scale): scale.map { "decimal(\(precision),\($0))" } ?? "decimal"
        case .oneOf(let words): words.map { "\"\($0)\"" }.joined(separator: " | ")
        case .list(let element): "[\(element)]"
        case .record(let record): record.name ?? "a record"
        case .optional(let inner): "\(inner)?"
        case .unusable(let sqlType): sqlType
        case .unknown: "unknown"
        }
    }

    /// For sentences: `decimal` without its digits, `text` for a choice of words.
    var kind: String {
        switch self {
        case .decimal: "decimal"
        case .oneOf: "text"
        case .list: "a list"
        case .record(let record): record.name ?? "a record"
        case .optional(let inner): inner.kind
        default: description
        }
    }
}
