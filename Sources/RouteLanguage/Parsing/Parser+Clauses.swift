extension Parser {
    /// The subject of a verb that needs one.
    mutating func parseSubject(_ verb: Verb) -> ExpressionSyntax? {
        // `from queue inbox as parcel`: `queue inbox` is read as a clause.
        if verb == .from, at("queue"), token(1).kind == .name, token(1).hasSpaceBefore { return nil }
        guard !isAtLineEnd, !at(.rightBrace), !(verb.takesBlock && at(.leftBrace)) else {
            let last = tokens[max(position - 1, 0)]
            fail(
                Diagnostic(
                    .unexpectedWord, "`\(verb.rawValue)` needs \(verb.subjectDescription)", at: span(last),
                    notes: ["`\(verb.example)`"]))
            return nil
        }
        let subject = parseExpression()
        if verb == .delay { checkTime(subject) }
        if verb == .bill, case .name(let word) = subject.kind, word.text == "customer", isAtPathOfCustomer {
            return parseCustomer(behind: word)
        }
        return subject
    }

    /// `order.customer_id` or `.customer_id` stands where a clause could.
    private var isAtPathOfCustomer: Bool {
        at(.dot) || at(.name) && token(1).kind == .dot && !token(1).hasSpaceBefore
    }

    /// `bill customer order.customer_id`: the word is too many.
    private mutating func parseCustomer(behind word: NameSyntax) -> ExpressionSyntax {
        let surplus = Span(file: file, start: word.span.start, end: current.start)
        let customer = parseExpression()
        note(
            Diagnostic(
                .unexpectedWord, "`bill` is followed by the customer itself", at: word.span,
                edits: [
                    .replace(
                        surplus, with: "", isCertain: true,
                        shown: "bill " + lines.text(customer.span.start..<customer.span.end))
                ]))
        return customer
    }

    mutating func parseLetName() -> ExpressionSyntax? {
        guard let name = expectName("a name after `let`") else { return nil }
        return ExpressionSyntax(.name(name), span: name.span)
    }

    /// The `=` of `set` and `let`; `==` is answered and taken for it.
    mutating func takeAssignment(_ verb: Verb) -> Bool {
        if take(.assign) != nil { return true }
        if let comparison = take(.equal) {
            note(assignmentConfused(at: span(comparison), write: "=", isCertain: true))
            return true
        }
        failExpecting("`=` and a value after `\(verb.rawValue)`")
        return false
    }

    func assignmentConfused(at place: Span, write sign: String, isCertain: Bool) -> Diagnostic {
        Diagnostic(
            .assignmentOrComparison, "`=` sets a value, `==` compares", at: place,
            edits: [.replace(place, with: sign, isCertain: isCertain)])
    }

    /// `name value` pairs up to something else.
    mutating func parseClauses(of owner: String) -> [ClauseSyntax] {
        var clauses: [ClauseSyntax] = []
        while !isPanicking, at(.name), at("else") || Verb.byWord[word(current)] == nil {
            guard let clause = parseClause() else { break }
            clauses.append(clause)
        }
        if !isPanicking, !isAtLineEnd, !at(.leftBrace), !at(.rightBrace), !at(.name) {
            if at(.comma) {
                fail(
                    Diagnostic(
                        .unexpectedWord, "clauses are not separated by commas on a step's line", at: span(current),
                        edits: [.replace(span(current), with: "", isCertain: true, shown: "(no comma)")]))
            } else {
                failExpecting("a clause of `\(owner)` or the end of the line")
            }
        }
        return clauses
    }

    /// `{ name value, ... }`; the current token is `{`.
    mutating func parseSettings(owner: String) -> [ClauseSyntax] {
        parseBraced(owner: owner) { parser in
            guard parser.at(.name) else {
                parser.failExpecting("a setting: its name and its value")
                return nil
            }
            return parser.parseClause()
        }
    }

    private mutating func parseClause() -> ClauseSyntax? {
        let name = name(advance())
        for sign in [Token.Kind.assign, .colon] where at(sign) {
            note(
                Diagnostic(
                    .unexpectedWord, "the value of `\(name.text)` follows it without `\(word(current))`",
                    at: span(current),
                    edits: [.replace(span(current), with: "", isCertain: true, shown: "\(name.text) ...")]))
            advance()
        }
        guard !isAtLineEnd, !at(.rightBrace), !at(.comma) else {
            fail(Diagnostic(.unexpectedWord, "`\(name.text)` needs a value", at: name.span))
            return nil
        }
        guard current.hasSpaceBefore else {
            fail(
                Diagnostic(
                    .unexpectedWord, "expected a clause and a space, found `\(name.text)\(word(current).prefix(20))`",
                    at: name.span.through(span(current))))
            return nil
        }
        let value = parseExpression()
        if Self.timeClauses.contains(name.text) { checkTime(value) }
        return ClauseSyntax(name: name, value: value, span: name.span.through(value.span))
    }

    /// Clauses and settings whose value is a time, wherever they stand.
    static let timeClauses: Set<String> = [
        "every", "within", "timeout", "wait", "cache", "reset", "backoff", "keep", "grace", "per",
    ]

    /// A bare number where a time belongs.
    mutating func checkTime(_ value: ExpressionSyntax) {
        guard case .number(let number) = value.kind else { return }
        note(timeWithoutUnit(number))
    }

    func timeWithoutUnit(_ number: NumberSyntax) -> Diagnostic {
        Diagnostic(
            .timeWithoutUnit, "a time needs a unit", at: number.span, origins: [.init("units: ms s m h d")],
            edits: [.replace(number.span, with: number.text + "s")])
    }
}

extension Verb {
    /// What its subject is, for `... needs X`.
    var subjectDescription: String {
        switch self {
        case .from: "a table or a queue"
        case .filter, .validate, .when: "a condition"
        case .through, .deadletter: "a queue"
        case .enrich: "a name for what it finds"
        case .map: "an object"
        case .remove: "a field"
        case .tap, .to: "a connection"
        case .throttle, .loop: "a number"
        case .delay: "a time"
        case .split, .recipients: "a list"
        case .run: "a template"
        case .bill: "the customer who pays"
        case .on: "`error`"
        case .log, .fail: "a text"
        case .given, .expect: "a connection or table"
        case .set, .let, .unique, .reorder, .choose, .otherwise, .breaker, .aggregate, .fanout, .stop: "nothing"
        }
    }

    /// A line that holds it, right.
    var example: String {
        switch self {
        case .set: "set .state = \"new\""
        case .let: "let total = .net * 1.19"
        case .unique: "unique by .id within 30d"
        case .reorder: "reorder by .seq within 10s"
        case .choose: "choose { when .country == \"DE\" { to acme post \"/orders\" as json } }"
        case .otherwise: "otherwise { to archive write \"{.id}.json\" as json }"
        case .breaker: "breaker failures 5 within 30s reset 1m { to acme post \"/orders\" as json }"
        case .aggregate: "aggregate by .site size 500 wait 1m into { site = .site, n = count() }"
        case .fanout: "fanout { to acme put \"/stock\" as json }"
        case .stop: "stop"
        case .from: "from shop.orders as order after .id every 5s batch 500"
        case .filter: "filter .status == \"paid\""
        case .validate: "validate .country is present else \"no country\""
        case .through: "through outbox workers 8"
        case .enrich: "enrich buyer with shop.customers where .id == order.customer_id"
        case .map: "map { number = \"S-{.id}\", total = .net }"
        case .remove: "remove .note"
        case .tap: "tap audit"
        case .when: "when .country == \"DE\" { to acme post \"/orders\" as json }"
        case .throttle: "throttle 50 per 1s"
        case .delay: "delay 2s"
        case .loop: "loop 3 while .state == \"pending\" { delay 2s }"
        case .split: "split .lines as line { to archive append \"lines.jsonl\" as json }"
        case .run: "run deliver partner acme path \"/orders\""
        case .to: "to acme post \"/orders\" as json key .number"
        case .recipients: "recipients .hooks among { acme = acme } post \"/stock\" as json"
        case .bill: "bill order.customer_id meter \"orders\" units 1"
        case .on: "on error { deadletter failed }"
        case .deadletter: "deadletter failed"
        case .log: "log \"order {.id} was skipped\""
        case .fail: "fail \"no price for {.sku}\""
        case .given: "given acme replies [503, 200]"
        case .expect: "expect acme calls 2"
        }
    }
}
