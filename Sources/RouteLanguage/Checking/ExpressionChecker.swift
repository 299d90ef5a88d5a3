import Message

/// Gives an expression its type and its slots. What it learns about columns and shapes stays in `use`.
///
/// A mistake is reported once; what depends on it has the type `unknown`, about which nothing more is said.
final class ExpressionChecker {
    let declarations: Declarations
    let reports: Reports
    var scope: Scope
    var frame = FrameLayout()
    var use = SourceUse()
    /// In what is or can be delivered, or in `on error`: which metadata may be read.
    var place: Place = .steps
    /// `map`, while the record behind it is checked: what lacks a field is the step.
    var mapVerb: Span?
    /// Where a `validate` against a missing value would stand.
    var guardStep: (step: Span, values: Set<ValueID>)?
    /// Values that were reported as possibly missing: one mistake, one message.
    var reportedMissing: Set<Path> = []

    enum Place { case steps, delivery, handler }

    init(_ declarations: Declarations, _ reports: Reports, scope: Scope) {
        self.declarations = declarations
        self.reports = reports
        self.scope = scope
    }

    /// A value that is complete: a division in it has been rounded.
    func check(_ syntax: ExpressionSyntax, expecting wanted: Type? = nil) -> Checked {
        let checked = inspect(syntax, expecting: wanted)
        guard checked.quotient != nil else { return checked }
        reports.add(
            Diagnostic(
                .divisionWithoutRound, "a division needs `.round(n)` around it", at: syntax.span,
                label: "the quotient may have no end",
                edits: [
                    .replace(
                        syntax.span, with: "(\(reports.text(syntax.unparenthesized.span))).round(2)",
                        explanation: "two digits, half-even")
                ]))
        return .unknown(at: syntax.span)
    }

    func inspect(_ syntax: ExpressionSyntax, expecting wanted: Type? = nil) -> Checked {
        switch syntax.kind {
        case .text(let text): return self.text(text, .plain)
        case .number(let number): return self.number(number)
        case .measure(let measure): return self.measure(measure)
        case .date(let date): return self.date(date)
        case .boolean(let value): return Checked(.constant(.bool(value)), .bool, at: syntax.span)
        case .measureRange, .statusClass:
            return refuse(syntax.span, "`\(reports.text(syntax.span))` stands only in clauses")
        case .message:
            use.takesWhole(scope.message.type)
            return message(at: syntax.span)
        case .field(let name): return member(of: message(at: syntax.span), name, isOptional: false, at: syntax.span)
        case .metadata(let name): return metadata(name, at: syntax.span)
        case .name(let name):
            let named = self.named(name)
            use.takesWhole(named.type)
            return named
        case .call(let name, let arguments): return call(name, arguments, at: syntax.span)
        case .member(let base, let name, let isOptional):
            return member(base, name, isOptional: isOptional, at: syntax.span)
        case .method(let base, let name, let arguments, let isOptional):
            return method(base, name, arguments, isOptional: isOptional, at: syntax.span)
        case .index(let list, let position): return index(list, position, at: syntax.span)
        case .required(let inner): return required(inner, at: syntax.span)
        case .parenthesized(let inner): return inspect(inner, expecting: wanted)
        case .list(let elements): return list(elements, expecting: wanted, at: syntax.span)
        case .comprehension(let name, let list, let condition, let element):
            return comprehension(name, list, condition, element, expecting: wanted, at: syntax.span)
        case .object(let fields): return object(fields, expecting: wanted, at: syntax.span)
        case .record(let name, let fields): return record(name, fields, at: syntax.span)
        case .conditional(let condition, let yes, let no):
            return conditional(condition, yes, no, expecting: wanted, at: syntax.span)
        case .unary(let operation, let inner): return unary(operation, inner, at: syntax.span)
        case .binary(let operation, let sign, let left, let right):
            return binary(operation, sign, left, right, expecting: wanted, at: syntax.span)
        case .isPresent(let inner, let isNegated): return isPresent(inner, isNegated: isNegated, at: syntax.span)
        case .isEmpty(let inner, let isNegated): return isEmpty(inner, isNegated: isNegated, at: syntax.span)
        case .unreadable: return .unknown(at: syntax.span)
        }
    }

    func refuse(_ span: Span, _ message: String, _ code: DiagnosticCode = .typesDoNotMeet) -> Checked {
        reports.add(Diagnostic(code, message, at: span))
        return .unknown(at: span)
    }

    // MARK: Literals

    private func number(_ number: NumberSyntax) -> Checked {
        guard let decimal = ExactDecimal(number.text) else {
            return refuse(number.span, "`\(number.text)` has more than 38 digits")
        }
        if number.isWhole { return Checked(.constant(.int(decimal.mantissa)), .int, at: number.span) }
        let digits = decimal.mantissa.magnitude.description.count
        let type = Type.decimal(precision: max(digits, decimal.scale), scale: decimal.scale)
        return Checked(.constant(.decimal(decimal)), type, at: number.span)
    }

    private func measure(_ measure: MeasureSyntax) -> Checked {
        if let bytes = measure.bytes { return Checked(.constant(.int(Int128(bytes))), .int, at: measure.span) }
        let microseconds = measure.milliseconds?.multipliedReportingOverflow(by: 1000)
        guard let microseconds, !microseconds.overflow else {
            return refuse(measure.span, "`\(reports.text(measure.span))` is out of range", .wrongSettingValue)
        }
        let value = Value.duration(Microseconds(microseconds.partialValue))
        return Checked(.constant(value), .duration, at: measure.span)
    }

    private func date(_ date: DateSyntax) -> Checked {
        guard let day = LocalDate(date.text) else { return refuse(date.span, "there is no day \(date.text)") }
        return Checked(.constant(.date(day)), .date, at: date.span)
    }

    // MARK: Presence

    func required(_ inner: ExpressionSyntax, at span: Span) -> Checked {
        let checked = check(inner)
        guard checked.type.isOptional else { return checked }
        let name = reports.text(inner.span)
        return Checked(.required(checked.expression, description: "`\(name)`"), checked.type.present, at: span)
    }

    private func isPresent(_ inner: ExpressionSyntax, isNegated: Bool, at span: Span) -> Checked {
        let checked = check(inner)
        return presence(.isPresent(checked.expression), of: checked, isNegated: isNegated, at: span)
    }

    private func isEmpty(_ inner: ExpressionSyntax, isNegated: Bool, at span: Span) -> Checked {
        let checked = check(inner)
        switch checked.type.present {
        case .text, .list, .bytes, .json, .unknown: break
        default: return refuse(inner.span, "\(checked.type.kind) is never empty; `is empty` looks at text and lists")
        }
        return presence(.isEmpty(checked.expression), of: checked, isNegated: !isNegated, at: span)
    }

    private func presence(_ test: Expression, of checked: Checked, isNegated: Bool, at span: Span) -> Checked {
        let isInverted: Bool = if case .isEmpty = test { !isNegated } else { isNegated }
        var result = Checked(isInverted ? .unary(.not, test) : test, .bool, at: span)
        if let path = checked.path {
            if isNegated { result.whenFalse = [path] } else { result.whenTrue = [path] }
        }
        return result
    }

    /// Runs `body` with more values known to be present.
    func with<T>(_ present: Set<Path>, _ body: () -> T) -> T {
        let before = scope.present
        scope.present.formUnion(present)
        defer { scope.present = before }
        return body()
    }

    /// A condition of a step or an `if`: always `bool`, never missing.
    func condition(_ syntax: ExpressionSyntax, for step: String) -> Checked {
        let checked = demand(check(syntax), "\(step) needs `bool`")
        if checked.type == .bool || checked.type.isUnknown { return checked }
        return refuse(syntax.span, "\(step) needs a condition, this is \(checked.type.kind)")
    }
}
