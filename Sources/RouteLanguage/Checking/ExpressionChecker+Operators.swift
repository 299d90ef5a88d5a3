import Message

extension ExpressionChecker {
    func unary(_ operation: ExpressionSyntax.UnaryOperator, _ inner: ExpressionSyntax, at span: Span) -> Checked {
        switch operation {
        case .not:
            let checked = condition(inner, for: "`not`")
            var result = Checked(.unary(.not, checked.expression), .bool, at: span)
            (result.whenTrue, result.whenFalse) = (checked.whenFalse, checked.whenTrue)
            return result
        case .negate:
            let checked = demand(check(inner), "`-` needs a number")
            switch checked.type {
            case .int, .decimal, .float, .duration: break
            case .unknown: return .unknown(at: span)
            default: return refuse(span, "`-` needs a number, this is \(checked.type.kind)")
            }
            if let constant = checked.constant, let negated = try? Arithmetic.negate(constant) {
                return Checked(.constant(negated), checked.type, at: span)
            }
            return Checked(.unary(.negate, checked.expression), checked.type, at: span)
        }
    }

    func binary(
        _ operation: ExpressionSyntax.BinaryOperator, _ sign: Span, _ left: ExpressionSyntax,
        _ right: ExpressionSyntax, expecting wanted: Type?, at span: Span
    ) -> Checked {
        switch operation {
        case .and, .or: return logic(operation, left, right, at: span)
        case .coalesce: return coalesce(left, right, expecting: wanted, at: span)
        case .equal: return comparison(.equal, "==", left, right, at: span)
        case .notEqual: return comparison(.notEqual, "!=", left, right, at: span)
        case .less: return comparison(.less, "<", left, right, at: span)
        case .lessOrEqual: return comparison(.lessOrEqual, "<=", left, right, at: span)
        case .greater: return comparison(.greater, ">", left, right, at: span)
        case .greaterOrEqual: return comparison(.greaterOrEqual, ">=", left, right, at: span)
        case .isIn: return membership(left, right, at: span)
        case .like, .matches: return pattern(operation, left, right, at: span)
        case .add: return arithmetic(.add, "+", left, right, at: span)
        case .subtract: return arithmetic(.subtract, "-", left, right, at: span)
        case .multiply: return arithmetic(.multiply, "*", left, right, at: span)
        case .divide: return division(left, right, at: span)
        case .remainder: return arithmetic(.remainder, "%", left, right, at: span)
        }
    }

    private func logic(
        _ operation: ExpressionSyntax.BinaryOperator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at span: Span
    ) -> Checked {
        let isAnd = operation == .and
        let first = condition(left, for: "`\(operation.rawValue)`")
        let second = with(isAnd ? first.whenTrue : first.whenFalse) {
            condition(right, for: "`\(operation.rawValue)`")
        }
        let expression: Expression =
            isAnd ? .and(first.expression, second.expression) : .or(first.expression, second.expression)
        var result = Checked(expression, .bool, at: span)
        if isAnd {
            result.whenTrue = first.whenTrue.union(second.whenTrue)
        } else {
            result.whenFalse = first.whenFalse.union(second.whenFalse)
        }
        return result
    }

    private func coalesce(
        _ left: ExpressionSyntax, _ right: ExpressionSyntax, expecting wanted: Type?, at span: Span
    ) -> Checked {
        let first = check(left, expecting: wanted?.optional)
        let second = check(right, expecting: wanted)
        if first.type.isUnknown || second.type.isUnknown { return .unknown(at: span) }
        guard first.type.isOptional else { return first }
        guard let joined = first.type.present.joined(with: second.type.present) else {
            return refuse(span, "`??` cannot put \(second.type.kind) in the place of \(first.type.kind)")
        }
        var result = Checked(
            .coalesce(first.expression, second.expression), joined.optional(if: second.type.isOptional), at: span)
        result.isConversion = first.isConversion && second.isConversion
        return result
    }

    func conditional(
        _ condition: ExpressionSyntax, _ yes: ExpressionSyntax, _ no: ExpressionSyntax, expecting wanted: Type?,
        at span: Span
    ) -> Checked {
        let test = self.condition(condition, for: "`if`")
        let first = with(test.whenTrue) { check(yes, expecting: wanted) }
        let second = with(test.whenFalse) { check(no, expecting: wanted) }
        guard let joined = first.type.joined(with: second.type) else {
            return refuse(span, "`then` gives \(first.type.kind), `else` gives \(second.type.kind)")
        }
        return Checked(
            .conditional(test.expression, first.expression, second.expression),
            first.type.isUnknown || second.type.isUnknown ? .unknown : joined, at: span)
    }

    // MARK: Comparing

    private func comparison(
        _ operation: Expression.BinaryOperator, _ sign: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax,
        at span: Span
    ) -> Checked {
        let (a, b) = (check(left), check(right))
        let first = demand(a, "`\(sign)` needs `\(a.type.present)`")
        let second = demand(b, "`\(sign)` needs `\(b.type.present)`")
        let result = Checked(.binary(operation, first.expression, second.expression), .bool, at: span)
        if first.type.isUnknown || second.type.isUnknown { return result }
        if reportFloat(first, second) { return result }
        guard first.type.compares(with: second.type) else {
            reportComparison(first, second)
            return result
        }
        if operation == .equal || operation == .notEqual {
            reportNever(first, second)
            reportNever(second, first)
        } else if !first.type.isOrdered {
            return refuse(span, "\(first.type.kind) has no order")
        }
        return result
    }

    /// A float beside an exact number. True: reported.
    func reportFloat(_ left: Checked, _ right: Checked) -> Bool {
        let float = left.type == .float ? left : right
        let other = left.type == .float ? right : left
        guard float.type == .float, other.type.isExactNumber else { return false }
        let scale = other.type.digits?.scale.map { max($0, 2) } ?? 2
        let whole = left.span.through(right.span)
        reports.add(
            Diagnostic(
                .moneyAsFloat, "money must not be a float", at: whole,
                label: "a float never meets \(other.type.kind)", origins: float.origin.map { [$0] } ?? [],
                edits: [
                    .replace(
                        float.span, with: "decimal(\(reports.text(float.span)), \(scale))!",
                        shown: shown(
                            whole, replacing: float.span, with: "decimal(\(reports.text(float.span)), \(scale))!"))
                ]))
        return true
    }

    private func shown(_ whole: Span, replacing inner: Span, with text: String) -> String {
        let before = reports.text(Span(file: whole.file, start: whole.start, end: inner.start))
        return before + text + reports.text(Span(file: whole.file, start: inner.end, end: whole.end))
    }

    private func reportComparison(_ left: Checked, _ right: Checked) {
        let whole = left.span.through(right.span)
        var edits: [Diagnostic.Edit] = []
        for (side, other) in [(left, right), (right, left)] where side.constant == nil {
            guard let conversion = Self.conversion(of: side.type, to: other.type) else { continue }
            let text = "\(conversion.before)\(reports.text(side.span))\(conversion.after)"
            edits.append(.replace(side.span, with: text, shown: shown(whole, replacing: side.span, with: text)))
            break
        }
        reports.add(
            Diagnostic(
                .typesDoNotMeet, "cannot compare \(left.type.kind) with \(right.type.kind)", at: whole,
                origins: [left.origin, right.origin].compactMap { $0 }, edits: edits))
    }

    /// What to write around a value to bring it to the other side's type.
    private static func conversion(of type: Type, to target: Type) -> (before: String, after: String)? {
        switch (type, target) {
        case (let own, .int) where own.isText, (let own, .decimal) where own.isText: ("decimal(", ")!")
        case (.json, .int), (.json, .decimal): ("decimal(", ")!")
        case (.json, let other) where other.isText: ("text(", ")")
        case (.int, let other) where other.isText, (.decimal, let other) where other.isText: ("text(", ")")
        case (.datetime, .date), (.instant, .date): ("date(", ")")
        case (.datetime, .instant): ("", ".at(\"UTC\")")
        case (.bool, .int): ("int(", ")")
        case (.bytes, let other) where other.isText: ("text(", ")")
        default: nil
        }
    }

    /// A choice of words beside a text that is none of them.
    private func reportNever(_ side: Checked, _ other: Checked) {
        guard case .oneOf(let words) = side.type, let text = other.constantText, !words.contains(text) else { return }
        let name = reports.text(side.span)
        reports.add(
            Diagnostic(
                .neverThatValue, "`\(name)` is never \"\(text)\"", at: other.span,
                origins: [
                    Diagnostic.Origin(
                        "values: " + words.map { "\"\($0)\"" }.joined(separator: " "), at: side.origin?.span)
                ],
                edits: Self.likelyWord(text, among: words).map { [.replace(other.span, with: "\"\($0)\"")] } ?? []))
    }

    /// The word of a choice that was meant: there are few, so that half the letters may differ.
    static func likelyWord(_ text: String, among words: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8)
        let distances = words.map { NearestWord.distance(wanted, Array($0.lowercased().utf8)) }
        guard wanted.count <= 64, let least = distances.min(), least <= max(2, wanted.count / 2) else { return nil }
        return zip(words, distances).first { $0.1 == least }?.0
    }

    private func membership(_ left: ExpressionSyntax, _ right: ExpressionSyntax, at span: Span) -> Checked {
        let a = check(left)
        let first = demand(a, "`in` needs `\(a.type.present)`")
        let second = demand(check(right), "`in` needs a list")
        let result = Checked(.binary(.isIn, first.expression, second.expression), .bool, at: span)
        if first.type.isUnknown || second.type.isUnknown { return result }
        guard case .list(let element) = second.type else {
            return refuse(right.span, "`in` needs a list, this is \(second.type.kind)")
        }
        guard first.type.compares(with: element) else {
            reportComparison(first, Checked(second.expression, element, at: right.span))
            return result
        }
        if case .oneOf = first.type, case .list(let elements) = right.unparenthesized.kind {
            for item in elements { reportNever(first, check(item)) }
        }
        return result
    }

    private func pattern(
        _ operation: ExpressionSyntax.BinaryOperator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at span: Span
    ) -> Checked {
        let first = demand(check(left), "`\(operation.rawValue)` needs `text`")
        let second = operation == .matches ? patternText(right) : check(right)
        if first.type.isUnknown || second.type.isUnknown {
            return Checked(.constant(.bool(false)), .bool, at: span)
        }
        guard first.type.isText else {
            return refuse(left.span, "`\(operation.rawValue)` needs text, this is \(first.type.kind)")
        }
        guard let text = second.constantText else {
            return refuse(right.span, "`\(operation.rawValue)` needs a text that is written here")
        }
        if operation == .like {
            return Checked(.binary(.like, first.expression, second.expression), .bool, at: span)
        }
        do throws(PatternError) {
            return Checked(.matches(first.expression, try Pattern(source: text)), .bool, at: span)
        } catch {
            return refuse(right.span, "this is no pattern: \(error.reason)", .wrongSettingValue)
        }
    }

    /// A pattern is written here, so that `{3}` in it is a repetition and no value.
    private func patternText(_ syntax: ExpressionSyntax) -> Checked {
        guard case .text(let text) = syntax.unparenthesized.kind else { return check(syntax) }
        var pattern = ""
        for part in text.parts {
            switch part {
            case .literal(let literal, _): pattern += literal
            case .value(let value):
                guard case .number(let number) = value.kind else { return check(syntax) }
                pattern += "{\(number.text)}"
            }
        }
        return Checked(.constant(.text(pattern)), .text, at: syntax.span)
    }
}
