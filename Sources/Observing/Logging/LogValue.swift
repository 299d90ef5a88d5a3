/// A field's value. Payloads and secrets do not belong in one.
package enum LogValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    case text(String)
    case int(Int64)
    case float(Double)
    case bool(Bool)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    package init(_ value: some BinaryInteger) { self = .int(Int64(clamping: value)) }
    package init(_ value: String) { self = .text(value) }

    /// An error as its own sentence.
    package static func error(_ error: any Error) -> LogValue { .text(String(describing: error)) }
}

/// One named field of an event.
package typealias LogFields = KeyValuePairs<String, LogValue>
