import Message

extension ExpressionChecker {
    func arithmetic(
        _ operation: Expression.BinaryOperator, _ sign: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax,
        at span: Span
    ) -> Checked {
        if operation == .multiply, let product = quotientTimes(left, right, at: span) { return product }
        let first = demand(check(left), "`\(sign)` needs a number")
        let second = demand(check(right), "`\(sign)` needs a number")
        if first.type.isUnknown || second.type.isUnknown { return .unknown(at: span) }
        if reportFloat(first, second) { return .unknown(at: span) }
        guard var type = Self.result(of: operation, first.type, second.type) else {
            reportArithmetic(sign, first, second, at: span)
            return .unknown(at: span)
        }
        if operation == .remainder, !Self.isNonZero(second) { type = type.optional }
        let expression = Expression.binary(operation, first.expression, second.expression)
        return folded(expression, type, from: [first, second], at: span)
    }

    /// Computed now where every side is written in the file.
    private func folded(_ expression: Expression, _ type: Type, from sides: [Checked], at span: Span) -> Checked {
        guard sides.allSatisfy({ $0.constant != nil }) else { return Checked(expression, type, at: span) }
        let empty = Frame(slots: [], messageID: "", received: Instant(microseconds: 0))
        do throws(EvaluationError) {
            return Checked(.constant(try empty.evaluate(expression)), type, at: span)
        } catch {
            return refuse(span, error.reason)
        }
    }

    private func reportArithmetic(_ sign: String, _ left: Checked, _ right: Checked, at span: Span) {
        let isText = left.type.isText || right.type.isText
        reports.add(
            Diagnostic(
                .typesDoNotMeet, "`\(sign)` cannot take \(left.type.kind) and \(right.type.kind)", at: span,
                origins: [left.origin, right.origin].compactMap { $0 },
                notes: isText && sign == "+" ? ["text is put together inside quotes: \"{.a} {.b}\""] : []))
    }

    private static func isNonZero(_ checked: Checked) -> Bool {
        guard let constant = checked.constant, let number = Arithmetic.exactNumber(constant) else { return false }
        return !number.isZero
    }

    static func result(of operation: Expression.BinaryOperator, _ left: Type, _ right: Type) -> Type? {
        switch (operation, left, right) {
        case (_, .int, .int): return .int
        case (.remainder, _, _): return nil
        case (_, .float, .float): return .float
        case (.add, .instant, .duration), (.add, .duration, .instant), (.subtract, .instant, .duration): return .instant
        case (.add, .datetime, .duration), (.add, .duration, .datetime), (.subtract, .datetime, .duration):
            return .datetime
        case (.add, .date, .duration), (.add, .duration, .date), (.subtract, .date, .duration): return .date
        case (.subtract, .instant, .instant), (.add, .duration, .duration), (.subtract, .duration, .duration),
            (.multiply, .duration, .int), (.multiply, .int, .duration):
            return .duration
        default: return decimalResult(of: operation, left, right)
        }
    }

    /// `+ -`: the larger scale and one more digit; `*`: scales and digits add up. 38 digits at most, checked per message.
    private static func decimalResult(of operation: Expression.BinaryOperator, _ left: Type, _ right: Type) -> Type? {
        guard let first = left.digits, let second = right.digits else { return nil }
        guard let a = first.scale, let b = second.scale else { return .decimal(precision: 38, scale: nil) }
        if operation == .multiply {
            return .decimal(precision: min(38, first.precision + second.precision), scale: min(38, a + b))
        }
        let scale = max(a, b)
        let whole = max(first.precision - a, second.precision - b) + 1
        return .decimal(precision: min(38, whole + scale), scale: scale)
    }

    // MARK: Dividing

    func division(_ left: ExpressionSyntax, _ right: ExpressionSyntax, at span: Span) -> Checked {
        let first = demand(check(left), "`/` needs a number")
        let second = demand(check(right), "`/` needs a number")
        if first.type.isUnknown || second.type.isUnknown { return .unknown(at: span) }
        if first.type == .float, second.type == .float {
            return refuse(span, "floats are not divided here; `decimal(x, 2)!` makes them exact", .moneyAsFloat)
        }
        if reportFloat(first, second) { return .unknown(at: span) }
        guard first.type.isExactNumber, second.type.isExactNumber else {
            reportArithmetic("/", first, second, at: span)
            return .unknown(at: span)
        }
        var result = Checked(.constant(.missing), .decimal(precision: 38, scale: nil), at: span)
        result.quotient = Checked.Quotient(
            dividend: Checked.Side(expression: first.expression, type: first.type),
            divisor: Checked.Side(expression: second.expression, type: second.type),
            cannotBeZero: Self.isNonZero(second))
        return result
    }

    /// `(a / b) * c` is `(a * c) / b`, exactly; nil where no side is a division.
    private func quotientTimes(_ left: ExpressionSyntax, _ right: ExpressionSyntax, at span: Span) -> Checked? {
        guard Self.isDivision(left) != Self.isDivision(right) else { return nil }
        let (division, other) = Self.isDivision(left) ? (inspect(left), right) : (inspect(right), left)
        guard let quotient = division.quotient else { return .unknown(at: span) }
        let factor = demand(check(other), "`*` needs a number")
        guard factor.type.isExactNumber else {
            if factor.type.isUnknown { return .unknown(at: span) }
            return refuse(span, "`*` cannot take decimal and \(factor.type.kind)")
        }
        var result = division
        result.quotient = Checked.Quotient(
            dividend: Checked.Side(
                expression: .binary(.multiply, quotient.dividend.expression, factor.expression),
                type: quotient.dividend.type),
            divisor: quotient.divisor, cannotBeZero: quotient.cannotBeZero)
        return result
    }

    private static func isDivision(_ syntax: ExpressionSyntax) -> Bool {
        switch syntax.unparenthesized.kind {
        case .binary(.divide, _, _, _): true
        case .binary(.multiply, _, let left, let right): isDivision(left) != isDivision(right)
        default: false
        }
    }
}
