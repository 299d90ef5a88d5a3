extension Parser {
    mutating func parseType() -> TypeSyntax {
        let start = current
        guard enter() else { return TypeSyntax(kind: .unreadable, isOptional: false, span: span(start)) }
        defer { leave() }
        let kind = parseTypeKind()
        let isOptional = at(.question) && !current.hasSpaceBefore
        if isOptional { advance() }
        return TypeSyntax(kind: kind, isOptional: isOptional, span: span(from: start))
    }

    private mutating func parseTypeKind() -> TypeSyntax.Kind {
        switch current.kind {
        case .name:
            let name = name(advance())
            return .named(name, arguments: at(.leftParen) && !current.hasSpaceBefore ? parseTypeArguments() : [])
        case .textStart:
            var texts = [parseText()]
            while take(.pipe) != nil {
                guard at(.textStart) else {
                    failExpecting("a text after `|`")
                    break
                }
                texts.append(parseText())
            }
            return .oneOf(texts)
        case .leftBracket:
            advance()
            let element = parseType()
            _ = expect(.rightBracket, "`]` after the type of the list's elements")
            return .list(element)
        case .leftBrace: return .fields(parseFields(owner: "this type"))
        default:
            failExpecting("a type", notes: ["such as `text`, `int`, `decimal(12,2)`, `date`, `[Line]`"])
            return .unreadable
        }
    }

    private mutating func parseTypeArguments() -> [NumberSyntax] {
        advance()
        var arguments: [NumberSyntax] = []
        repeat {
            guard let number = parseNumber("a number") else { return arguments }
            arguments.append(number)
        } while take(.comma) != nil
        _ = expect(.rightParen, "`)`")
        return arguments
    }

    mutating func parseNumber(_ expected: String) -> NumberSyntax? {
        expect(.number, expected).map { NumberSyntax(text: word($0), span: span($0)) }
    }

    /// `{ NAME type, ... }`; the current token is `{`.
    mutating func parseFields(owner: String) -> [FieldDeclarationSyntax] {
        parseBraced(owner: owner) { parser in
            let start = parser.current
            guard let name = parser.expectName("a field's name and its type") else { return nil }
            if let colon = parser.take(.colon) {
                parser.note(
                    Diagnostic(
                        .unexpectedWord, "a field's type follows its name without `:`", at: parser.span(colon),
                        edits: [.replace(parser.span(colon), with: "", isCertain: true, shown: name.text)]))
            }
            let type = parser.parseType()
            return FieldDeclarationSyntax(name: name, type: type, span: parser.span(from: start))
        }
    }

    /// Elements in braces, separated by line breaks, commas or nothing; the current token is `{`.
    mutating func parseBraced<Element>(
        owner: String, _ parseElement: (inout Parser) -> Element?
    ) -> [Element] {
        let open = advance()
        openBraces.append(open)
        defer { openBraces.removeLast() }
        var elements: [Element] = []
        while true {
            while at(.newline) || at(.comma) { advance() }
            if take(.rightBrace) != nil { return elements }
            if isAtBlockBreak {
                failNeverClosed(open, owner: owner)
                return elements
            }
            if at(.valueEnd) {
                failExpecting("`}`")
                return elements
            }
            if isAtOutdentedStep(open) {
                note(
                    Diagnostic(
                        .neverClosed, "this `{` of \(owner) is never closed", at: span(open),
                        edits: [closingBrace(before: current)]))
                return elements
            }
            let start = position
            if let element = parseElement(&self) { elements.append(element) }
            if isPanicking { recoverToSeparator() }
            if position == start { advance() }
        }
    }

    /// A step stands where a field or setting could: the brace before it was forgotten.
    private func isAtOutdentedStep(_ open: Token) -> Bool {
        guard current.kind == .name, current.isFirstOnLine, token(1).kind != .assign,
            Verb.byWord[word(current)] != nil
        else { return false }
        return indentation(current) > 0 && indentation(current) <= indentation(open)
    }
}

extension Verb {
    static let byWord: [String: Verb] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
