extension Parser {
    /// The block of a declaration. Where it is closed although the next line is indented like one of its steps, says
    /// so and reads on.
    mutating func parseRouteBlock(owner: String) -> BlockSyntax? {
        guard at(.leftBrace) else {
            failExpecting("`{` and the steps of \(owner)")
            return nil
        }
        let open = current
        guard var block = parseBlock(owner: owner) else { return nil }
        var hasFailed = false
        while !isPanicking, !isAbandoning, let close = closingBrace(of: open), let what = continuationAfterBlock(open) {
            if hasFailed {
                skipNewlines()
            } else {
                failClosedTooEarly(open: open, close: close, owner: owner, nextIs: what)
                hasFailed = true
                skipNewlines()
            }
            if at(.rightBrace) {
                advance()
                break
            }
            openBraces.append(open)
            let more = parseSteps(open: open, owner: owner)
            openBraces.removeLast()
            block = BlockSyntax(steps: block.steps + more, span: span(from: open))
        }
        return block
    }

    private func closingBrace(of open: Token) -> Token? {
        let last = tokens[max(position - 1, 0)]
        return last.kind == .rightBrace && last.start > open.start ? last : nil
    }

    /// What stands behind a closed block and belongs into it, as a message calls it.
    private func continuationAfterBlock(_ open: Token) -> String? {
        let next = tokenBeyondNewlines()
        guard current.kind == .newline, next.isFirstOnLine else { return nil }
        if next.kind == .rightBrace {
            return !suspects.isEmpty && indentation(next) == indentation(open) ? "its end" : nil
        }
        guard next.kind == .name, indentation(next) > indentation(open), Verb.byWord[word(next)] != nil else {
            return nil
        }
        return "a step"
    }

    /// `{ steps }`; the current token is `{`.
    mutating func parseBlock(owner: String) -> BlockSyntax? {
        let open = current
        guard enter() else { return nil }
        defer { leave() }
        advance()
        openBraces.append(open)
        defer { openBraces.removeLast() }
        let steps = parseSteps(open: open, owner: owner)
        return BlockSyntax(steps: steps, span: span(from: open))
    }

    /// Steps up to and with the closing brace. With `endsOutdented` there is no opening brace, and steps end where a line
    /// is not indented deeper than that of `open`.
    private mutating func parseSteps(open: Token, owner: String, endsOutdented: Bool = false) -> [StepSyntax] {
        var steps: [StepSyntax] = []
        var firstOutdented: Token?
        var stepIndentation: Int?
        while true {
            while at(.newline) || at(.comma) { advance() }
            if endsOutdented, current.isFirstOnLine, indentation(current) <= indentation(open) {
                if at(.rightBrace), indentation(current) == indentation(open) { advance() }
                return steps
            }
            if at(.rightBrace) {
                noteSuspect(open: open, owner: owner, firstOutdented: firstOutdented)
                advance()
                return steps
            }
            if isAtBlockBreak {
                failNeverClosed(open, owner: owner)
                return steps
            }
            let start = position
            if firstOutdented == nil, current.isFirstOnLine, indentation(current) <= indentation(open) {
                firstOutdented = current
            }
            let step = parseStep()
            if let step { steps.append(step) }
            finishLine(after: "a step", mayFollow: at(.rightBrace) || isAtVerb)
            if position == start { advance() }
            guard let stepIndentation else {
                stepIndentation = indentation(tokens[start])
                continue
            }
            if step == nil, indentation(tokens[start]) > stepIndentation {
                skipOrphans(deeperThan: stepIndentation)
            }
        }
    }

    /// After an unreadable line that is indented deeper than the block's steps: its neighbours belonged to something whose
    /// first line is lost, and so does the brace behind them.
    private mutating func skipOrphans(deeperThan indent: Int) {
        while at(.newline), !isAbandoning {
            let next = tokenBeyondNewlines()
            guard next.kind != .endOfFile, indentation(next) > indent else { break }
            skipNewlines()
            while !isAtLineEnd { advance() }
        }
        let next = tokenBeyondNewlines()
        guard at(.newline), next.kind == .rightBrace, indentation(next) == indent else { return }
        skipNewlines()
        advance()
    }

    private mutating func noteSuspect(open: Token, owner: String, firstOutdented: Token?) {
        let close = current
        guard close.isFirstOnLine, indentation(close) != indentation(open) else { return }
        suspects.append(SuspectBlock(open: open, close: close, owner: owner, firstOutdented: firstOutdented))
    }

    private var isAtVerb: Bool { at(.name) && Verb.byWord[word(current)] != nil }

    private mutating func parseStep() -> StepSyntax? {
        guard at(.name) else {
            failExpecting("a step")
            return nil
        }
        guard let verb = Verb.byWord[word(current)] else { return parseForeignStep() }
        return parseStep(verb, start: advance())
    }

    /// A word that is no verb: names ours, and reads the rest as if ours had been written.
    private mutating func parseForeignStep() -> StepSyntax? {
        let start = current
        var length = 1
        while token(length).kind == .minus, !token(length).hasSpaceBefore, token(length + 1).kind == .name,
            !token(length + 1).hasSpaceBefore
        {
            length += 2
        }
        let written = Span(file: file, start: start.start, end: token(length - 1).end)
        let word = lines.text(written.start..<written.end)
        let restOfLine = lines.text(written.end..<lines.range(ofLine: lines.line(at: written.start)).upperBound)
        let (diagnostic, verb) =
            token(length).kind == .assign
            ? (StepNames.answer(toAssigned: word, at: written), nil)
            : StepNames.answer(to: word, at: written, restOfLine: restOfLine)
        note(diagnostic)
        for _ in 0..<length { advance() }
        guard let verb else {
            isPanicking = true
            return nil
        }
        let (step, isBroken) = silently { parser in
            let step = parser.parseStep(verb, start: start)
            return (step, parser.isPanicking || !parser.isAtLineEnd && !parser.at(.rightBrace))
        }
        isPanicking = isBroken
        return step
    }

    private mutating func parseStep(_ verb: Verb, start: Token) -> StepSyntax? {
        let verbSpan = span(start)
        var subject: ExpressionSyntax?
        var value: ExpressionSyntax?
        switch verb {
        case .set, .let:
            subject = verb == .set ? parsePostfix() : parseLetName()
            guard !isPanicking, takeAssignment(verb) else { break }
            value = parseExpression()
        default:
            if verb.takesSubject { subject = parseSubject(verb) }
        }
        let clauses = isPanicking ? [] : parseClauses(of: verb.rawValue)
        if isPanicking { return recoverHeader(verb, start: start, subject: subject, value: value, clauses: clauses) }
        return parseStepEnd(verb, verbSpan, start: start, subject: subject, value: value, clauses: clauses)
    }

    private mutating func parseStepEnd(
        _ verb: Verb, _ verbSpan: Span, start: Token, subject: ExpressionSyntax?, value: ExpressionSyntax?,
        clauses: [ClauseSyntax]
    ) -> StepSyntax {
        var (clauses, block) = (clauses, BlockSyntax?.none)
        var settingsSpan: Span?
        if at(.leftBrace) {
            let next = tokenBeyondNewlines(from: 1)
            let open = current
            if verb.takesBlock || next.kind == .name && Verb.byWord[word(next)] != nil {
                block = parseBlock(owner: "`\(verb.rawValue)`")
            } else {
                let settings = parseSettings(owner: "`\(verb.rawValue)`")
                noteStepsAmong(settings)
                clauses += settings
                settingsSpan = span(from: open)
            }
        } else if verb.takesBlock {
            block = parseBlockWithoutBrace(verb)
        }
        return StepSyntax(
            verb: verb, verbSpan: verbSpan, subject: subject, value: value, clauses: clauses,
            settingsSpan: settingsSpan, block: block, span: span(from: start))
    }

    /// A clause never has the name of a verb: on the line it would begin the next step.
    private mutating func noteStepsAmong(_ settings: [ClauseSyntax]) {
        for clause in settings where Verb.byWord[clause.name.text] != nil {
            note(
                Diagnostic(
                    .unexpectedWord, "`\(clause.name.text)` is a step, and no step stands among clauses",
                    at: clause.name.span))
        }
    }

    /// After a mistake in a step's line: if the line opens a block, the block is still read.
    private mutating func recoverHeader(
        _ verb: Verb, start: Token, subject: ExpressionSyntax?, value: ExpressionSyntax?, clauses: [ClauseSyntax]
    ) -> StepSyntax? {
        guard verb.takesBlock, !isAbandoning else { return nil }
        var ahead = 0
        while token(ahead).kind != .newline, token(ahead).kind != .endOfFile { ahead += 1 }
        guard ahead > 0, token(ahead - 1).kind == .leftBrace else { return nil }
        position += ahead - 1
        isPanicking = false
        let block = parseBlock(owner: "`\(verb.rawValue)`")
        return StepSyntax(
            verb: verb, verbSpan: span(start),
            subject: subject ?? ExpressionSyntax(.unreadable, span: span(start).after), value: value,
            clauses: clauses, settingsSpan: nil, block: block, span: span(from: start))
    }

    /// `choose` and the like without `{`: one message, and where deeper steps follow they are read as its block.
    private mutating func parseBlockWithoutBrace(_ verb: Verb) -> BlockSyntax? {
        guard isAtLineEnd || at(.rightBrace) else {
            failExpecting("`{` and the steps of `\(verb.rawValue)`")
            return nil
        }
        let last = tokens[max(position - 1, 0)]
        note(
            Diagnostic(
                .missingBlock, "`\(verb.rawValue)` needs a block of steps", at: span(last),
                edits: [
                    .replace(span(last).after, with: " {", explanation: "at the end of the line", shown: "{")
                ]))
        let next = tokenBeyondNewlines()
        guard at(.newline), next.kind == .name, next.isFirstOnLine, indentation(next) > indentation(last), enter()
        else { return nil }
        defer { leave() }
        return BlockSyntax(
            steps: parseSteps(open: last, owner: "`\(verb.rawValue)`", endsOutdented: true), span: span(from: next))
    }
}
