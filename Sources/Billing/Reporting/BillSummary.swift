import Message

/// The bills of all customers of a period side by side: a line a customer and currency, a total a currency.
package struct BillSummary: Sendable {
    package struct Total: Sendable, Hashable {
        package let net: Money
        package let tax: Money
        package let total: Money
    }

    package let key: String
    /// By customer.
    package let reports: [BillReport]
    /// By currency code.
    package let totals: [Total]

    /// - Throws: `.tooLarge` where a sum leaves 64 bits.
    package init(key: String, reports: [BillReport]) throws(MoneyError) {
        self.key = key
        self.reports = reports.sorted { $0.customer < $1.customer }
        var sums: [Currency: Total] = [:]
        for report in reports {
            for section in report.sections {
                let zero = Money.zero(section.currency)
                let known = sums[section.currency] ?? Total(net: zero, tax: zero, total: zero)
                sums[section.currency] = Total(
                    net: try known.net.adding(section.net), tax: try known.tax.adding(section.tax),
                    total: try known.total.adding(section.total))
            }
        }
        totals = sums.values.sorted { $0.net.currency.code < $1.net.currency.code }
    }

    package var delivered: Int64 { reports.reduce(0) { $0 &+ $1.delivered } }
    package var billed: Int64 { reports.reduce(0) { $0 &+ $1.billed } }
    package var unpriced: Int64 { reports.reduce(0) { $0 &+ $1.unpriced } }

    /// One JSON object on one line, with the whole report of every customer.
    package func json() -> [UInt8] {
        let totals = totals.map { total in
            Value.object([
                ("currency", .text(total.net.currency.code)), ("net", .text(total.net.plainText)),
                ("tax", .text(total.tax.plainText)), ("total", .text(total.total.plainText)),
            ])
        }
        let value = Value.object([
            ("period", .text(key)), ("delivered", .int(Int128(delivered))), ("billed", .int(Int128(billed))),
            ("unpriced", .int(Int128(unpriced))), ("totals", .list(totals)),
            ("customers", .list(reports.map(\.value))),
        ])
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return bytes
    }

    /// The summary for people: lines of at most 100 characters.
    package func table() -> String {
        if reports.isEmpty { return "Bills of \(key), provisional\n\nNothing was billed in this period.\n" }
        var table = TextTable(width: BillReport.tableWidth, [.left, .right, .right, .right, .right, .right, .left])
        table.add("Customer", "Delivered", "Billed", "Net", "Tax", "Total", "")
        table.addRule()
        for report in reports { BillSummary.add(report, to: &table) }
        table.addRule()
        for (position, total) in totals.enumerated() {
            table.add(
                "Total", position == 0 ? Money.grouped("\(delivered)") : "",
                position == 0 ? Money.grouped("\(billed)") : "", total.net.groupedText, total.tax.groupedText,
                total.total.groupedText, total.net.currency.code)
        }
        var text = "Bills of \(key), provisional\n\n" + table.render()
        for report in reports {
            for warning in report.warnings {
                text += BillReport.wrapped("! \(report.customer): \(warning)", indent: "  ")
            }
        }
        return text
    }

    private static func add(_ report: BillReport, to table: inout TextTable) {
        let (delivered, billed) = (Money.grouped("\(report.delivered)"), Money.grouped("\(report.billed)"))
        if report.sections.isEmpty { table.add(report.customer, delivered, billed, "-", "-", "-") }
        for (position, section) in report.sections.enumerated() {
            table.add(
                position == 0 ? report.customer : "", position == 0 ? delivered : "", position == 0 ? billed : "",
                section.net.groupedText, section.tax.groupedText, section.total.groupedText, section.currency.code)
        }
    }
}
