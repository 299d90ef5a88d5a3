import Message

extension ExpressionChecker {
    /// `.`; its fields may be uncertain, the whole never is.
    func message(at span: Span) -> Checked {
        var checked = Checked(.slot(0), scope.message.type, at: span)
        checked.path = Path(root: scope.message.value, fields: [])
        return checked
    }

    /// A bare word: a live value, or `now`.
    func named(_ name: NameSyntax) -> Checked {
        if let binding = scope.names[name.text] {
            var checked = Checked(.slot(binding.slot), binding.type, at: name.span)
            checked.path = Path(root: binding.value, fields: [])
            checked.origin = Diagnostic.Origin("`\(name.text)` is named here", at: binding.span)
            if scope.present.contains(Path(root: binding.value, fields: [])) {
                checked = retyped(checked, checked.type.present)
            }
            return checked
        }
        if name.text == "now" { return Checked(.metadata(.now), .instant, at: name.span) }
        if name.text == "secret" || name.text == "env" { return .unknown(at: name.span) }
        let known = scope.names.keys.sorted() + ["now"]
        if case .record(let record) = scope.message.type, record.position(of: name.text) != nil {
            reports.add(
                Diagnostic(
                    .unknownName, "there is no name `\(name.text)` here; a field is written with a dot", at: name.span,
                    edits: [.insert(".", before: name.span, isCertain: true, shown: ".\(name.text)")]))
            return .unknown(at: name.span)
        }
        reports.unknown(
            .unknownName, "there is no name `\(name.text)` here", name, known: known, called: "known here")
        return .unknown(at: name.span)
    }

    func metadata(_ name: NameSyntax, at span: Span) -> Checked {
        switch name.text {
        case "id": return Checked(.metadata(.id), .text, at: span)
        case "received": return Checked(.metadata(.received), .instant, at: span)
        case "customer": return Checked(.metadata(.customer), .optional(.text), at: span)
        case "attempt", "error":
            guard place != .delivery else {
                reports.add(
                    Diagnostic(
                        .attemptInDelivery, "what is delivered may not read `@\(name.text)`", at: span,
                        label: "the bytes of a delivery must be the same on every attempt",
                        edits: [.replace(span, with: "@id", explanation: "the message's id never changes")]))
                return .unknown(at: span)
            }
            if name.text == "attempt" { return Checked(.metadata(.attempt), .int, at: span) }
            return Checked(.metadata(.error), place == .handler ? .text : .optional(.text), at: span)
        default:
            reports.unknown(
                .unknownName, "there is no metadata `@\(name.text)`", name,
                known: ["id", "received", "attempt", "error", "customer"], called: "known")
            return .unknown(at: span)
        }
    }

    /// `a.b`: a field, a member of a JSON document, or a function without further arguments.
    func member(_ base: ExpressionSyntax, _ name: NameSyntax, isOptional: Bool, at span: Span) -> Checked {
        if case .name(let word) = base.kind, scope.names[word.text] == nil {
            if word.text == "secret" { return secret(name, at: span) }
            if word.text == "env" {
                return environment(name, at: span)
            }
        }
        let checked: Checked
        switch base.kind {
        case .message: checked = message(at: base.span)
        case .name(let word): checked = named(word)
        default: checked = check(base)
        }
        return member(of: checked, name, isOptional: isOptional, at: span)
    }

    /// A plan holds no environment: an entry finishes on the plan that admitted it, with the same bytes, whatever is set
    /// at the next start.
    private func environment(_ name: NameSyntax, at span: Span) -> Checked {
        guard declarations.environment[name.text] != nil else {
            reports.unknown(
                .unknownName, "no environment variable named `\(name.text)`", name,
                known: declarations.environment.keys.sorted(), called: "declared")
            return .unknown(at: span)
        }
        reports.add(
            Diagnostic(
                .notInThisVersion, "a step cannot read `env.\(name.text)` in this version", at: span,
                label: "only the settings of `connect` take it",
                notes: ["write the text itself here, or read it from a column"]))
        return .unknown(at: span)
    }

    private func secret(_ name: NameSyntax, at span: Span) -> Checked {
        guard declarations.secrets[name.text] != nil else {
            reports.unknown(
                .unknownName, "no secret named `\(name.text)`", name, known: declarations.secrets.keys.sorted(),
                called: "declared")
            return .unknown(at: span)
        }
        reports.add(
            Diagnostic(
                .secretInText, "a secret cannot go into text", at: span,
                label: "it would stand in queues, logs and dead letters",
                notes: ["a connection takes it: `bearer secret.\(name.text)`"]))
        return .unknown(at: span)
    }

    func member(of base: Checked, _ name: NameSyntax, isOptional: Bool, at span: Span) -> Checked {
        if base.type.isUnknown { return .unknown(at: span) }
        if base.type.isOptional, !isOptional {
            _ = demand(base, "`.\(name.text)` needs a value that is present")
            return .unknown(at: span)
        }
        switch base.type.present {
        case .record(let record):
            guard let position = record.position(of: name.text) else {
                return noField(name, of: record, base, at: span)
            }
            if base.path?.root == scope.message.value, base.path?.fields.isEmpty == true, isMessage(base),
                let reason = scope.uncertainty
            {
                return uncertain(name, reason, at: span)
            }
            use.takes(name.text, of: record)
            let field = record.fields[position]
            return self.field(field, position, of: base, at: span)
        case .json:
            var checked = Checked(
                .call(.member, [base.expression, .constant(.text(name.text))]), .optional(.json), at: span)
            checked.path = base.path.map { Path(root: $0.root, fields: $0.fields + [name.text]) }
            return narrowed(checked)
        default: return call(name, subject: base, [], isChained: isOptional && base.type.isOptional, at: span)
        }
    }

    private func isMessage(_ base: Checked) -> Bool { if case .slot(0) = base.expression { true } else { false } }

    private func field(_ field: RecordType.Field, _ position: Int, of base: Checked, at span: Span) -> Checked {
        let type = field.type.optional(if: base.type.isOptional)
        var checked = Checked(.field(base.expression, position), type, at: span)
        checked.path = base.path.map { Path(root: $0.root, fields: $0.fields + [field.name]) }
        checked.origin = Diagnostic.Origin(field.origin, at: field.span)
        if case .unusable(let sqlType) = field.type.present {
            reports.add(
                Diagnostic(
                    .typesDoNotMeet, "a route cannot compute with `\(sqlType)`", at: span,
                    origins: [Diagnostic.Origin(field.origin, at: field.span)],
                    notes: ["a view that casts the column makes it readable"]))
            return .unknown(at: span)
        }
        return narrowed(checked)
    }

    /// Without `?` where the value is known to be present.
    func narrowed(_ checked: Checked) -> Checked {
        guard checked.type.isOptional, let path = checked.path, scope.knows(path) else { return checked }
        return retyped(checked, checked.type.present)
    }

    func retyped(_ checked: Checked, _ type: Type) -> Checked {
        var result = Checked(checked.expression, type, at: checked.span)
        result.path = checked.path
        result.origin = checked.origin
        result.isConversion = checked.isConversion
        return result
    }

    // MARK: What is not there

    private func uncertain(_ name: NameSyntax, _ reason: String, at span: Span) -> Checked {
        let replacement = scope.names.keys.sorted().first { key in
            guard case .record(let record)? = scope.names[key]?.type else { return false }
            return record.position(of: name.text) != nil
        }
        reports.add(
            Diagnostic(
                .goneAfterMap, "`.\(name.text)` may be gone here: \(reason)", at: span,
                edits: replacement.map { [.replace(span, with: "\($0).\(name.text)")] } ?? []))
        return .unknown(at: span)
    }

    private func noField(_ name: NameSyntax, of record: RecordType, _ base: Checked, at span: Span) -> Checked {
        if isMessage(base), let former = scope.former.last(where: { $0.has(name.text) }) {
            let alias = scope.names(of: former.value).first
            reports.add(
                Diagnostic(
                    .goneAfterMap, "`.\(name.text)` is gone after `map`", at: span,
                    origins: [Diagnostic.Origin("`\(former.replacedBy)` replaced the message", at: former.span)],
                    notes: alias == nil ? ["name the message with `as` to reach it behind `map`"] : [],
                    edits: alias.map { [.replace(span, with: "\($0).\(name.text)", isCertain: true)] } ?? []))
            return .unknown(at: span)
        }
        let known = record.fields.map(\.name)
        let nearest = NearestWord.find(name.text, among: known)
        let field = nearest.flatMap { record.position(of: $0) }.map { record.fields[$0] }
        let what = record.isSourceRow ? "column" : "field"
        let title = record.isSourceRow ? (record.name ?? "the source") : record.title
        let isDotted = reports.text(span).hasPrefix(".")
        reports.add(
            Diagnostic(
                .unknownColumn, "\(title) has no \(what) `\(name.text)`", at: isDotted ? span : name.span,
                origins: field.map { [Diagnostic.Origin("nearest: `\($0.name)`", at: $0.span)] }
                    ?? [Diagnostic.Origin("\(what)s: \(known.prefix(12).joined(separator: " "))")],
                edits: nearest.map {
                    let isCertain = NearestWord.isCertain(name.text, $0, among: known)
                    return [.replace(name.span, with: $0, isCertain: isCertain, shown: isDotted ? ".\($0)" : $0)]
                } ?? []))
        // What a check of the misspelt field teaches holds for the one that was meant.
        var unknown = Checked.unknown(at: span)
        if let nearest { unknown.path = base.path.map { Path(root: $0.root, fields: $0.fields + [nearest]) } }
        return unknown
    }
}

extension Scope.FormerMessage {
    func has(_ field: String) -> Bool {
        if case .record(let record) = type { record.position(of: field) != nil } else { false }
    }
}
