import Message

extension Frame {
    func unary(_ operation: Expression.UnaryOperator, _ value: Value) throws(EvaluationError) -> Value {
        switch (operation, value) {
        case (_, .missing): return .missing
        case (.not, .bool(let bool)): return .bool(!bool)
        case (.negate, let value): return try Arithmetic.negate(value)
        case (.not, _): throw EvaluationError("`not` needs a condition")
        }
    }

    /// Missing where one side is missing: the checker lets no missing side through to where it would matter.
    func binary(
        _ operation: Expression.BinaryOperator, _ leftSide: Expression, _ rightSide: Expression
    ) throws(EvaluationError) -> Value {
        let left = try evaluate(leftSide)
        if case .missing = left { return .missing }
        let right = try evaluate(rightSide)
        if case .missing = right { return .missing }
        switch operation {
        case .equal: return .bool(Comparison.areEqual(left, right))
        case .notEqual: return .bool(!Comparison.areEqual(left, right))
        case .less: return .bool(try Comparison.order(left, right) == .less)
        case .lessOrEqual: return .bool(try Comparison.order(left, right) != .greater)
        case .greater: return .bool(try Comparison.order(left, right) == .greater)
        case .greaterOrEqual: return .bool(try Comparison.order(left, right) != .less)
        case .isIn:
            guard case .list(let items) = right else { throw EvaluationError("`in` needs a list") }
            for item in items where Comparison.areEqual(left, item) { return .bool(true) }
            return .bool(false)
        case .like:
            guard case .text(let text) = left, case .text(let glob) = right else {
                throw EvaluationError("`like` needs text")
            }
            return .bool(Glob.matches(text, glob))
        case .add: return try Arithmetic.add(left, right)
        case .subtract: return try Arithmetic.subtract(left, right)
        case .multiply: return try Arithmetic.multiply(left, right)
        case .divide: throw EvaluationError("a division was not rounded")
        case .remainder: return try Arithmetic.remainder(left, right)
        }
    }
}
