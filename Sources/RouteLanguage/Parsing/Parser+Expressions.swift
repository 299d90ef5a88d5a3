/// Precedence, weakest first: `??`, `or`, `and`, `not`, comparisons (one a time), `+ -`, `* / %`, unary `-`, postfix.
private enum Precedence {
    static let coalesce = 1
    static let or = 2
    static let and = 3
    static let comparison = 4
    static let sum = 5
    static let product = 6
}

extension Parser {
    mutating func parseExpression() -> ExpressionSyntax { parseBinary(Precedence.coalesce) }

    /// Without `??` at its top: what stands between `in` and `:` of a comprehension.
    mutating func parseDisjunction() -> ExpressionSyntax { parseBinary(Precedence.or) }

    func unreadable() -> ExpressionSyntax { ExpressionSyntax(.unreadable, span: span(current).before) }

    /// The node, unless it is too tall.
    mutating func make(_ kind: ExpressionSyntax.Kind, from start: Span) -> ExpressionSyntax {
        let end = position > 0 ? tokens[position - 1].end : start.end
        let node = ExpressionSyntax(kind, span: Span(file: file, start: start.start, end: end))
        guard node.height <= Self.depthLimit else {
            failTooDeep(at: start)
            return ExpressionSyntax(.unreadable, span: node.span)
        }
        return node
    }

    private mutating func parseBinary(_ weakest: Int) -> ExpressionSyntax {
        guard enter() else { return unreadable() }
        defer { leave() }
        var hasCompared = weakest <= Precedence.comparison && at("not")
        var left = hasCompared ? parseNegation() : parseUnary()
        while !isPanicking {
            if weakest <= Precedence.comparison, at("is") {
                guard !hasCompared else { break }
                left = parsePresence(left)
                hasCompared = true
                continue
            }
            guard let (sign, precedence) = binaryOperator(), precedence >= weakest else { break }
            if precedence == Precedence.comparison, hasCompared {
                fail(
                    Diagnostic(
                        .unexpectedWord, "comparisons do not chain", at: span(current),
                        notes: ["two of them are joined by `and`"]))
                break
            }
            hasCompared = precedence == Precedence.comparison || precedence > Precedence.comparison && hasCompared
            let place = span(current)
            if at(.assign) { note(assignmentConfused(at: place, write: "==", isCertain: true)) }
            advance()
            let right = parseBinary(precedence + 1)
            left = make(.binary(sign, place, left, right), from: left.span)
        }
        return left
    }

    private func binaryOperator() -> (ExpressionSyntax.BinaryOperator, Int)? {
        switch current.kind {
        case .questionQuestion: (.coalesce, Precedence.coalesce)
        case .equal, .assign: (.equal, Precedence.comparison)
        case .notEqual: (.notEqual, Precedence.comparison)
        case .less: (.less, Precedence.comparison)
        case .lessOrEqual: (.lessOrEqual, Precedence.comparison)
        case .greater: (.greater, Precedence.comparison)
        case .greaterOrEqual: (.greaterOrEqual, Precedence.comparison)
        case .plus: (.add, Precedence.sum)
        case .minus: (.subtract, Precedence.sum)
        case .star: (.multiply, Precedence.product)
        case .slash: (.divide, Precedence.product)
        case .percent: (.remainder, Precedence.product)
        case .name: wordOperator()
        default: nil
        }
    }

    private func wordOperator() -> (ExpressionSyntax.BinaryOperator, Int)? {
        if at("and") { return (.and, Precedence.and) }
        if at("or") { return (.or, Precedence.or) }
        if at("in") { return (.isIn, Precedence.comparison) }
        if at("like") { return (.like, Precedence.comparison) }
        if at("matches") { return (.matches, Precedence.comparison) }
        return nil
    }

    private mutating func parsePresence(_ subject: ExpressionSyntax) -> ExpressionSyntax {
        advance()
        let isNegated = take("not") != nil
        if take("present") != nil { return make(.isPresent(subject, isNegated: isNegated), from: subject.span) }
        if take("empty") != nil { return make(.isEmpty(subject, isNegated: isNegated), from: subject.span) }
        failExpecting("`present` or `empty` after `is`")
        return subject
    }

    /// `not` binds weaker than comparisons.
    private mutating func parseNegation() -> ExpressionSyntax {
        let start = span(advance())
        guard enter() else { return unreadable() }
        defer { leave() }
        let operand = at("not") ? parseNegation() : parseBinary(Precedence.comparison)
        return make(.unary(.not, operand), from: start)
    }

    private mutating func parseUnary() -> ExpressionSyntax {
        guard at(.minus) else { return parsePostfix() }
        let start = span(advance())
        guard enter() else { return unreadable() }
        defer { leave() }
        let operand = parseUnary()
        return make(.unary(.negate, operand), from: start)
    }

    mutating func parsePostfix() -> ExpressionSyntax {
        var expression = parsePrimary()
        while !isPanicking, !current.hasSpaceBefore {
            let start = expression.span
            switch current.kind {
            case .dot, .questionDot:
                expression = parseMember(of: expression)
            case .leftBracket:
                let open = advance()
                skipNewlines()
                let index = parseExpression()
                close(.rightBracket, open, "`]`")
                expression = make(.index(expression, index), from: start)
            case .bang:
                advance()
                expression = make(.required(expression), from: start)
            default: return expression
            }
        }
        return expression
    }

    private mutating func parseMember(of base: ExpressionSyntax) -> ExpressionSyntax {
        let isOptional = advance().kind == .questionDot
        guard at(.name), !current.hasSpaceBefore else {
            failExpecting("a name right after `\(isOptional ? "?." : ".")`")
            return base
        }
        let name = name(advance())
        guard at(.leftParen), !current.hasSpaceBefore else {
            return make(.member(base, name, isOptional: isOptional), from: base.span)
        }
        let arguments = parseArguments()
        return make(.method(base, name, arguments, isOptional: isOptional), from: base.span)
    }

    /// `(a, b)`; the current token is `(`.
    mutating func parseArguments() -> [ExpressionSyntax] {
        parseElements(advance(), closedBy: .rightParen, "`)`")
    }

    /// Expressions between `open`, already taken, and its end, separated by commas; line breaks are free.
    mutating func parseElements(
        _ open: Token, closedBy end: Token.Kind, _ endText: String
    ) -> [ExpressionSyntax] {
        var elements: [ExpressionSyntax] = []
        skipNewlines()
        while !isPanicking, !at(end) {
            elements.append(parseExpression())
            if isPanicking { break }
            let isFollowed = at(.comma) || at(.newline) && tokenBeyondNewlines().kind == .comma
            if isFollowed {
                skipNewlines()
                advance()
                skipNewlines()
            } else {
                break
            }
        }
        close(end, open, endText)
        return elements
    }

    /// The end of a bracket, maybe on a later line.
    mutating func close(_ end: Token.Kind, _ open: Token, _ endText: String) {
        if isPanicking { return }
        if at(.newline), tokenBeyondNewlines().kind == end { skipNewlines() }
        if take(end) != nil { return }
        if isAtLineEnd {
            let last = tokens[max(position - 1, 0)]
            fail(
                Diagnostic(
                    .neverClosed, "this `\(word(open))` is never closed", at: span(open),
                    edits: [
                        .replace(
                            span(last).after, with: endText.filter { $0 != "`" },
                            explanation: "at the end of the line")
                    ]))
        } else {
            failExpecting("\(endText) or an operator")
        }
    }
}
