import Message

extension BillReport {
    /// Columns of every table that reports print.
    package static let tableWidth = 100

    /// The report for people: lines of at most 100 characters, each ending with a line feed.
    package func table() -> String {
        var text = heading()
        if sections.isEmpty { text += "\nNothing was billed in this period.\n" }
        for section in sections { text += "\n" + table(of: section) }
        return text + "\n" + footing()
    }

    private func heading() -> String {
        let width = BillReport.tableWidth
        let mark = "PROVISIONAL"
        let title = BillReport.fit("Bill for \(TextTable.oneLine(customer)), \(span.key)", width - mark.count - 2)
        let space = String(repeating: " ", count: max(2, width - title.count - mark.count))
        let standing =
            switch state {
            case .open: "the period is open, amounts can still grow"
            case .ended: "the period is over but not closed, late deliveries still enter"
            }
        return """
            \(title)\(space)\(mark)
            \(span.sentence)
            As of \(asOf): \(standing)

            """
    }

    private func table(of section: Section) -> String {
        let currency = section.currency
        var table = TextTable(width: BillReport.tableWidth, [.left, .right, .right, .right, .right])
        let showsPeriods = Set(section.lines.map(\.period)) != [span.key]
        let showsTariffs = tariffs.count > 1
        table.add("Charge", "Quantity", "Price", "Exact", currency.code)
        table.addRule()
        let exact = PointColumn(section.lines.flatMap { [$0.exact] + $0.meters.map(\.exact) } + [section.rounding])
        for line in section.lines {
            var name = showsTariffs ? "\(line.charge) (\(line.tariff))" : line.charge
            if showsPeriods { name += " \(line.period)" }
            table.add(
                name, Money.grouped("\(line.quantity)"), line.price?.text(in: currency) ?? "?",
                exact.text(line.exact), line.amount.groupedText)
            for meter in line.meters where line.meters.count > 1 || meter.name != line.charge {
                table.add(
                    "  \(meter.name.isEmpty ? "no meter" : meter.name)", Money.grouped("\(meter.quantity)"), "",
                    exact.text(meter.exact))
            }
        }
        table.addRule()
        if section.rounding.units != 0 {
            table.add("Rounding, once a line", "", "", exact.text(section.rounding))
        }
        table.add("Net", "", "", "", section.net.groupedText)
        for tax in section.taxes {
            table.add(
                "Tax \(BillReport.percent(tax.perMillion)) on \(tax.base.groupedText)", "", "", "",
                tax.amount.groupedText)
        }
        table.add("Total \(currency.code)", "", "", "", section.total.groupedText)
        return table.render()
    }

    private func footing() -> String {
        let sign = isBalanced ? "=" : "≠"
        var text = "Delivered \(Money.grouped("\(delivered)")) \(sign) billed \(Money.grouped("\(billed)"))"
        text += unpriced > 0 ? ", \(Money.grouped("\(unpriced)")) of them without a price\n" : "\n"
        let range = recordRange.map {
            "\(Money.grouped("\($0.lowerBound)")) to \(Money.grouped("\($0.upperBound)"))"
        }
        let head = "head \(Money.grouped("\(head.seq)")) \(SHA256.hex(head.hash).prefix(16))"
        text += "Records \(range ?? "none"), \(head)\n"
        for tariff in tariffs {
            text +=
                BillReport.fit("Tariff \(tariff.name), version \(tariff.hash.prefix(16))", BillReport.tableWidth) + "\n"
        }
        for warning in warnings { text += BillReport.wrapped("! \(warning)", indent: "  ") }
        return text
    }

    /// Cut with an ellipsis where it is longer than `width`.
    static func fit(_ text: String, _ width: Int) -> String {
        text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
    }

    /// Broken between words at the table's width.
    static func wrapped(_ text: String, indent: String) -> String {
        var (lines, line) = ("", "")
        for word in TextTable.oneLine(text).split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > tableWidth {
                lines += line + "\n"
                line = indent + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + line + "\n"
    }
}

/// Amounts of different fineness with their points below each other, in a column that is set to the right.
private struct PointColumn {
    private let digits: Int

    init(_ amounts: [Money]) { digits = amounts.map { PointColumn.fraction($0.groupedText) }.max() ?? 0 }

    func text(_ amount: Money) -> String {
        let text = amount.groupedText
        return text + String(repeating: " ", count: max(0, digits - PointColumn.fraction(text)))
    }

    /// The point and the digits behind it.
    private static func fraction(_ text: String) -> Int {
        text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) } ?? 0
    }
}

extension PeriodSpan {
    /// `Month in Europe/Berlin, 2026-10-31T23:00:00Z to 2026-11-30T23:00:00Z`
    var sentence: String {
        let name = unit.rawValue
        return "\(name.prefix(1).uppercased() + name.dropFirst()) in \(zone): \(start) to \(end) (not included)"
    }
}
