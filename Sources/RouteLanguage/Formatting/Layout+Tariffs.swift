extension Layout {
    mutating func write(_ tariff: TariffSyntax) {
        write("tariff \(tariff.name.text)")
        if let parent = tariff.parent { write(" extends \(parent.text)") }
        guard !tariff.items.isEmpty || hasComment(in: tariff.bodySpan) else { return write(" {}") }
        writeBroken(tariff.items, open: " {", close: "}", span: tariff.bodySpan, spanOf: \.span) { $0.write($1) }
    }

    private mutating func write(_ item: TariffItemSyntax) {
        let word = item.word.text
        switch item.kind {
        case .customers(let list):
            write(word + " ")
            write(list)
        case .currency(let name), .round(let name): write("\(word) \(name.text)")
        case .valid(let from, let until):
            write([word, from?.text, "..", until?.text].compactMap { $0 }.joined(separator: " "))
        case .period(let unit, let from, let zone):
            write("\(word) \(unit.text)\(from.map { " from " + inline($0) } ?? "") in \(inline(zone))")
        case .grace(let time): write("\(word) \(source(time.span))")
        case .tax(let percent, let category):
            write("\(word) \(percent.number.text)%\(category.map { " category " + inline($0) } ?? "")")
        case .flat(let amount, let prorate), .commit(let amount, let prorate):
            write("\(word) \(amount.text)\(prorate.map { " prorate " + $0.text } ?? "")")
        case .cap(let amount): write("\(word) \(amount.text)")
        case .credit(let amount, let until, let isBeforeTax):
            let limit = until.map { " until " + $0.text } ?? ""
            write("\(word) \(amount.text)\(limit) \(isBeforeTax ? "before" : "after") tax")
        case .charge(let charge): write(charge)
        }
    }

    private mutating func write(_ charge: ChargeSyntax) {
        write("charge \(charge.name.text)")
        if let condition = charge.condition { write(" when " + inline(condition)) }
        let isBroken = isBroken(charge.bodySpan, first: charge.items.first?.span) || hasComment(in: charge.bodySpan)
        let flat = charge.items.isEmpty ? " {}" : " { " + charge.items.map(inline).joined(separator: " ") + " }"
        if !isBroken, fits(flat) || charge.items.isEmpty { return write(flat) }
        writeBroken(charge.items, open: " {", close: "}", span: charge.bodySpan, spanOf: \.span) { $0.write($1) }
    }

    private mutating func write(_ item: ChargeItemSyntax) {
        switch item.kind {
        case .graduated(let tiers), .volume(let tiers):
            let start = item.word.span.end
            let gap = Array(lines.text(start..<item.span.end).utf8)
            let span = Span(
                file: item.span.file, start: start + (gap.firstIndex(of: UInt8(ascii: "{")) ?? 0), end: item.span.end)
            let isBroken = isBroken(span, first: tiers.first?.span) || hasComment(in: span)
            let flat = inline(item)
            if !isBroken, fits(flat) || tiers.isEmpty { return write(flat) }
            write(item.word.text)
            writeBroken(tiers, open: " {", close: "}", span: span, spanOf: \.span) { $0.write($0.inline($1)) }
        case .per, .price, .pack, .rate, .free, .min, .max, .discount, .commit, .cap: write(inline(item))
        }
    }

    private func inline(_ tier: TierSyntax) -> String {
        "\(tier.bound.map { "to " + $0.text } ?? "rest"): \(tier.price.text)\(tier.plus.map { " plus " + $0.text } ?? "")"
    }

    private func inline(_ item: ChargeItemSyntax) -> String {
        let word = item.word.text
        switch item.kind {
        case .per(let basis, let size): return "\(word) \(basis.text)\(size.map { " \($0.text) bytes" } ?? "")"
        case .price(let price): return "\(word) \(inline(price))"
        case .pack(let count, let price): return "\(word) \(count.text) for \(price.text)"
        case .rate(let percent, let base, let plus):
            return "\(word) \(percent.number.text)% of \(inline(base))\(plus.map { " plus " + $0.text } ?? "")"
        case .graduated(let tiers), .volume(let tiers):
            let inner = tiers.map { inline($0) }.joined(separator: ", ")
            return tiers.isEmpty ? "\(word) {}" : "\(word) { \(inner) }"
        case .free(let amount, let base): return "\(word) \(amount.text)\(base.map { " of " + inline($0) } ?? "")"
        case .min(let amount), .max(let amount), .commit(let amount), .cap(let amount): return "\(word) \(amount.text)"
        case .discount(let percent): return "\(word) \(percent.number.text)%"
        }
    }

    private func inline(_ price: PriceSyntax) -> String {
        var text = price.amount.text
        if let per = price.per { text += " per \(per.text)" }
        if let hours = price.hours { text += " from \(source(hours.from.span)) to \(source(hours.to.span))" }
        if let days = price.days {
            text += " on \(days.first.text)" + (days.first.span == days.last.span ? "" : "..\(days.last.text)")
        }
        return text
    }
}
