extension Parser {
    mutating func parsePrimary() -> ExpressionSyntax {
        let start = current
        switch start.kind {
        case .textStart:
            let text = parseText()
            return make(.text(text), from: text.span)
        case .number: return parseNumberOrRange()
        case .measure: return parseMeasureOrRange()
        case .statusClass:
            advance()
            return make(.statusClass(Int(bytes[start.start]) - 48), from: span(start))
        case .date:
            advance()
            return make(.date(DateSyntax(text: word(start), span: span(start))), from: span(start))
        case .dot: return parseField()
        case .at: return parseMetadata()
        case .name: return parseWord()
        case .leftParen:
            advance()
            skipNewlines()
            let inner = parseExpression()
            close(.rightParen, start, "`)`")
            return make(.parenthesized(inner), from: span(start))
        case .leftBracket: return parseList()
        case .leftBrace:
            let fields = parseObjectFields(owner: "this object")
            return make(.object(fields), from: span(start))
        case .newline, .endOfFile, .textPiece, .textEnd, .valueStart, .valueEnd, .rightBrace, .rightBracket,
            .rightParen, .comma, .colon, .pipe, .questionDot, .dotDot, .question, .questionQuestion, .bang, .assign,
            .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .minus, .star, .slash,
            .percent, .invalid:
            failExpecting("a value")
            return unreadable()
        }
    }

    private mutating func parseNumberOrRange() -> ExpressionSyntax {
        let token = advance()
        let number = NumberSyntax(text: word(token), span: span(token))
        if at(.dotDot), self.token(1).kind == .measure {
            note(timeWithoutUnit(number))
            advance()
            _ = parseMeasure()
            return make(.unreadable, from: number.span)
        }
        return make(.number(number), from: number.span)
    }

    private mutating func parseMeasureOrRange() -> ExpressionSyntax {
        let start = span(current)
        guard let low = parseMeasure() else { return make(.unreadable, from: start) }
        guard at(.dotDot) else { return make(.measure(low), from: start) }
        advance()
        if at(.number) {
            let token = advance()
            note(timeWithoutUnit(NumberSyntax(text: word(token), span: span(token))))
            return make(.unreadable, from: start)
        }
        guard at(.measure) else {
            failExpecting("the upper end of the range, such as `2m`")
            return make(.unreadable, from: start)
        }
        guard let high = parseMeasure() else { return make(.unreadable, from: start) }
        return make(.measureRange(low, high), from: start)
    }

    /// The current token is a measure; nil, with a diagnostic, where its unit is none.
    mutating func parseMeasure() -> MeasureSyntax? {
        let token = advance()
        let text = word(token)
        let digits = text.prefix { $0 == "." || $0.isNumber }
        let number = NumberSyntax(
            text: String(digits),
            span: Span(file: file, start: token.start, end: token.start + digits.utf8.count))
        let written = String(text.dropFirst(digits.count))
        if let unit = MeasureSyntax.Unit(rawValue: written) {
            return MeasureSyntax(number: number, unit: unit, span: span(token))
        }
        let place = Span(file: file, start: number.span.end, end: token.end)
        let nearest = MeasureSyntax.Unit.named(written)
        note(
            Diagnostic(
                .unknownUnit, "unknown unit `\(written)`", at: place,
                origins: [.init("units: ms s m h d, KB MB GB")],
                edits: nearest.map { [.replace(place, with: $0.rawValue, shown: "\(digits)\($0.rawValue)")] } ?? []))
        return nil
    }

    /// `.`, `.x`, `."x y"`.
    private mutating func parseField() -> ExpressionSyntax {
        let dot = advance()
        guard !current.hasSpaceBefore, at(.name) || at(.textStart) else { return make(.message, from: span(dot)) }
        if at(.name) {
            let name = name(advance())
            return make(.field(name), from: span(dot))
        }
        guard let name = parseConstantName() else { return make(.unreadable, from: span(dot)) }
        return make(.field(name), from: span(dot))
    }

    /// A name written as text, without values in it.
    private mutating func parseConstantName() -> NameSyntax? {
        let text = parseText()
        guard let constant = text.constant else {
            fail(Diagnostic(.unexpectedWord, "a name cannot hold `{...}`", at: text.span))
            return nil
        }
        return NameSyntax(text: constant, span: text.span)
    }

    private mutating func parseMetadata() -> ExpressionSyntax {
        let sign = advance()
        guard at(.name), !current.hasSpaceBefore else {
            failExpecting("a name right after `@`", notes: ["@id @received @attempt @error @customer"])
            return unreadable()
        }
        let name = name(advance())
        return make(.metadata(name), from: span(sign))
    }

    private static let reserved = ["and", "or", "in", "is", "like", "matches", "then", "else", "for"]

    /// A name, a call, a record, `true`, `if`.
    private mutating func parseWord() -> ExpressionSyntax {
        let start = span(current)
        if at("if") { return parseConditional() }
        if take("true") != nil { return make(.boolean(true), from: start) }
        if take("false") != nil { return make(.boolean(false), from: start) }
        if Self.reserved.contains(where: { at($0) }) {
            failExpecting("a value")
            return unreadable()
        }
        let name = name(advance())
        if at(.leftParen) {
            if current.hasSpaceBefore { noteSpaceBeforeArguments(name) }
            let arguments = parseArguments()
            return make(.call(name, arguments), from: start)
        }
        if at(.leftBrace), let first = name.text.utf8.first, first >= 65, first <= 90 {
            let fields = parseObjectFields(owner: "`\(name.text)`")
            return make(.record(name, fields), from: start)
        }
        return make(.name(name), from: start)
    }

    private mutating func noteSpaceBeforeArguments(_ name: NameSyntax) {
        let gap = Span(file: file, start: name.span.end, end: current.start)
        note(
            Diagnostic(
                .unexpectedWord, "no space stands between `\(name.text)` and its `(`", at: gap,
                edits: [.replace(gap, with: "", isCertain: true, shown: "\(name.text)(")]))
    }

    private mutating func parseConditional() -> ExpressionSyntax {
        let start = span(advance())
        let condition = parseExpression()
        guard !isPanicking else { return unreadable() }
        guard take("then") != nil else {
            failExpecting("`then`")
            return unreadable()
        }
        let then = parseExpression()
        guard !isPanicking else { return unreadable() }
        guard take("else") != nil else {
            failExpecting("`else`", notes: ["both sides are written: `if C then A else B`"])
            return unreadable()
        }
        let otherwise = parseExpression()
        return make(.conditional(condition, then: then, otherwise: otherwise), from: start)
    }

    private mutating func parseList() -> ExpressionSyntax {
        let open = advance()
        let next = tokenBeyondNewlines()
        guard isWord(next, "for") else {
            let elements = parseElements(open, closedBy: .rightBracket, "`]`")
            return make(.list(elements), from: span(open))
        }
        skipNewlines()
        advance()
        guard let name = expectName("a name for each element"), take("in") != nil else {
            failExpecting("`in` and a list")
            return unreadable()
        }
        let list = parseDisjunction()
        var condition: ExpressionSyntax?
        if !isPanicking, take("if") != nil { condition = parseDisjunction() }
        guard !isPanicking, expect(.colon, "`:` and what to make of each element") != nil else { return unreadable() }
        skipNewlines()
        let element = parseExpression()
        close(.rightBracket, open, "`]`")
        return make(.comprehension(name, list: list, condition: condition, element: element), from: span(open))
    }

    /// `{ name = value, ... }`; the current token is `{`.
    private mutating func parseObjectFields(owner: String) -> [ObjectFieldSyntax] {
        parseBraced(owner: owner) { parser in
            guard parser.at(.name) || parser.at(.textStart) else {
                parser.failExpecting("a field: `name = value`")
                return nil
            }
            let name = parser.at(.name) ? parser.name(parser.advance()) : parser.parseConstantName()
            guard let name, parser.takeFieldAssignment() else { return nil }
            let value = parser.parseExpression()
            return ObjectFieldSyntax(name: name, value: value, span: name.span.through(value.span))
        }
    }

    private mutating func takeFieldAssignment() -> Bool {
        if take(.assign) != nil { return true }
        if let comparison = take(.equal) {
            note(assignmentConfused(at: span(comparison), write: "=", isCertain: true))
            return true
        }
        if let colon = take(.colon) {
            note(
                Diagnostic(
                    .unexpectedWord, "a field's value follows `=`, not `:`", at: span(colon),
                    edits: [.replace(span(colon), with: " =", isCertain: true)]))
            return true
        }
        failExpecting("`=` and the field's value")
        return false
    }
}

extension MeasureSyntax.Unit {
    /// What somebody who writes `10sec` means.
    fileprivate static func named(_ written: String) -> MeasureSyntax.Unit? {
        switch written.lowercased() {
        case "millis", "msec", "millisecond", "milliseconds": .milliseconds
        case "sec", "secs", "second", "seconds", "s": .seconds
        case "min", "mins", "minute", "minutes", "m": .minutes
        case "hr", "hrs", "hour", "hours", "h": .hours
        case "day", "days", "d": .days
        case "k", "kb", "kib": .kilobytes
        case "mb", "mib": .megabytes
        case "g", "gb", "gib": .gigabytes
        default: nil
        }
    }
}
