import Billing
import Message

/// `tariff NAME { ... }` to a price list. Per-unit prices run in this version; every other word says so.
struct TariffChecker {
    let reports: Reports

    /// nil where something is missing or wrong, which has been reported.
    func tariff(_ syntax: TariffSyntax) -> Tariff? {
        if let parent = syntax.parent { reports.notYet("extends", at: parent.span) }
        var draft = Draft()
        for item in syntax.items { read(item, into: &draft) }
        for charge in draft.charges { readPrices(charge, of: &draft) }
        reportUnreachable(draft.charges)
        guard isComplete(draft, syntax), let currency = draft.currency, let period = draft.period else { return nil }
        return Tariff(
            name: syntax.name.text, hash: SHA256.hex(SHA256.digest(Array(canonicalText(syntax).utf8))),
            customers: draft.customers, currency: currency, period: period, validFrom: draft.validFrom,
            validUntil: draft.validUntil, charges: draft.priced, taxPerMillion: draft.tax, rounding: draft.rounding)
    }

    /// The words of the declaration with single blanks between: comments and layout change no hash.
    private func canonicalText(_ syntax: TariffSyntax) -> String {
        reports.text(syntax.span).split(separator: "\n").map { line in
            line.prefix(upTo: Self.startOfComment(line)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func startOfComment(_ line: Substring) -> Substring.Index {
        var isQuoted = false
        for place in line.indices {
            if line[place] == "\"" { isQuoted.toggle() }
            if line[place] == "#", !isQuoted { return place }
        }
        return line.endIndex
    }

    struct Draft {
        var customers: [String] = []
        var hasCustomers = false
        var currency: Currency?
        var hasCurrency = false
        var period: BillingPeriod?
        var hasPeriod = false
        var validFrom: String?
        var validUntil: String?
        var tax: Int64?
        var rounding: RoundingRule = .halfEven
        var charges: [(syntax: ChargeSyntax, span: Span)] = []
        var priced: [Tariff.Charge] = []
        var seen: Set<String> = []
    }

    private func read(_ item: TariffItemSyntax, into draft: inout Draft) {
        if item.word.text != "charge", !draft.seen.insert(item.word.text).inserted {
            reports.add(Diagnostic(.clauseTwice, "`\(item.word.text)` stands here twice", at: item.span))
            return
        }
        switch item.kind {
        case .customers(let list):
            draft.hasCustomers = true
            draft.customers = texts(list)
        case .currency(let name):
            draft.hasCurrency = true
            draft.currency = currency(name)
        case .valid(let from, let until):
            draft.validFrom = from.flatMap(day)
            draft.validUntil = until.flatMap(day)
            if let from = draft.validFrom, let until = draft.validUntil, from >= until {
                wrong("a tariff ends after it begins: the second day is the first it does not hold", at: item.span)
            }
        case .period(let unit, let from, let zone):
            draft.hasPeriod = true
            if let from { reports.notYet("from", at: from.span) }
            draft.period = period(unit, zone)
        case .round(let rule):
            if let known = RoundingRule(rawValue: rule.text) {
                draft.rounding = known
            } else {
                reports.unknown(
                    .tariffValueWrong, "there is no way of rounding `\(rule.text)`", rule,
                    known: RoundingRule.allCases.map(\.rawValue), called: "known")
            }
        case .tax(let percent, let category):
            if let category { reports.notYet("category", at: category.span) }
            draft.tax = perMillion(percent)
        case .charge(let charge): draft.charges.append((charge, item.span))
        case .grace, .flat, .commit, .cap, .credit: reports.notYet(item.word.text, at: item.word.span)
        }
    }

    func wrong(_ message: String, at span: Span, edits: [Diagnostic.Edit] = []) {
        reports.add(Diagnostic(.tariffValueWrong, message, at: span, edits: edits))
    }

    private func texts(_ list: ExpressionSyntax) -> [String] {
        list.elements.compactMap { element in
            if case .text(let text) = element.unparenthesized.kind, let constant = text.constant, !constant.isEmpty {
                return constant
            }
            if case .unreadable = element.kind { return nil }
            wrong("customers are a list of texts, as [\"1001\", \"shop-*\"]", at: element.span)
            return nil
        }
    }

    private func currency(_ name: NameSyntax) -> Currency? {
        if let currency = Currency(code: name.text) { return currency }
        let upper = name.text.uppercased()
        let near = Currency(code: upper) == nil ? NearestWord.find(upper, among: Currency.codes) : upper
        reports.add(
            Diagnostic(
                .tariffValueWrong, "there is no currency `\(name.text)`", at: name.span,
                notes: ["currencies are codes of ISO 4217, as EUR"],
                edits: near.map { [.replace(name.span, with: $0)] } ?? []))
        return nil
    }

    private func day(_ syntax: DateSyntax) -> String? {
        if LocalDate(syntax.text) != nil { return syntax.text }
        wrong("there is no day \(syntax.text)", at: syntax.span)
        return nil
    }

    private func period(_ unit: NameSyntax, _ zone: TextSyntax) -> BillingPeriod? {
        guard let known = BillingPeriod.Unit(rawValue: unit.text) else {
            reports.unknown(
                .tariffValueWrong, "there is no period `\(unit.text)`", unit,
                known: ["day", "week", "month", "quarter", "year"], called: "periods")
            return nil
        }
        guard let name = zone.constant, Zone(identifier: name) != nil else {
            wrong("there is no time zone `\(zone.constant ?? "")`", at: zone.span)
            return nil
        }
        return BillingPeriod(unit: known, zone: name)
    }

    /// 19 % is 190,000 parts of a million.
    private func perMillion(_ percent: PercentSyntax) -> Int64? {
        let parts = ExactDecimal(percent.number.text)?.multiplied(by: ExactDecimal(10_000))?.wholeNumber
        if let parts, (0...1_000_000).contains(parts) { return Int64(parts) }
        wrong("a tax is 0 to 100 percent, four digits behind the point at most", at: percent.span)
        return nil
    }

    private func isComplete(_ draft: Draft, _ syntax: TariffSyntax) -> Bool {
        var missing: [(String, String)] = []
        if !draft.hasCustomers { missing.append(("customers", "customers [\"*\"]")) }
        if !draft.hasCurrency { missing.append(("currency", "currency EUR")) }
        if !draft.hasPeriod { missing.append(("period", "period month in \"UTC\"")) }
        if draft.charges.isEmpty { missing.append(("charge", "charge all { per delivery price 0 }")) }
        for (word, line) in missing {
            let place = Span(
                file: syntax.bodySpan.file, start: syntax.bodySpan.start + 1, end: syntax.bodySpan.start + 1)
            reports.add(
                Diagnostic(
                    .tariffIncomplete, "tariff `\(syntax.name.text)` needs `\(word)`", at: syntax.name.span,
                    edits: [.replace(place, with: "\n  \(line)", shown: line)]))
        }
        return missing.isEmpty && draft.priced.count == draft.charges.count
    }

    /// A charge behind one without a condition never prices anything.
    private func reportUnreachable(_ charges: [(syntax: ChargeSyntax, span: Span)]) {
        guard let position = charges.firstIndex(where: { $0.syntax.condition == nil }) else { return }
        for charge in charges[(position + 1)...] {
            reports.add(
                Diagnostic(
                    .chargeNeverReached, severity: .warning, "charge `\(charge.syntax.name.text)` is never reached",
                    at: charge.syntax.name.span,
                    origins: [
                        Diagnostic.Origin(
                            "`\(charges[position].syntax.name.text)` takes every delivery",
                            at: charges[position].syntax.name.span)
                    ]))
        }
    }
}
