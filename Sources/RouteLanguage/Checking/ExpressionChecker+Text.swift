import Message

extension ExpressionChecker {
    /// A text for its place; values inside are escaped or refused as the place demands.
    func text(_ text: TextSyntax, _ place: TextPlace) -> Checked {
        if let constant = text.constant { return Checked(.constant(.text(constant)), .text, at: text.span) }
        var parts: [Expression.TextPart] = []
        var isComplete = true
        for part in text.parts {
            switch part {
            case .literal(let literal, _): parts.append(.literal(literal))
            case .value(let syntax):
                let checked = printable(check(syntax))
                isComplete = isComplete && !checked.type.isUnknown
                parts.append(.value(checked.expression))
            }
        }
        return isComplete ? Checked(.interpolation(parts, place), .text, at: text.span) : .unknown(at: text.span)
    }

    /// An expression that ends as text at a place: a literal keeps its own `/`, a value is escaped as a whole.
    func text(of syntax: ExpressionSyntax, for place: TextPlace, _ what: String) -> Checked {
        switch syntax.unparenthesized.kind {
        case .text(let text):
            if let constant = text.constant { return constantText(constant, place, at: text.span) }
            return self.text(text, place)
        case .conditional(let test, let yes, let no):
            let condition = self.condition(test, for: "`if`")
            let first = with(condition.whenTrue) { text(of: yes, for: place, what) }
            let second = with(condition.whenFalse) { text(of: no, for: place, what) }
            if first.type.isUnknown || second.type.isUnknown { return .unknown(at: syntax.span) }
            return Checked(
                .conditional(condition.expression, first.expression, second.expression), .text, at: syntax.span)
        default:
            let checked = printable(demand(check(syntax), "\(what) needs `text`"))
            if checked.type.isUnknown { return .unknown(at: syntax.span) }
            if place == .plain, checked.type.isText { return checked }
            return Checked(.interpolation([.value(checked.expression)], place), .text, at: syntax.span)
        }
    }

    /// Text without values, rendered as its place will show it.
    private func constantText(_ text: String, _ place: TextPlace, at span: Span) -> Checked {
        let frame = Frame(slots: [], messageID: "", received: Instant(microseconds: 0))
        let expression = Expression.interpolation([.literal(text)], place)
        guard case .text(let rendered)? = try? frame.evaluate(expression) else { return .unknown(at: span) }
        return Checked(.constant(.text(rendered)), .text, at: span)
    }

    private func printable(_ checked: Checked) -> Checked {
        let present = demand(checked, "a text needs a value that is present")
        guard !present.type.isPrintable else { return present }
        var notes: [String] = []
        if case .json = present.type { notes = ["`text(x)` is the document's text"] }
        if case .record = present.type { notes = ["`json(x)` makes a document of it; JSON is never built from text"] }
        reports.add(
            Diagnostic(
                .typesDoNotMeet, "\(present.type.kind) cannot stand inside a text", at: present.span,
                origins: present.origin.map { [$0] } ?? [], notes: notes))
        return .unknown(at: present.span)
    }
}
