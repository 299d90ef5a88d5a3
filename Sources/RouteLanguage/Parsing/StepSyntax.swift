/// `{ steps }`; the span includes the braces.
package struct BlockSyntax: Sendable {
    package let steps: [StepSyntax]
    package let span: Span
    /// The opening brace.
    package var open: Span { Span(file: span.file, start: span.start, end: span.start + 1) }
}

/// A verb, its subject, its clauses, its block.
///
/// `set TARGET = value` has the target as subject and `value`; `let NAME = value` has the name as subject
/// (`.name`). Clauses written in braces (`to acme { post "/x" }`) stand in `clauses` behind those of the line.
package struct StepSyntax: Sendable {
    package let verb: Verb
    /// The verb's word.
    package let verbSpan: Span
    package let subject: ExpressionSyntax?
    /// Of `set` and `let`.
    package let value: ExpressionSyntax?
    package let clauses: [ClauseSyntax]
    /// Braces around the last clauses; nil: all on the line.
    package let settingsSpan: Span?
    package let block: BlockSyntax?
    package let span: Span

    /// `from queue inbox`: its first clause stands where others have a subject.
    var hasClauseForSubject: Bool { verb == .from && subject == nil && clauses.first?.name.text == "queue" }

    /// The first clause of that name.
    package func clause(_ name: String) -> ClauseSyntax? { clauses.first { $0.name.text == name } }
}

/// `name value`: a clause of a step, a setting of a declaration.
package struct ClauseSyntax: Sendable {
    package let name: NameSyntax
    package let value: ExpressionSyntax
    package let span: Span
}

/// The words that a step begins with.
package enum Verb: String, Sendable, Hashable, CaseIterable {
    case set, `let`
    case unique, reorder, choose, otherwise, breaker, aggregate, fanout, stop
    case from, filter, validate, through, enrich, map, remove, tap, when, throttle, delay, loop, split, run, to
    case recipients, bill, on, deadletter, log, fail, given, expect

    /// Followed by an expression, its subject.
    package var takesSubject: Bool {
        switch self {
        case .unique, .reorder, .choose, .otherwise, .breaker, .aggregate, .fanout, .stop, .set, .let: false
        case .from, .filter, .validate, .through, .enrich, .map, .remove, .tap, .when, .throttle, .delay, .loop,
            .split, .run, .to, .recipients, .bill, .on, .deadletter, .log, .fail, .given, .expect:
            true
        }
    }

    /// Braces behind it always hold steps.
    package var takesBlock: Bool {
        switch self {
        case .choose, .otherwise, .breaker, .fanout, .when, .loop, .split, .on: true
        case .set, .let, .unique, .reorder, .aggregate, .stop, .from, .filter, .validate, .through, .enrich, .map,
            .remove, .tap, .throttle, .delay, .run, .to, .recipients, .bill, .deadletter, .log, .fail, .given, .expect:
            false
        }
    }
}
