import Message

/// Checked arithmetic on values: what does not fit fails the message, nothing traps and nothing wraps.
enum Arithmetic {
    static let overflow = EvaluationError("a number has more than 38 digits")
    static let timeOverflow = EvaluationError("a time is out of range")

    static func add(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try whole(left.addingReportingOverflow(right)))
        case (.float(let left), .float(let right)): return .float(try finite(left + right))
        case (.instant(let left), .duration(let right)), (.duration(let right), .instant(let left)):
            return .instant(Instant(microseconds: try time(left.microseconds.addingReportingOverflow(right.count))))
        case (.duration(let left), .duration(let right)):
            return .duration(Microseconds(try time(left.count.addingReportingOverflow(right.count))))
        case (.datetime(let left), .duration(let right)), (.duration(let right), .datetime(let left)):
            return .datetime(try CalendarArithmetic.move(left, by: right.count))
        case (.date(let left), .duration(let right)), (.duration(let right), .date(let left)):
            return .date(try CalendarArithmetic.move(left, by: right.count))
        default: return try exact(left, right) { $0.adding($1) }
        }
    }

    static func subtract(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try whole(left.subtractingReportingOverflow(right)))
        case (.float(let left), .float(let right)): return .float(try finite(left - right))
        case (.instant(let left), .instant(let right)):
            return .duration(Microseconds(try time(left.microseconds.subtractingReportingOverflow(right.microseconds))))
        case (.instant, .duration), (.datetime, .duration), (.date, .duration), (.duration, .duration):
            return try add(left, negate(right))
        default: return try exact(left, right) { $0.subtracting($1) }
        }
    }

    static func multiply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try whole(left.multipliedReportingOverflow(by: right)))
        case (.float(let left), .float(let right)): return .float(try finite(left * right))
        case (.duration(let left), .int(let right)), (.int(let right), .duration(let left)):
            guard let factor = Int64(exactly: right) else { throw timeOverflow }
            return .duration(Microseconds(try time(left.count.multipliedReportingOverflow(by: factor))))
        default: return try exact(left, right) { $0.multiplied(by: $1) }
        }
    }

    /// Missing where the divisor is zero.
    static func remainder(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        guard case .int(let left) = left, case .int(let right) = right else {
            throw EvaluationError("`%` needs whole numbers")
        }
        if right == 0 { return .missing }
        let (value, overflowed) = left.remainderReportingOverflow(dividingBy: right)
        return .int(overflowed ? 0 : value)
    }

    static func negate(_ value: Value) throws(EvaluationError) -> Value {
        switch value {
        case .int(let int): return .int(try whole(Int128(0).subtractingReportingOverflow(int)))
        case .decimal(let decimal): return .decimal(decimal.negated)
        case .float(let float): return .float(-float)
        case .duration(let duration):
            return .duration(Microseconds(try time(Int64(0).subtractingReportingOverflow(duration.count))))
        default: throw EvaluationError("`-` needs a number")
        }
    }

    /// `int` widens; anything else is no exact number.
    static func exactNumber(_ value: Value) -> ExactDecimal? {
        switch value {
        case .int(let int): ExactDecimal(int)
        case .decimal(let decimal): decimal
        default: nil
        }
    }

    private static func exact(
        _ left: Value, _ right: Value, _ operation: (ExactDecimal, ExactDecimal) -> ExactDecimal?
    ) throws(EvaluationError) -> Value {
        guard let left = exactNumber(left), let right = exactNumber(right) else {
            throw EvaluationError("arithmetic needs numbers of one kind")
        }
        guard let result = operation(left, right) else { throw overflow }
        return .decimal(result)
    }

    /// Whole numbers hold 38 digits, as decimals do, so that one always widens to the other.
    static func whole(_ result: (partialValue: Int128, overflow: Bool)) throws(EvaluationError) -> Int128 {
        guard !result.overflow, result.partialValue.magnitude < 100_000_000_000_000_000_000_000_000_000_000_000_000
        else { throw overflow }
        return result.partialValue
    }

    static func time(_ result: (partialValue: Int64, overflow: Bool)) throws(EvaluationError) -> Int64 {
        if result.overflow { throw timeOverflow }
        return result.partialValue
    }

    static func finite(_ value: Double) throws(EvaluationError) -> Double {
        guard value.isFinite else { throw EvaluationError("a float is out of range") }
        return value
    }
}
