import Message

extension Frame {
    func numberFunction(
        _ function: Function, _ subject: Value, _ arguments: [Expression]
    ) throws(EvaluationError) -> Value {
        switch function {
        case .abs: return try absolute(subject)
        case .round:
            let digits = arguments.count > 1 ? try wholeArgument(1, arguments) : 0
            return try rounded(subject, digits, try roundingRule(2, arguments))
        case .floor, .ceil: return try wholeNumber(function, subject)
        case .divide:
            guard let left = Arithmetic.exactNumber(subject),
                let right = Arithmetic.exactNumber(try argument(1, arguments))
            else { return .missing }
            if right.isZero { return .missing }
            let rule = try roundingRule(3, arguments)
            guard let value = left.divided(by: right, scale: try wholeArgument(2, arguments), rounding: rule) else {
                throw Arithmetic.overflow
            }
            return .decimal(value)
        case .fit:
            return try fitted(
                subject, precision: try wholeArgument(1, arguments), scale: try wholeArgument(2, arguments))
        default: throw EvaluationError("`\(function.rawValue)` is no function of numbers")
        }
    }

    private func roundingRule(_ position: Int, _ arguments: [Expression]) throws(EvaluationError) -> RoundingRule {
        guard arguments.count > position, case .int(let code) = try evaluate(arguments[position]),
            let small = Int(exactly: code), RoundingRule.allCases.indices.contains(small)
        else { return .halfEven }
        return RoundingRule.allCases[small]
    }

    private func absolute(_ value: Value) throws(EvaluationError) -> Value {
        switch value {
        case .int(let int): return int < 0 ? try Arithmetic.negate(value) : value
        case .decimal(let decimal): return decimal.mantissa < 0 ? .decimal(decimal.negated) : value
        case .float(let float): return .float(Swift.abs(float))
        case .duration(let duration): return duration.count < 0 ? try Arithmetic.negate(value) : value
        default: throw EvaluationError("`abs` needs a number")
        }
    }

    private func rounded(_ value: Value, _ digits: Int, _ rule: RoundingRule) throws(EvaluationError) -> Value {
        if case .int = value { return value }
        guard case .decimal(let decimal) = value else { throw EvaluationError("`round` needs an exact number") }
        guard let made = decimal.rounded(to: digits, rule) else { throw Arithmetic.overflow }
        return .decimal(made)
    }

    private func wholeNumber(_ function: Function, _ value: Value) throws(EvaluationError) -> Value {
        switch value {
        case .int: return value
        case .decimal(let decimal):
            let isNegative = decimal.mantissa < 0
            let rule: RoundingRule = (function == .floor) == isNegative ? .up : .down
            guard let made = decimal.rounded(to: 0, rule) else { throw Arithmetic.overflow }
            return .int(made.mantissa)
        default: throw EvaluationError("`\(function.rawValue)` needs an exact number")
        }
    }

    /// The smallest or largest of a list, or of the arguments where there is more than one.
    func extreme(_ function: Function, _ subject: Value, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        if arguments.count == 1 {
            guard case .list(let items) = subject else { return subject }
            guard var best = items.first else { return .missing }
            for item in items.dropFirst() { best = try better(function, best, item) }
            return best
        }
        var best = subject
        for argument in arguments.dropFirst() {
            let value = try evaluate(argument)
            if case .missing = value { return .missing }
            best = try better(function, best, value)
        }
        return best
    }

    private func better(_ function: Function, _ best: Value, _ value: Value) throws(EvaluationError) -> Value {
        let wanted: Comparison.Order = function == .min ? .less : .greater
        return try Comparison.order(value, best) == wanted ? value : best
    }

    /// A number as the field `decimal(precision,scale)` holds it.
    private func fitted(_ value: Value, precision: Int, scale: Int) throws(EvaluationError) -> Value {
        guard let number = Arithmetic.exactNumber(value), (1...38).contains(precision), (0...38).contains(scale) else {
            throw EvaluationError("a field needs an exact number")
        }
        guard let made = number.rounded(to: scale, .halfEven), made == number else {
            throw EvaluationError("a number does not fit decimal(\(precision),\(scale))")
        }
        var limit: Int128 = 1
        for _ in 0..<precision { limit *= 10 }
        guard made.mantissa.magnitude < limit.magnitude else {
            throw EvaluationError("a number does not fit decimal(\(precision),\(scale))")
        }
        return .decimal(made)
    }
}
