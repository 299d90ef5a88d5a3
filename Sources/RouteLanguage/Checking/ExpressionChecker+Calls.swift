import Message

extension ExpressionChecker {
    /// `round(x, 2)`.
    func call(_ name: NameSyntax, _ arguments: [ExpressionSyntax], at span: Span) -> Checked {
        guard let function = function(name) else {
            for argument in arguments { _ = check(argument) }
            return .unknown(at: span)
        }
        guard let first = arguments.first else {
            return refuse(span, "`\(name.text)` needs a value: \(FunctionSignature.of(function)?.usage ?? "")")
        }
        let subject = function == .round ? inspect(first) : check(first)
        return call(name, subject: subject, Array(arguments.dropFirst()), isChained: false, at: span)
    }

    /// `x.round(2)`, `x?.upper()`.
    func method(
        _ base: ExpressionSyntax, _ name: NameSyntax, _ arguments: [ExpressionSyntax], isOptional: Bool, at span: Span
    ) -> Checked {
        let subject = name.text == Function.round.rawValue ? inspect(base) : check(base)
        return call(name, subject: subject, arguments, isChained: isOptional, at: span)
    }

    private func function(_ name: NameSyntax) -> Function? {
        if let function = Function.byName[name.text] { return function }
        reports.unknown(
            .unknownFunction, "there is no function `\(name.text)`", name, known: Function.byName.keys.sorted(),
            called: "functions")
        return nil
    }

    func call(
        _ name: NameSyntax, subject: Checked, _ rest: [ExpressionSyntax], isChained: Bool, at span: Span
    ) -> Checked {
        guard let function = function(name), let signature = FunctionSignature.of(function) else {
            for argument in rest { _ = check(argument) }
            return .unknown(at: span)
        }
        if let quotient = subject.quotient { return roundedQuotient(quotient, rest, at: span) }
        if function == .min || function == .max { return extreme(function, subject, rest, at: span) }
        guard (signature.required...signature.parameters.count).contains(rest.count + 1) else {
            return refuse(span, "`\(name.text)` is written `\(signature.usage)`")
        }
        let first = subjectPresent(subject, signature, isChained: isChained)
        var expressions = [first.expression]
        var types = [first.type]
        var constants: [Value?] = [first.constant]
        var isBroken = first.type.isUnknown || !accepts(first, signature.parameters[0], name.text)
        for (argument, parameter) in zip(rest, signature.parameters.dropFirst()) {
            let checked = self.argument(argument, parameter, name.text)
            isBroken = isBroken || checked.type.isUnknown
            expressions.append(checked.expression)
            types.append(checked.type)
            constants.append(checked.constant)
        }
        if isBroken { return .unknown(at: span) }
        let isOptional = subject.type.isOptional
        guard let type = result(signature, types, constants) else {
            return refuse(span, "`\(name.text)` cannot take \(first.type.kind): `\(signature.usage)`")
        }
        var result = Checked(.call(function, expressions), type.optional(if: isOptional), at: span)
        result.isConversion = type.isOptional && signature.isConversion
        return result
    }

    /// Conversions take what may be missing; other functions only behind `?.`.
    private func subjectPresent(_ subject: Checked, _ signature: FunctionSignature, isChained: Bool) -> Checked {
        guard subject.type.isOptional else { return subject }
        if signature.isConversion || isChained { return retyped(subject, subject.type.present) }
        return demand(subject, "`\(signature.function.rawValue)` needs `\(subject.type.present)`")
    }

    private func argument(_ syntax: ExpressionSyntax, _ parameter: FunctionSignature.Parameter, _ function: String)
        -> Checked
    {
        if parameter == .roundingWord { return roundingWord(syntax) }
        let checked = demand(check(syntax), "`\(function)` needs a value that is present")
        if checked.type.isUnknown || accepts(checked, parameter, function) { return checked }
        return .unknown(at: syntax.span)
    }

    private func roundingWord(_ syntax: ExpressionSyntax) -> Checked {
        let known = RoundingRule.allCases.map(\.rawValue)
        guard case .name(let word) = syntax.unparenthesized.kind else {
            return refuse(syntax.span, "rounding is one of: \(known.joined(separator: " "))")
        }
        guard let position = known.firstIndex(of: word.text) else {
            reports.unknown(
                .unknownName, "there is no way of rounding `\(word.text)`", word, known: known, called: "known")
            return .unknown(at: syntax.span)
        }
        return Checked(.constant(.int(Int128(position))), .int, at: syntax.span)
    }

    // MARK: Parameters

    /// Whether a present value is what a function takes; if not it is reported.
    private func accepts(_ checked: Checked, _ parameter: FunctionSignature.Parameter, _ function: String) -> Bool {
        if let constantProblem = constantProblem(checked, parameter) {
            reports.add(Diagnostic(.wrongSettingValue, constantProblem, at: checked.span))
            return false
        }
        guard let wanted = Self.mismatch(checked.type, parameter) else { return true }
        let isMoney = checked.type == .float && parameter == .exactNumber
        let text = reports.text(checked.span)
        reports.add(
            Diagnostic(
                isMoney ? .moneyAsFloat : .typesDoNotMeet,
                isMoney ? "money must not be a float" : "`\(function)` needs \(wanted), this is \(checked.type.kind)",
                at: checked.span, origins: checked.origin.map { [$0] } ?? [],
                edits: isMoney
                    ? [.replace(checked.span, with: "decimal(\(text), 2)!")]
                    : wanted == "text" && checked.type.isPrintable
                        ? [.replace(checked.span, with: "text(\(text))")] : []))
        return false
    }

    private func constantProblem(_ checked: Checked, _ parameter: FunctionSignature.Parameter) -> String? {
        switch parameter {
        case .digits:
            guard case .int(let digits)? = checked.constant, (0...38).contains(digits) else {
                return "digits behind the point are a number from 0 to 38, written here"
            }
        case .zone:
            guard let zone = checked.constantText else { return "a time zone is written here, as \"Europe/Berlin\"" }
            if Zone(identifier: zone) == nil { return "there is no time zone `\(zone)`" }
        case .datePattern:
            guard let pattern = checked.constantText else { return "a pattern is written here, as \"yyyy-MM-dd\"" }
            do throws(EvaluationError) { _ = try DatePattern(pattern) } catch { return error.reason }
        case .text, .int, .exactNumber, .number, .ordered, .list, .any, .textOrBytes, .calendar, .dateOrTime,
            .datetimeOrInstant, .sized, .listOrText, .roundingWord:
            break
        }
        return nil
    }

    /// What the parameter wants, in words; nil: the type is right.
    private static func mismatch(_ type: Type, _ parameter: FunctionSignature.Parameter) -> String? {
        if type.isUnknown { return nil }
        let isList = if case .list = type { true } else { false }
        let isCalendar = [.date, .datetime, .instant].contains(type)
        return switch parameter {
        case .any, .digits, .roundingWord, .zone, .datePattern: nil
        case .text: type.isText ? nil : "text"
        case .int: type == .int ? nil : "a whole number"
        case .exactNumber: type.isExactNumber ? nil : "an exact number"
        case .number: type.isExactNumber || type == .float || type == .duration ? nil : "a number"
        case .ordered: type.isOrdered ? nil : "values with an order"
        case .list: isList ? nil : "a list"
        case .textOrBytes: type.isText || type == .bytes || type == .json ? nil : "text"
        case .calendar: isCalendar ? nil : "a date"
        case .dateOrTime: isCalendar || type == .time ? nil : "a time"
        case .datetimeOrInstant: type == .datetime || type == .instant ? nil : "a datetime or an instant"
        case .sized: type.isText || type == .bytes || isList ? nil : "text or a list"
        case .listOrText: type.isText || isList ? nil : "text or a list"
        }
    }

    // MARK: Results

    private func result(_ signature: FunctionSignature, _ types: [Type], _ constants: [Value?]) -> Type? {
        let first = types[0]
        switch signature.result {
        case .fixed(let type): return type
        case .conversion(let type): return conversion(signature.function, from: first, to: type)
        case .sameAsFirst: return first
        case .rounded:
            if first == .int { return .int }
            guard let digits = first.digits else { return nil }
            let scale = Self.whole(constants, 1) ?? 0
            let whole = digits.scale.map { digits.precision - $0 } ?? (38 - scale)
            return .decimal(precision: max(1, min(38, whole + 1 + scale)), scale: scale)
        case .decimal: return decimal(from: first, digits: Self.whole(constants, 1))
        case .element: return Self.element(of: first)?.optional
        case .sum: return Self.sum(of: first)
        case .collected: return Self.element(of: first).map { .list($0.present) }
        case .otherClock: return first == .datetime ? .instant : .datetime
        case .extreme: return nil
        }
    }

    private static func whole(_ constants: [Value?], _ position: Int) -> Int? {
        guard constants.indices.contains(position), case .int(let int)? = constants[position] else { return nil }
        return Int(exactly: int)
    }

    private static func element(of type: Type) -> Type? { if case .list(let element) = type { element } else { nil } }

    private static func sum(of type: Type) -> Type? {
        guard let element = element(of: type)?.present else { return nil }
        switch element {
        case .int, .float, .duration, .unknown: return element
        case .decimal(_, let scale): return .decimal(precision: 38, scale: scale)
        default: return nil
        }
    }

    /// `T` where no value of the source type can fail, else `T?`; nil where none can succeed.
    private func conversion(_ function: Function, from source: Type, to target: Type) -> Type? {
        switch (function, source) {
        case (_, .unknown): return target
        case (.text, let own): return own.isPrintable || own == .json || own == .bytes ? .text : nil
        case (.json, let own): return own.isText ? target.optional : target
        case (.int, .int), (.int, .bool), (.bool, .bool), (.float, .int), (.float, .decimal), (.float, .float),
            (.date, .date), (.date, .datetime), (.date, .instant), (.datetime, .datetime), (.datetime, .date),
            (.datetime, .instant), (.instant, .instant), (.uuid, .uuid):
            return target
        case (.int, .decimal), (.int, .float), (.int, .json), (.bool, .int), (.bool, .json), (.float, .json),
            (.instant, .int):
            return target.optional
        case (_, let own): return own.isText ? target.optional : nil
        }
    }

    private func decimal(from source: Type, digits: Int?) -> Type? {
        switch source {
        case .int: return .decimal(precision: min(38, 20 + (digits ?? 0)), scale: digits ?? 0)
        case .decimal(let precision, let scale):
            return .decimal(precision: digits == nil ? precision : 38, scale: digits ?? scale)
        case .unknown: return .decimal(precision: 38, scale: digits)
        case .float, .json: return .optional(.decimal(precision: 38, scale: digits))
        default: return source.isText ? .optional(.decimal(precision: 38, scale: digits)) : nil
        }
    }

    // MARK: Functions of their own kind

    private func roundedQuotient(_ quotient: Checked.Quotient, _ rest: [ExpressionSyntax], at span: Span) -> Checked {
        guard rest.count <= 2 else { return refuse(span, "`round` is written `(.a / .b).round(2, half_up)`") }
        var digits = 0
        if let first = rest.first {
            let checked = argument(first, .digits, "round")
            if checked.type.isUnknown { return checked }
            digits = Self.whole([checked.constant], 0) ?? 0
        }
        let rule = rest.count > 1 ? roundingWord(rest[1]) : Checked(.constant(.int(0)), .int, at: span)
        if rule.type.isUnknown { return rule }
        let expression = Expression.call(
            .divide,
            [
                quotient.dividend.expression, quotient.divisor.expression, .constant(.int(Int128(digits))),
                rule.expression,
            ])
        let type = Type.decimal(precision: 38, scale: digits)
        return Checked(expression, type.optional(if: !quotient.cannotBeZero), at: span)
    }

    private func extreme(_ function: Function, _ subject: Checked, _ rest: [ExpressionSyntax], at span: Span) -> Checked
    {
        let need = "`\(function.rawValue)` needs a value that is present"
        let all = [demand(subject, need)] + rest.map { demand(check($0), need) }
        if all.contains(where: \.type.isUnknown) { return .unknown(at: span) }
        if rest.isEmpty {
            guard case .list(let element) = subject.type, element.isOrdered else {
                return refuse(span, "`\(function.rawValue)` needs a list of values with an order, or several values")
            }
            return Checked(.call(function, [subject.expression]), element.optional, at: span)
        }
        var joined = all[0].type
        for item in all.dropFirst() {
            guard let next = joined.joined(with: item.type) else {
                return refuse(item.span, "`\(function.rawValue)` compares values of one type")
            }
            joined = next
        }
        guard joined.isOrdered else { return refuse(span, "\(joined.kind) has no order") }
        return Checked(.call(function, all.map(\.expression)), joined, at: span)
    }
}

extension FunctionSignature {
    /// Takes what may be missing, and may give missing for a value that is no such thing.
    var isConversion: Bool {
        switch result {
        case .conversion, .decimal: true
        case .fixed, .sameAsFirst, .rounded, .element, .sum, .extreme, .otherClock, .collected: false
        }
    }
}
