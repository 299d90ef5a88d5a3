extension Parser {
    static let chargeWords = [
        "per", "price", "pack", "rate", "graduated", "volume", "free", "min", "max", "discount", "commit", "cap",
    ]

    mutating func parseCharge() -> ChargeSyntax? {
        guard let name = expectName("a name for the charge") else { return nil }
        var condition: ExpressionSyntax?
        if take("when") != nil { condition = parseExpression() }
        guard !isPanicking, at(.leftBrace) else {
            failExpecting("`{` and the lines of charge `\(name.text)`")
            return nil
        }
        let open = current
        let items = parseBraced(owner: "charge `\(name.text)`") { $0.parseChargeItem() }
        return ChargeSyntax(name: name, condition: condition, items: items, bodySpan: span(from: open))
    }

    private mutating func parseChargeItem() -> ChargeItemSyntax? {
        guard let word = expectName("a line of a charge"), let kind = parseChargeKind(word) else { return nil }
        return ChargeItemSyntax(kind: kind, word: word, span: through(word))
    }

    private mutating func parseChargeKind(_ word: NameSyntax) -> ChargeItemSyntax.Kind? {
        switch word.text {
        case "per": return parseBasis()
        case "price": return parsePrice().map { .price($0) }
        case "pack": return parsePack()
        case "rate": return parseRate()
        case "graduated": return parseTiers().map { .graduated($0) }
        case "volume": return parseTiers().map { .volume($0) }
        case "free":
            guard let amount = parseAmount() else { return nil }
            return .free(amount, of: take("of") == nil ? nil : parseExpression())
        case "min": return parseAmount().map { .min($0) }
        case "max": return parseAmount().map { .max($0) }
        case "discount": return parsePercent().map { .discount($0) }
        case "commit": return parseAmount().map { .commit($0) }
        case "cap": return parseAmount().map { .cap($0) }
        default:
            failUnknown(word, in: "a charge", words: Self.chargeWords)
            return nil
        }
    }

    private mutating func parseBasis() -> ChargeItemSyntax.Kind? {
        guard let basis = expectName("delivery, attempt, segment or unit") else { return nil }
        guard basis.text == "segment" else { return .per(basis, segmentBytes: nil) }
        guard let size = parseNumber("the size of a segment, as in `segment 160 bytes`") else { return nil }
        guard take("bytes") != nil else {
            failExpecting("`bytes`")
            return nil
        }
        return .per(basis, segmentBytes: size)
    }

    private mutating func parsePrice() -> PriceSyntax? {
        guard let amount = parseAmount() else { return nil }
        var per: NumberSyntax?
        if at("per"), token(1).kind == .number {
            advance()
            per = parseNumber("a number")
        }
        var hours: (from: TimeOfDaySyntax, to: TimeOfDaySyntax)?
        if take("from") != nil {
            guard let from = parseTimeOfDay() else { return nil }
            guard take("to") != nil else {
                failExpecting("`to` and a time of day")
                return nil
            }
            guard let to = parseTimeOfDay() else { return nil }
            hours = (from, to)
        }
        guard take("on") != nil else { return PriceSyntax(amount: amount, per: per, hours: hours, days: nil) }
        guard let first = expectName("a weekday such as `mon`") else { return nil }
        guard take(.dotDot) != nil else {
            return PriceSyntax(amount: amount, per: per, hours: hours, days: (first, first))
        }
        guard let last = expectName("a weekday such as `fri`") else { return nil }
        return PriceSyntax(amount: amount, per: per, hours: hours, days: (first, last))
    }

    /// `08:00`.
    private mutating func parseTimeOfDay() -> TimeOfDaySyntax? {
        let start = current
        guard let hour = parseNumber("a time of day such as `08:00`"), expect(.colon, "`:`") != nil,
            let minute = parseNumber("minutes")
        else { return nil }
        guard hour.text.utf8.count == 2, minute.text.utf8.count == 2, let hours = hour.integer,
            let minutes = minute.integer, hours <= 24, minutes < 60, hours * 60 + minutes <= 1440
        else {
            fail(
                Diagnostic(
                    .unexpectedWord, "a time of day is written from `00:00` to `24:00`", at: span(from: start)))
            return nil
        }
        return TimeOfDaySyntax(minutes: Int(hours * 60 + minutes), span: span(from: start))
    }

    private mutating func parsePack() -> ChargeItemSyntax.Kind? {
        guard let count = parseNumber("how many are in a pack") else { return nil }
        guard take("for") != nil else {
            failExpecting("`for` and the price of a pack")
            return nil
        }
        return parseAmount().map { .pack(count, price: $0) }
    }

    private mutating func parseRate() -> ChargeItemSyntax.Kind? {
        guard let percent = parsePercent() else { return nil }
        guard take("of") != nil else {
            failExpecting("`of` and what it is a part of, as in `2.99% of .value`")
            return nil
        }
        let base = parseExpression()
        guard take("plus") != nil else { return .rate(percent, of: base, plus: nil) }
        return parseAmount().map { .rate(percent, of: base, plus: $0) }
    }

    private mutating func parseTiers() -> [TierSyntax]? {
        guard at(.leftBrace) else {
            failExpecting("`{` and tiers, as in `{ to 10000: 0.05, rest: 0.03 }`")
            return nil
        }
        return parseBraced(owner: "these tiers") { $0.parseTier() }
    }

    private mutating func parseTier() -> TierSyntax? {
        let start = current
        var bound: NumberSyntax?
        if take("to") != nil {
            guard let number = parseNumber("the tier's upper end") else { return nil }
            bound = number
        } else if take("rest") == nil {
            failExpecting("`to NUMBER: PRICE` or `rest: PRICE`")
            return nil
        }
        guard expect(.colon, "`:` and a price") != nil, let price = parseAmount() else { return nil }
        var plus: NumberSyntax?
        if take("plus") != nil {
            guard let amount = parseAmount() else { return nil }
            plus = amount
        }
        return TierSyntax(bound: bound, price: price, plus: plus, span: span(from: start))
    }
}
