extension Parser {
    mutating func parseFile() -> FileSyntax {
        var declarations: [DeclarationSyntax] = []
        while true {
            skipNewlines()
            if at(.endOfFile) { break }
            let start = position
            (depth, isAbandoning, suspects) = (0, false, [])
            if let declaration = parseDeclaration() {
                declarations.append(declaration)
                finishLine(after: "a declaration", mayFollow: isAtDeclarationWord)
            } else {
                recoverToDeclaration()
            }
            if position == start { advance() }
        }
        return FileSyntax(
            declarations: declarations, comments: comments, span: Span(file: file, start: 0, end: bytes.count))
    }

    private var isAtDeclarationWord: Bool { Self.declarationWords.contains { at($0) } }

    /// Nothing may stand behind a finished part of a line.
    mutating func finishLine(after what: String, mayFollow: Bool) {
        if isPanicking { return recoverToLineEnd() }
        guard !isAtLineEnd, !mayFollow else { return }
        failExpecting("the end of the line after \(what)")
        recoverToLineEnd()
    }

    private mutating func parseDeclaration() -> DeclarationSyntax? {
        let start = current
        guard start.kind == .name else {
            failOutside()
            return nil
        }
        switch word(start) {
        case "use": return parseUse().map(DeclarationSyntax.use)
        case "env": return parseVariable().map(DeclarationSyntax.env)
        case "secret": return parseVariable().map(DeclarationSyntax.secret)
        case "connect": return parseConnect().map(DeclarationSyntax.connect)
        case "queue": return parseQueue().map(DeclarationSyntax.queue)
        case "policy": return parsePolicy().map(DeclarationSyntax.policy)
        case "record": return parseRecord().map(DeclarationSyntax.record)
        case "template": return parseTemplate().map(DeclarationSyntax.template)
        case "route": return parseRoute().map(DeclarationSyntax.route)
        case "tariff": return parseTariff().map(DeclarationSyntax.tariff)
        case "test": return parseTest().map(DeclarationSyntax.test)
        case let other:
            failUnknownDeclaration(other)
            return nil
        }
    }

    /// Something that begins no declaration and is no word.
    private mutating func failOutside() {
        if at(.rightBrace) {
            fail(
                Diagnostic(
                    .unmatchedBrace, "this `}` closes nothing", at: span(current), edits: [removal(of: current)]))
            advance()
        } else {
            failExpecting("a declaration", notes: ["declarations: " + Self.declarationWords.joined(separator: " ")])
        }
    }

    private mutating func failUnknownDeclaration(_ word: String) {
        let place = span(current)
        if Verb(rawValue: word) != nil {
            fail(
                Diagnostic(
                    .stepOutsideRoute, "`\(word)` is a step and stands outside of a route", at: place,
                    notes: ["steps stand in `route NAME { ... }`"]))
        } else {
            let nearest = NearestWord.find(word, among: Self.declarationWords)
            fail(
                Diagnostic(
                    .unknownDeclaration, "unknown declaration `\(word)`", at: place,
                    origins: [.init("declarations: " + Self.declarationWords.joined(separator: " "))],
                    edits: nearest.map { [.replace(place, with: $0)] } ?? []))
        }
    }

    private mutating func parseUse() -> UseSyntax? {
        let start = advance()
        guard at(.textStart) else {
            failExpecting("the file's name as a text")
            return nil
        }
        let path = parseText()
        return UseSyntax(path: path, span: span(from: start))
    }

    private mutating func parseVariable() -> VariableSyntax? {
        let start = advance()
        guard let name = expectName("a name after `\(word(start))`") else { return nil }
        let type = isAtLineEnd || at(.assign) ? nil : parseType()
        var defaultValue: ExpressionSyntax?
        if take(.assign) != nil { defaultValue = parseExpression() }
        return VariableSyntax(name: name, type: type, defaultValue: defaultValue, span: span(from: start))
    }

    private mutating func parseConnect() -> ConnectSyntax? {
        let start = advance()
        guard let name = expectName("a name for the connection"), expect(.assign, "`=`") != nil,
            let connector = expectName("the kind of connection: mysql, http, file")
        else { return nil }
        guard at(.leftBrace) else {
            failExpecting("`{` and the settings of `\(name.text)`")
            return nil
        }
        let settings = parseSettings(owner: "connection `\(name.text)`")
        return ConnectSyntax(name: name, connector: connector, settings: settings, span: span(from: start))
    }

    private mutating func parseQueue() -> QueueSyntax? {
        let start = advance()
        guard let name = expectName("a name for the queue") else { return nil }
        let settings = at(.leftBrace) ? parseSettings(owner: "queue `\(name.text)`") : []
        return QueueSyntax(name: name, settings: settings, span: span(from: start))
    }

    private mutating func parsePolicy() -> PolicySyntax? {
        let start = advance()
        guard let name = expectName("a name for the policy"), expect(.assign, "`=`") != nil else { return nil }
        return PolicySyntax(name: name, clauses: parseClauses(of: "policy"), span: span(from: start))
    }

    private mutating func parseRecord() -> RecordSyntax? {
        let start = advance()
        guard let name = expectName("a name for the record") else { return nil }
        if let first = name.text.utf8.first, first >= 97 {
            let capital = name.text.prefix(1).uppercased() + name.text.dropFirst()
            note(
                Diagnostic(
                    .unexpectedWord, "the name of a record begins with a capital letter", at: name.span,
                    edits: [.replace(name.span, with: capital)]))
        }
        guard at(.leftBrace) else {
            failExpecting("`{` and the fields of `\(name.text)`")
            return nil
        }
        let fields = parseFields(owner: "record `\(name.text)`")
        return RecordSyntax(name: name, fields: fields, span: span(from: start))
    }

    private mutating func parseTemplate() -> TemplateSyntax? {
        let start = advance()
        guard let name = expectName("a name for the template"), expect(.leftParen, "`(` and parameters") != nil else {
            return nil
        }
        var parameters: [ParameterSyntax] = []
        skipNewlines()
        while let parameter = at(.rightParen) ? nil : parseParameter() {
            parameters.append(parameter)
            skipNewlines()
            if take(.comma) == nil { break }
            skipNewlines()
        }
        guard expect(.rightParen, "`)` after the parameters") != nil else { return nil }
        guard let block = parseRouteBlock(owner: "template `\(name.text)`") else { return nil }
        return TemplateSyntax(name: name, parameters: parameters, block: block, span: span(from: start))
    }

    private mutating func parseParameter() -> ParameterSyntax? {
        let start = current
        guard let name = expectName("the name of a parameter"), expect(.colon, "`:` and the parameter's type") != nil
        else { return nil }
        let type = parseType()
        var defaultValue: ExpressionSyntax?
        if take(.assign) != nil { defaultValue = parseExpression() }
        return ParameterSyntax(name: name, type: type, defaultValue: defaultValue, span: span(from: start))
    }

    private mutating func parseRoute() -> RouteSyntax? {
        let start = advance()
        guard let name = expectName("a name for the route"),
            let block = parseRouteBlock(owner: "route `\(name.text)`")
        else { return nil }
        return RouteSyntax(name: name, block: block, span: span(from: start))
    }

    private mutating func parseTest() -> TestSyntax? {
        let start = advance()
        guard at(.textStart) else {
            failExpecting("what is tested, as a text")
            return nil
        }
        let title = parseText()
        guard take("of") != nil else {
            failExpecting("`of` and a route's name")
            return nil
        }
        guard let route = expectName("a route's name"), let block = parseRouteBlock(owner: "this test") else {
            return nil
        }
        return TestSyntax(title: title, route: route, block: block, span: span(from: start))
    }
}
