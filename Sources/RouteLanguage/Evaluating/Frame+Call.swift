import Message

extension Frame {
    /// A built-in function. A missing first argument gives a missing result, so that conversions chain; the few functions
    /// for which that is not so are answered first.
    func call(_ function: Function, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        guard let first = arguments.first else { return try callWithoutArguments(function) }
        let subject = try evaluate(first)
        if case .missing = subject { return .missing }
        switch function {
        case .upper, .lower, .trim, .length, .contains, .startsWith, .endsWith, .replace, .split, .join, .substring,
            .padLeft:
            return try textFunction(function, subject, arguments)
        case .abs, .round, .floor, .ceil, .divide, .fit: return try numberFunction(function, subject, arguments)
        case .min, .max: return try extreme(function, subject, arguments)
        case .text, .int, .decimal, .float, .bool, .uuid, .json, .bytes, .member, .elements:
            return try conversion(function, subject, arguments)
        case .date, .datetime, .instant, .year, .month, .day, .weekday, .hour, .minute, .second, .at, .format, .addDays,
            .addMonths, .daysUntil, .timestamp:
            return try dateFunction(function, subject, arguments)
        case .sum, .count, .distinct, .collect, .first, .last, .reverse: return try listFunction(function, subject)
        case .sha256, .hmac, .base64, .hex, .fromBase64: return try byteFunction(function, subject, arguments)
        }
    }

    private func callWithoutArguments(_ function: Function) throws(EvaluationError) -> Value {
        throw EvaluationError("`\(function.rawValue)` needs a value")
    }

    func argument(_ position: Int, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        arguments.indices.contains(position) ? try evaluate(arguments[position]) : .missing
    }

    func textArgument(_ position: Int, _ arguments: [Expression]) throws(EvaluationError) -> String {
        guard case .text(let text) = try argument(position, arguments) else {
            throw EvaluationError("a function needs a text as argument \(position + 1)")
        }
        return text
    }

    func wholeArgument(_ position: Int, _ arguments: [Expression]) throws(EvaluationError) -> Int {
        guard case .int(let int) = try argument(position, arguments), let whole = Int(exactly: int) else {
            throw EvaluationError("a function needs a whole number as argument \(position + 1)")
        }
        return whole
    }
}
