import Connecting
import Message

extension RouteChecker {
    /// `to acme post "/orders" as json key .number timeout 10s retry gentle`.
    func deliver(_ step: StepSyntax, id: String) {
        if line == nil { return misplaced(step, "`to` stands below `through`") }
        let before = pending
        pending = [Self.unreadableDelivery]
        guard let subject = step.subject, let connection = target(subject), let descriptor = connection.descriptor
        else {
            return
        }
        let title = "`to` \(Article.of(descriptor.name)) \(descriptor.name) connection"
        let hasPolicy = descriptor.delivery.contains { $0.kind == .policy }
        let known = descriptor.delivery.map(\.name) + (hasPolicy ? PolicyChecker.clauses.filter { $0 != "retry" } : [])
        checkClauses(step, known, title: title)
        let place = expressions.place
        expressions.place = .delivery
        defer { expressions.place = place }
        guard let action = action(step, descriptor, title) else { return }
        let key = step.clause("key").map {
            expressions.text(of: $0.value, for: .header, "`key`")
        }
        let (body, contentType) = self.body(step, descriptor)
        let policy = self.policy(step)
        let index = deliveries.count
        deliveries.append(
            DeliveryDraft(
                step: StepID(id), syntax: step, connection: connection, action: action.name,
                target: actionTarget(action).expression, headers: headers(step), body: body, contentType: contentType,
                key: key?.expression, keySyntax: step.clause("key")?.value,
                timeoutMilliseconds: timeout(step, connection, descriptor), policy: policy, position: code.count,
                line: reports.line(step.span), file: reports.path(step.span), scope: expressions.scope,
                alternatives: alternatives, before: before, isInHandler: place == .handler))
        code.append(.end)
        pending = [index]
        reportRepeatedPost(step, action, policy, descriptor, index)
        reportKeyOfItems(index)
    }

    private func target(_ subject: ExpressionSyntax) -> Declarations.Connection? {
        guard case .name(let name) = subject.unparenthesized.kind else {
            if case .unreadable = subject.kind { return nil }
            reports.add(Diagnostic(.unknownName, "`to` names a connection", at: subject.span))
            return nil
        }
        guard let connection = declarations.connections[name.text] else {
            reports.unknown(
                .unknownName, "no connection named `\(name.text)`", name,
                known: declarations.connectionPlans.map(\.name), called: "declared")
            return nil
        }
        guard let descriptor = connection.descriptor, descriptor.delivery.isEmpty else { return connection }
        reports.add(
            Diagnostic(
                .wrongSettingValue,
                "`\(name.text)` is \(Article.of(descriptor.name)) \(descriptor.name) connection, nothing is delivered to it",
                at: name.span, origins: [Diagnostic.Origin("declared here", at: connection.syntax.name.span)]))
        return nil
    }

    // MARK: What is sent where

    struct Action {
        let name: String
        let clause: ClauseSyntax
        let kind: Clause.Kind
    }

    /// The one clause that says what to do: `post "/orders"`, `write "x.json"`.
    private func action(_ step: StepSyntax, _ descriptor: ConnectorDescriptor, _ title: String) -> Action? {
        let actions = descriptor.delivery.filter { $0.kind == .urlPath || $0.kind == .filePath }
        let found = step.clauses.compactMap { clause in
            actions.first { $0.name == clause.name.text }.map { Action(name: $0.name, clause: clause, kind: $0.kind) }
        }
        if found.count > 1, found[1].name != found[0].name {
            reports.add(
                Diagnostic(
                    .clauseTwice, "`to` does one thing: `\(found[0].name)` or `\(found[1].name)`",
                    at: found[1].clause.name.span))
            return nil
        }
        if let action = found.first { return action }
        // A misspelt action has been named already.
        let names = actions.map(\.name)
        if step.clauses.contains(where: { NearestWord.find($0.name.text, among: names) != nil }) { return nil }
        let example = actions.first?.kind == .filePath ? "\(names.first ?? "write") \"{@id}.json\"" : "post \"/\""
        reports.add(
            Diagnostic(
                .missingClause, "\(title) says what to do: one of \(names.joined(separator: " "))",
                at: step.subject?.span ?? step.verbSpan,
                edits: step.subject.map { [.replace($0.span.after, with: " \(example)", shown: example)] } ?? []))
        return nil
    }

    private func actionTarget(_ action: Action) -> Checked {
        let isURL = action.kind == .urlPath
        let target = expressions.text(of: action.clause.value, for: isURL ? .url : .filePath, "`\(action.name)`")
        guard let text = action.clause.value.leadingText else { return target }
        if isURL, !text.hasPrefix("/") {
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "a URL path begins with `/`", at: action.clause.value.span,
                    label: "the connection's `base` stands before it",
                    edits: [
                        .insert(
                            "/",
                            before: Span(
                                file: action.clause.value.span.file, start: action.clause.value.span.start + 1,
                                end: action.clause.value.span.end), isCertain: true, shown: "\"/\(text)\"")
                    ]))
        }
        if !isURL, text.hasPrefix("/") || text.split(separator: "/").contains("..") {
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "a file path stays below the connection's root", at: action.clause.value.span))
        }
        return target
    }

    /// What is sent, and its content type.
    private func body(_ step: StepSyntax, _ descriptor: ConnectorDescriptor) -> (Expression?, String?) {
        let asClause = step.clause("as")
        if let asClause, let kind = descriptor.delivery.first(where: { $0.name == "as" })?.kind,
            case .word(let words) = kind
        {
            guard case .name(let word) = asClause.value.kind, words.contains(word.text) else {
                wrong(asClause, "`as` is \(words.map { "`\($0)`" }.joined(separator: " or "))")
                return (nil, nil)
            }
        }
        if let clause = step.clause("body") { return explicitBody(clause, asJSON: asClause != nil) }
        guard asClause != nil || sendsByItself(step, descriptor) else {
            reportNoBody(step, descriptor)
            return (nil, nil)
        }
        expressions.use.takesWhole(expressions.scope.message.type)
        return (.slot(0), "application/json")
    }

    /// The connector writes the message where nothing else is said; a GET and a DELETE have no body.
    private func sendsByItself(_ step: StepSyntax, _ descriptor: ConnectorDescriptor) -> Bool {
        let hasDefault = descriptor.delivery.contains { $0.name == "as" && $0.defaultText != nil }
        return hasDefault && !step.clauses.contains { ["get", "delete"].contains($0.name.text) }
    }

    private func explicitBody(_ clause: ClauseSyntax, asJSON: Bool) -> (Expression?, String?) {
        let checked = expressions.demand(expressions.check(clause.value), "`body` needs a value that is present")
        if asJSON || checked.type == .json { return (checked.expression, "application/json") }
        if checked.type.isText { return (checked.expression, "text/plain; charset=utf-8") }
        if checked.type == .bytes { return (checked.expression, "application/octet-stream") }
        if checked.type.isUnknown { return (nil, nil) }
        reports.add(
            Diagnostic(
                .typesDoNotMeet, "a body is text or bytes, this is \(checked.type.kind)", at: clause.value.span,
                edits: [.replace(clause.span.after, with: " as json", shown: "as json")]))
        return (nil, nil)
    }

    /// A file without content is never meant; a GET without body is.
    private func reportNoBody(_ step: StepSyntax, _ descriptor: ConnectorDescriptor) {
        guard descriptor.delivery.contains(where: { $0.kind == .filePath }), let last = step.clauses.last else {
            return
        }
        reports.add(
            Diagnostic(
                .missingClause, "this file would be empty: `to` does not say what to write", at: step.verbSpan,
                edits: [.replace(last.span.after, with: " as json", shown: "as json")]))
    }

    private func headers(_ step: StepSyntax) -> [(name: String, value: Expression)] {
        guard let clause = step.clause("headers") else { return [] }
        guard case .object(let fields) = clause.value.unparenthesized.kind else {
            wrong(clause, "`headers` are written { \"X-Name\" = \"text\" }")
            return []
        }
        return fields.compactMap { field in
            guard HeaderName.isValid(field.name.text) else {
                reports.add(
                    Diagnostic(.wrongSettingValue, "`\(field.name.text)` is no header name", at: field.name.span))
                return nil
            }
            if HeaderName.isReserved(field.name.text) {
                reports.add(
                    Diagnostic(
                        .wrongSettingValue, "the engine writes `\(field.name.text)` itself", at: field.name.span))
                return nil
            }
            let value = expressions.text(of: field.value, for: .header, "a header")
            return (field.name.text, value.expression)
        }
    }

    // MARK: How often and how long

    private func timeout(
        _ step: StepSyntax, _ connection: Declarations.Connection, _ descriptor: ConnectorDescriptor
    ) -> Int64 {
        let clause = descriptor.delivery.first { $0.name == "timeout" }
        let standard = clause?.defaultText.flatMap(TimeWord.milliseconds) ?? 15_000
        return duration(step.clause("timeout"), or: connection.timeoutMilliseconds ?? standard)
    }

    /// `retry gentle`, or the clauses of a policy written in place.
    private func policy(_ step: StepSyntax) -> RetryPolicy {
        let written = step.clauses.filter { PolicyChecker.clauses.contains($0.name.text) }
        if let retry = step.clause("retry"), case .name(let name) = retry.value.kind {
            guard let policy = declarations.policies[name.text] else {
                reports.unknown(
                    .unknownName, "no policy named `\(name.text)`", name, known: declarations.policies.keys.sorted(),
                    called: "declared")
                return .standard
            }
            return policy.plan
        }
        return PolicyChecker(reports: reports).policy(written, of: "`to`")
    }

    /// R0503: a policy that repeats a request which may do its work twice.
    private func reportRepeatedPost(
        _ step: StepSyntax, _ action: Action, _ policy: RetryPolicy, _ descriptor: ConnectorDescriptor, _ index: Int
    ) {
        guard descriptor.repeatingActions.contains(action.name), let retry = step.clause("retry"),
            step.clause("key") == nil, policy.limit != .count(0),
            descriptor.delivery.contains(where: { $0.name == "key" })
        else { return }
        var origin = Diagnostic.Origin("it is retried, there is no `key`", at: retry.span)
        if case .name(let name) = retry.value.kind {
            origin = Diagnostic.Origin(
                "`\(name.text)` retries, there is no `key`", at: declarations.policies[name.text]?.span)
        }
        let key = "key \(keySuggestion())"
        reports.add(
            Diagnostic(
                .retryRepeatsPost, "a retry can repeat this \(action.name.uppercased())",
                at: step.headSpan(action.clause),
                origins: [origin], edits: [.replace(action.clause.span.after, with: " \(key)", shown: key)]))
    }

    /// A field of the message that names it, else the message's own id.
    private func keySuggestion() -> String {
        guard expressions.scope.uncertainty == nil, case .record(let record) = expressions.scope.message.type else {
            return "@id"
        }
        let name = ["number", "id", "key", "code"].first { wanted in
            record.fields.contains { $0.name == wanted && $0.type.isPrintable }
        }
        return name.map { ".\($0)" } ?? "@id"
    }
}

extension StepSyntax {
    /// From the verb to the end of a clause.
    func headSpan(_ clause: ClauseSyntax) -> Span { verbSpan.through(clause.span) }
}

extension ExpressionSyntax {
    /// The text that a literal begins with; nil: it begins with a value, or is no literal.
    var leadingText: String? {
        guard case .text(let text) = unparenthesized.kind else { return nil }
        if text.parts.isEmpty { return "" }
        guard case .literal(let literal, _)? = text.parts.first else { return nil }
        return literal
    }
}

/// Times in descriptors, as routes write them: `15s`.
enum TimeWord {
    static func milliseconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let unit = String(text.dropFirst(digits.count)).trimmedOfSpace
        let factors: [String: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let factor = factors[unit] else { return nil }
        let (value, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : value
    }
}

/// RFC 9110: a header's name is a token.
enum HeaderName {
    static func isValid(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// What the sender writes, and what would change where a request goes or ends.
    static func isReserved(_ name: String) -> Bool {
        [
            "content-length", "transfer-encoding", "host", "connection", "idempotency-key", "content-type", "expect",
            "upgrade", "te", "trailer", "keep-alive", "proxy-authorization", "proxy-connection",
        ].contains(name.lowercased())
    }
}
