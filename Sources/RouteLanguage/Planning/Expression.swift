package import Message

/// An expression as the engine evaluates it: names are slots, fields are positions, types are settled.
///
/// Evaluation is `Frame.evaluate`; it always ends, does no I/O and never traps.
package indirect enum Expression: Sendable {
    case constant(Value)
    case slot(Int)
    /// A field of a record by position; missing where the record itself is missing.
    case field(Expression, Int)
    case metadata(Metadata)
    case call(Function, [Expression])
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    /// `a ?? b`.
    case coalesce(Expression, Expression)
    /// `a!`: a missing value fails the message, with the text that names what was missing.
    case required(Expression, description: String)
    case isPresent(Expression)
    case isEmpty(Expression)
    case conditional(Expression, Expression, Expression)
    case list([Expression])
    /// `[for NAME in list if condition: element]`.
    case comprehension(slot: Int, list: Expression, condition: Expression?, element: Expression)
    case record(Shape, [Expression])
    /// Text with values inside; each value is rendered for the place that the text goes to.
    case interpolation([TextPart], TextPlace)
    case index(Expression, Expression)
    case matches(Expression, Pattern)

    package enum TextPart: Sendable {
        case literal(String)
        case value(Expression)
    }

    package enum Metadata: Sendable, Hashable {
        case id, received, attempt, error, customer, now
    }

    package enum UnaryOperator: Sendable, Hashable { case not, negate }

    package enum BinaryOperator: Sendable, Hashable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn, like
        case add, subtract, multiply, divide, remainder
    }
}

/// Where an interpolated text goes: what its values may hold and how they are escaped.
package enum TextPlace: Sendable, Hashable {
    case plain
    /// Path segments before `?`, query values behind it; values are percent-encoded.
    case url
    /// Values may not be empty, hold `/`, NUL, or be `.` or `..`: such a message fails.
    case filePath
    /// CR, LF and NUL fail the message.
    case header
}
