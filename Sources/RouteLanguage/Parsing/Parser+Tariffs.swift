extension Parser {
    static let tariffWords = [
        "customers", "currency", "valid", "period", "round", "grace", "tax", "flat", "commit", "cap", "credit",
        "charge",
    ]

    mutating func parseTariff() -> TariffSyntax? {
        let start = advance()
        guard let name = expectName("a name for the tariff") else { return nil }
        var parent: NameSyntax?
        if take("extends") != nil {
            guard let extended = expectName("the name of the tariff it extends") else { return nil }
            parent = extended
        }
        guard at(.leftBrace) else {
            failExpecting("`{` and the lines of `\(name.text)`")
            return nil
        }
        let open = current
        let items = parseBraced(owner: "tariff `\(name.text)`") { $0.parseTariffItem() }
        return TariffSyntax(
            name: name, parent: parent, items: items, bodySpan: span(from: open), span: span(from: start))
    }

    private mutating func parseTariffItem() -> TariffItemSyntax? {
        guard let word = expectName("a line of a tariff") else { return nil }
        guard let kind = parseTariffKind(word) else { return nil }
        return TariffItemSyntax(kind: kind, word: word, span: through(word))
    }

    /// From a word to the last token taken.
    func through(_ word: NameSyntax) -> Span {
        Span(file: file, start: word.span.start, end: tokens[max(position - 1, 0)].end)
    }

    private mutating func parseTariffKind(_ word: NameSyntax) -> TariffItemSyntax.Kind? {
        switch word.text {
        case "customers": return .customers(parseExpression())
        case "currency": return expectName("a currency such as `EUR`").map { .currency($0) }
        case "valid": return parseValidity()
        case "period": return parsePeriod()
        case "round": return expectName("half_even, half_up, up or down").map { .round($0) }
        case "grace": return parseGrace()
        case "tax": return parseTax()
        case "flat":
            guard let amount = parseAmount() else { return nil }
            return .flat(amount, prorate: parseProrate())
        case "commit":
            guard let amount = parseAmount() else { return nil }
            return .commit(amount, prorate: parseProrate())
        case "cap": return parseAmount().map { .cap($0) }
        case "credit": return parseCredit()
        case "charge": return parseCharge().map { .charge($0) }
        default:
            failUnknown(word, in: "a tariff", words: Self.tariffWords)
            return nil
        }
    }

    func unknownWord(_ word: NameSyntax, in owner: String, words: [String]) -> Diagnostic {
        Diagnostic(
            .unexpectedWord, "`\(word.text)` is no word of \(owner)", at: word.span,
            origins: [.init("words: " + words.joined(separator: " "))],
            edits: NearestWord.find(word.text, among: words).map { [.replace(word.span, with: $0)] } ?? [])
    }

    mutating func failUnknown(_ word: NameSyntax, in owner: String, words: [String]) {
        fail(unknownWord(word, in: owner, words: words))
    }

    mutating func parseAmount() -> NumberSyntax? { parseNumber("an amount such as `0.05`") }

    private mutating func parseDate() -> DateSyntax? {
        expect(.date, "a date such as `2026-01-01`").map { DateSyntax(text: word($0), span: span($0)) }
    }

    /// `2026-01-01 ..`, `.. 2027-01-01`, both.
    private mutating func parseValidity() -> TariffItemSyntax.Kind? {
        var from: DateSyntax?
        if at(.date) { from = parseDate() }
        guard expect(.dotDot, "`..`, as in `2026-01-01 ..`") != nil else { return nil }
        let until = at(.date) ? parseDate() : nil
        return .valid(from: from, until: until)
    }

    private mutating func parsePeriod() -> TariffItemSyntax.Kind? {
        guard let unit = expectName("day, week, month, quarter or year") else { return nil }
        var from: ExpressionSyntax?
        if take("from") != nil {
            let token = current
            guard at(.name) || at(.number) else {
                failExpecting("a day: a number or a weekday such as `mon`")
                return nil
            }
            advance()
            let place = span(token)
            from = ExpressionSyntax(
                token.kind == .name
                    ? .name(name(token)) : .number(NumberSyntax(text: word(token), span: place)), span: place)
        }
        guard take("in") != nil, at(.textStart) else {
            failExpecting("`in` and a time zone, as in `in \"Europe/Berlin\"`")
            return nil
        }
        return .period(unit: unit, from: from, zone: parseText())
    }

    private mutating func parseGrace() -> TariffItemSyntax.Kind? {
        if at(.number) {
            let token = advance()
            note(timeWithoutUnit(NumberSyntax(text: word(token), span: span(token))))
            return nil
        }
        guard at(.measure) else {
            failExpecting("a time such as `3d`")
            return nil
        }
        return parseMeasure().map { .grace($0) }
    }

    mutating func parsePercent() -> PercentSyntax? {
        guard let number = parseNumber("a percentage such as `19%`"), let sign = expect(.percent, "`%`") else {
            return nil
        }
        return PercentSyntax(number: number, span: number.span.through(span(sign)))
    }

    private mutating func parseTax() -> TariffItemSyntax.Kind? {
        guard let percent = parsePercent() else { return nil }
        guard take("category") != nil else { return .tax(percent, category: nil) }
        guard at(.textStart) else {
            failExpecting("a category as a text")
            return nil
        }
        return .tax(percent, category: parseText())
    }

    private mutating func parseProrate() -> NameSyntax? {
        take("prorate") == nil ? nil : expectName("`days` after `prorate`")
    }

    private mutating func parseCredit() -> TariffItemSyntax.Kind? {
        guard let amount = parseAmount() else { return nil }
        var until: DateSyntax?
        if take("until") != nil {
            guard let date = parseDate() else { return nil }
            until = date
        }
        let isBefore = at("before")
        guard take("before") ?? take("after") != nil, take("tax") != nil else {
            failExpecting("`before tax` or `after tax`")
            return nil
        }
        return .credit(amount, until: until, isBeforeTax: isBefore)
    }
}
