import Message

extension ExpressionChecker {
    func list(_ elements: [ExpressionSyntax], expecting wanted: Type?, at span: Span) -> Checked {
        var element: Type = .unknown
        if case .list(let inner)? = wanted?.present { element = inner }
        let checked = elements.map { check($0, expecting: element.isUnknown ? nil : element) }
        var joined: Type = .unknown
        for item in checked {
            guard let next = joined.joined(with: item.type) else {
                return refuse(
                    item.span, "a list holds one type; this is \(item.type.kind), before it is \(joined.kind)")
            }
            joined = next
        }
        let constants = checked.compactMap(\.constant)
        let expression: Expression =
            constants.count == checked.count ? .constant(.list(constants)) : .list(checked.map(\.expression))
        let isBroken = checked.contains { $0.type.isUnknown }
        return Checked(expression, isBroken ? .unknown : .list(joined.isUnknown ? element : joined), at: span)
    }

    func comprehension(
        _ name: NameSyntax, _ list: ExpressionSyntax, _ test: ExpressionSyntax?, _ element: ExpressionSyntax,
        expecting wanted: Type?, at span: Span
    ) -> Checked {
        let source = elements(demand(check(list), "`for` needs a list"))
        var item: Type = .unknown
        if case .list(let inner) = source.type {
            item = inner
        } else if !source.type.isUnknown {
            _ = refuse(list.span, "`for` needs a list, this is \(source.type.kind)")
        }
        let slot = frame.newSlot(name.text)
        let outer = scope
        defer { scope = outer }
        scope.names[name.text] = Scope.Binding(slot: slot, value: frame.newValue(), type: item, span: name.span)
        let condition = test.map { self.condition($0, for: "`if`") }
        var inner: Type?
        if case .list(let element)? = wanted?.present { inner = element }
        let made = with(condition?.whenTrue ?? []) { check(element, expecting: inner) }
        if source.type.isUnknown || made.type.isUnknown { return .unknown(at: span) }
        return Checked(
            .comprehension(
                slot: slot, list: source.expression, condition: condition?.expression, element: made.expression),
            .list(made.type), at: span)
    }

    /// `{ a = 1 }`: the record that its place wants, or one of its own.
    func object(_ fields: [ObjectFieldSyntax], expecting wanted: Type?, at span: Span) -> Checked {
        if case .record(let record)? = wanted?.present {
            return filled(record, fields, title: record.title, titleSpan: nil, at: span)
        }
        var made: [(field: RecordType.Field, value: Checked)] = []
        var names: Set<String> = []
        for field in fields where isFirst(field, &names) {
            let value = check(field.value)
            let origin = "`\(field.name.text)` is made here"
            made.append((.init(name: field.name.text, type: value.type, span: field.span, origin: origin), value))
        }
        let record = RecordType(name: nil, fields: made.map(\.field))
        use.makes(record.shape)
        return Checked(.record(record.shape, made.map(\.value.expression)), .record(record), at: span)
    }

    /// A JSON document as the list of its elements.
    func elements(_ checked: Checked) -> Checked {
        guard checked.type == .json else { return checked }
        return Checked(.call(.elements, [checked.expression]), .list(.json), at: checked.span)
    }

    private func isFirst(_ field: ObjectFieldSyntax, _ names: inout Set<String>) -> Bool {
        if names.insert(field.name.text).inserted { return true }
        reports.add(Diagnostic(.declaredTwice, "`\(field.name.text)` is given twice", at: field.name.span))
        return false
    }

    func record(_ name: NameSyntax, _ fields: [ObjectFieldSyntax], at span: Span) -> Checked {
        guard let record = declarations.records[name.text] else {
            reports.unknown(
                .unknownName, "no record named `\(name.text)`", name, known: declarations.records.keys.sorted(),
                called: "declared")
            for field in fields { _ = check(field.value) }
            return .unknown(at: span)
        }
        let verb = mapVerb
        mapVerb = nil
        return filled(
            record, fields, title: record.title, titleSpan: verb?.through(name.span) ?? name.span, at: span)
    }

    /// Every field of a record from what is written; a field that may be missing may be left out.
    private func filled(
        _ record: RecordType, _ fields: [ObjectFieldSyntax], title: String, titleSpan: Span?, at span: Span
    ) -> Checked {
        var values: [String: Checked] = [:]
        var isBroken = false
        var misspelt: Set<String> = []
        var names: Set<String> = []
        for field in fields where isFirst(field, &names) {
            guard let position = record.position(of: field.name.text) else {
                reports.unknown(
                    .unknownColumn, "\(title) has no field `\(field.name.text)`", field.name,
                    known: record.fields.map(\.name), called: "fields")
                NearestWord.find(field.name.text, among: record.fields.map(\.name)).map { _ = misspelt.insert($0) }
                _ = check(field.value)
                isBroken = true
                continue
            }
            let wanted = record.fields[position]
            values[wanted.name] = assign(check(field.value, expecting: wanted.type), to: wanted)
        }
        var expressions: [Expression] = []
        for wanted in record.fields {
            if let value = values[wanted.name] {
                isBroken = isBroken || value.type.isUnknown
                expressions.append(value.expression)
            } else if wanted.type.isOptional {
                expressions.append(.constant(.missing))
            } else {
                if misspelt.contains(wanted.name) { continue }
                reportIncomplete(wanted, record, fields, titleSpan: titleSpan, at: span)
                isBroken = true
            }
        }
        use.makes(record.shape)
        if isBroken { return Checked(.constant(.missing), .record(record), at: span) }
        return Checked(.record(record.shape, expressions), .record(record), at: span)
    }

    private func reportIncomplete(
        _ wanted: RecordType.Field, _ record: RecordType, _ fields: [ObjectFieldSyntax], titleSpan: Span?, at span: Span
    ) {
        let line = "\(wanted.name) = \(suggestion(for: wanted))"
        let edit: Diagnostic.Edit
        if let last = fields.last {
            edit = reports.insertStep(line, after: last.span)
        } else {
            let close = Span(file: span.file, start: max(span.start, span.end - 1), end: span.end)
            edit = .insert(" \(line) ", before: close, shown: line)
        }
        reports.add(
            Diagnostic(
                .recordIncomplete, "\(record.title) needs `\(wanted.name)`", at: titleSpan ?? span,
                origins: [Diagnostic.Origin(wanted.origin, at: wanted.span)], edits: [edit]))
    }

    /// The message's field of that name, if it fits; else a value to fill in.
    private func suggestion(for wanted: RecordType.Field) -> String {
        if scope.uncertainty == nil, case .record(let message) = scope.message.type,
            let position = message.position(of: wanted.name),
            case .fits = message.fields[position].type.assignment(to: wanted.type)
        {
            return ".\(wanted.name)"
        }
        return Self.substitute(for: wanted.type)
    }

    /// Brings a value to the type of the field that it goes to.
    func assign(_ value: Checked, to field: RecordType.Field) -> Checked {
        switch value.type.assignment(to: field.type) {
        case .fits:
            reportWord(value, field)
            return value
        case .fitsAfterScaling(let precision, let scale):
            let fit = Expression.call(
                .fit, [value.expression, .constant(.int(Int128(precision))), .constant(.int(Int128(scale)))])
            return Checked(fit, field.type.present.optional(if: value.type.isOptional), at: value.span)
        case .mayBeMissing: return demand(value, "`\(field.name)` needs `\(field.type)`")
        case .tooManyDigits(let scale):
            let text = reports.text(value.span)
            reports.add(
                Diagnostic(
                    .typesDoNotMeet, "`\(field.name)` has \(scale) digits behind the point, this may have more",
                    at: value.span, label: "this is `\(value.type)`",
                    origins: [Diagnostic.Origin(field.origin, at: field.span)],
                    edits: [.replace(value.span, with: "(\(text)).round(\(scale))", explanation: "half-even")]))
            return .unknown(at: value.span)
        case .never: return refuseAssignment(value, field)
        }
    }

    private func refuseAssignment(_ value: Checked, _ field: RecordType.Field) -> Checked {
        if case .oneOf(let words) = field.type.present, let text = value.constantText, words.contains(text) {
            return value
        }
        if case .oneOf = field.type.present, value.constantText != nil {
            reportWord(value, field)
            return .unknown(at: value.span)
        }
        var edits: [Diagnostic.Edit] = []
        let text = reports.text(value.span)
        switch (value.type.present, field.type.present) {
        case (let own, .text) where own.isPrintable: edits = [.replace(value.span, with: "text(\(text))")]
        case (let own, .int) where own.isText: edits = [.replace(value.span, with: "int(\(text))!")]
        case (.float, .decimal(_, let scale?)):
            edits = [.replace(value.span, with: "decimal(\(text), \(scale))!")]
        case (let own, .decimal(_, let scale?)) where own.isText:
            edits = [.replace(value.span, with: "decimal(\(text), \(scale))!")]
        case (.datetime, .date), (.instant, .date): edits = [.replace(value.span, with: "date(\(text))")]
        default: break
        }
        let isMoney = value.type.present == .float && field.type.present.isExactNumber
        reports.add(
            Diagnostic(
                isMoney ? .moneyAsFloat : .typesDoNotMeet,
                isMoney
                    ? "money must not be a float"
                    : "`\(field.name)` is \(field.type.kind), this is \(value.type.kind)", at: value.span,
                origins: [Diagnostic.Origin(field.origin, at: field.span)] + (value.origin.map { [$0] } ?? []),
                edits: edits))
        return .unknown(at: value.span)
    }

    private func reportWord(_ value: Checked, _ field: RecordType.Field) {
        guard case .oneOf(let words) = field.type.present, let text = value.constantText, !words.contains(text) else {
            return
        }
        reports.add(
            Diagnostic(
                .neverThatValue, "`\(field.name)` is never \"\(text)\"", at: value.span,
                origins: [
                    Diagnostic.Origin("values: " + words.map { "\"\($0)\"" }.joined(separator: " "), at: field.span)
                ],
                edits: Self.likelyWord(text, among: words).map { [.replace(value.span, with: "\"\($0)\"")] } ?? []))
    }

    func index(_ list: ExpressionSyntax, _ position: ExpressionSyntax, at span: Span) -> Checked {
        let source = demand(check(list), "an index needs a list")
        let place = demand(check(position), "an index needs `int`")
        if source.type.isUnknown || place.type.isUnknown { return .unknown(at: span) }
        guard case .list(let element) = source.type, place.type == .int else {
            return refuse(span, "an index needs a list and a whole number, this is \(source.type.kind)")
        }
        return Checked(.index(source.expression, place.expression), element.optional, at: span)
    }
}
