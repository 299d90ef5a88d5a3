import Testing

@testable import RouteLanguage

/// Each row of the table of diagnostics: one small edit of the sample, what it says, and the edit that repairs it.
@Suite struct CheckingRowTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        let find: String
        let replace: String
        /// What the carets point at.
        let span: String
        let origin: String
        /// What the `+` line of the first edit holds.
        let edit: String

        var testDescription: String { "\(code) \(replace.prefix(40))" }
    }

    static let rows: [Row] = [
        Row(
            code: "R0201", find: "validate .country is", replace: "validate .countri is", span: ".countri",
            origin: "nearest: `country`", edit: ".country"),
        Row(
            code: "R0201", find: "total = gross", replace: "totl = gross", span: "totl",
            origin: "fields: number total", edit: "total"),
        Row(
            code: "R0202", find: "to acme post", replace: "to acmee post", span: "acmee",
            origin: "declared: audit shop acme globex archive", edit: "acme"),
        Row(
            code: "R0202", find: "deadletter failed }\n}\n\nroute parcels",
            replace: "deadletter faild }\n}\n\nroute parcels",
            span: "faild", origin: "declared: failed outbox", edit: "failed"),
        Row(
            code: "R0202", find: "through outbox workers 8", replace: "through outbx workers 8", span: "outbx",
            origin: "declared: failed outbox", edit: "outbox"),
        Row(
            code: "R0202", find: "total = gross", replace: "total = gros", span: "gros", origin: "known here:",
            edit: "gross"),
        Row(
            code: "R0202", find: "from shop.orders", replace: "from shop.order", span: "order",
            origin: "tables of schema/shop.lock: orders parcels", edit: "orders"),
        Row(
            code: "R0202", find: "retry gentle\n      bill order.customer_id meter \"orders.dach\"",
            replace: "retry gentl\n      bill order.customer_id meter \"orders.dach\"", span: "gentl",
            origin: "declared: gentle", edit: "gentle"),
        Row(
            code: "R0202", find: "url env.SHOP_DB,", replace: "url env.SHOPDB,", span: "SHOPDB",
            origin: "declared: SHOP_DB", edit: "SHOP_DB"),
        Row(
            code: "R0202", find: "password secret.SHOP_PASSWORD,", replace: "password secret.SHOP_PASWORD,",
            span: "SHOP_PASWORD", origin: "declared: ACME_TOKEN SHOP_PASSWORD", edit: "SHOP_PASSWORD"),
        Row(
            code: "R0202", find: "connect archive = file", replace: "connect archive = fil", span: "fil",
            origin: "connectors: mysql http file", edit: "file"),
        Row(
            code: "R0202", find: "use \"lib/audit.route\"", replace: "use \"lib/audi.route\"",
            span: "\"lib/audi.route\"",
            origin: "files: lib/audit.route", edit: "\"lib/audit.route\""),
        Row(
            code: "R0203", find: "timeout 10s retry gentle\n      bill order.customer_id meter \"orders.dach\"",
            replace: "timout 10s retry gentle\n      bill order.customer_id meter \"orders.dach\"", span: "timout",
            origin: "clauses: get post put patch", edit: "timeout"),
        Row(
            code: "R0203", find: "from shop.orders as order after .id every 5s batch 500",
            replace: "from shop.orders as order after .id every 5s bach 500", span: "bach",
            origin: "clauses: as every batch start after", edit: "batch"),
        Row(
            code: "R0204", find: "when order.country in", replace: "when .country in", span: ".country",
            origin: "`map PartnerOrder` replaced the message", edit: "order.country"),
        Row(
            code: "R0205", find: "queue failed {", replace: "queue failed { keep 1d }\nqueue failed {", span: "failed",
            origin: "first declared here", edit: "failed_2"),
        Row(
            code: "R0206", find: "upper(.currency)", replace: "uper(.currency)", span: "uper", origin: "functions:",
            edit: "upper"),
        Row(
            code: "R0301", find: "  validate .country is present else \"order {.id} has no country\"\n", replace: "",
            span: "order.country", origin: "shop.orders.country is `char(2) null`",
            edit: "validate .country is present else \"no country\""),
        Row(
            code: "R0302", find: "and .net > 0", replace: "and .weight > 0", span: ".weight > 0",
            origin: "shop.orders.weight is `varchar(20)`", edit: "decimal(.weight)! > 0"),
        Row(
            code: "R0303", find: "\"paid\"", replace: "\"payed\"", span: "\"payed\"",
            origin: "values: \"new\" \"paid\" \"shipped\"", edit: "\"paid\""),
        Row(
            code: "R0304", find: "order.net * 1.19", replace: "order.fee * 1.19", span: "order.fee * 1.19",
            origin: "shop.orders.fee is `double`", edit: "decimal(order.fee, 2)! * 1.19"),
        Row(
            code: "R0305", find: "    total = gross\n", replace: "", span: "map PartnerOrder",
            origin: "PartnerOrder.total is `decimal(12,2)`", edit: "total = 0.00"),
        Row(
            code: "R0306", find: "units 1 value .total\n    }\n    when order.country == \"US\"",
            replace: "units int(order.quantity) value .total\n    }\n    when order.country == \"US\"",
            span: "int(order.quantity)", origin: "", edit: "int(order.quantity)!"),
        Row(
            code: "R0307", find: "(order.net * 1.19).round(2)", replace: "order.net / 3", span: "order.net / 3",
            origin: "", edit: "(order.net / 3).round(2)"),
        Row(
            code: "R0501", find: "      bill order.customer_id meter \"orders.us\" units 1 value .total\n", replace: "",
            span: "to globex post \"/orders\" as json key .number timeout 10s retry gentle",
            origin: "bills \"orders.dach\"", edit: "bill order.customer_id meter \"orders.dach\" units 1 value .total"),
        Row(
            code: "R0502",
            find: "  on error only [4xx] { to archive write \"rejected/{order.id}.json\" as json }\n"
                + "  on error { deadletter failed }\n",
            replace: "", span: "orders", origin: "", edit: "on error { deadletter failed }"),
        Row(
            code: "R0503", find: "to acme post \"/v1/orders\" as json key .number",
            replace: "to acme post \"/v1/orders\" as json", span: "to acme post \"/v1/orders\"",
            origin: "`gentle` retries, there is no `key`", edit: "key .number"),
        Row(
            code: "R0505", find: "  on error { deadletter failed }\n}\n\nroute parcels",
            replace: "  on error { to acme post \"/failed\" key .number }\n}\n\nroute parcels", span: "",
            origin: "", edit: ""),
        Row(
            code: "R0506", find: "\"labels-{parcel.id}.jsonl\"", replace: "\"labels-{@attempt}.jsonl\"",
            span: "@attempt",
            origin: "", edit: "@id"),
        Row(
            code: "R0601", find: "bearer secret.ACME_TOKEN", replace: "bearer \"Bearer {secret.ACME_TOKEN}\"",
            span: "\"Bearer {secret.ACME_TOKEN}\"", origin: "`bearer` takes the secret itself",
            edit: "bearer secret.ACME_TOKEN"),
        Row(
            code: "R0602", find: "bearer secret.ACME_TOKEN", replace: "bearer \"t0k3n\"", span: "\"t0k3n\"", origin: "",
            edit: "secret.ACME_TOKEN"),
        Row(
            code: "W0701", find: "as order after .id", replace: "as order after .updated_at", span: "after .updated_at",
            origin: "`.updated_at` is not unique", edit: "after [.updated_at, .id]"),
        Row(
            code: "W0702", find: "filter .status", replace: "filter .status", span: ".status",
            origin: "`after .id` sees a row once, the sweep hourly for 24 h", edit: "after [.updated_at, .id]"),
        Row(
            code: "T0101", find: "  currency EUR\n", replace: "", span: "dach_2026", origin: "", edit: "currency EUR"),
        Row(code: "T0105", find: "currency EUR", replace: "currency EUX", span: "EUX", origin: "", edit: "EUR"),
    ].filter { !$0.span.isEmpty }

    @Test(arguments: rows) func row(_ row: Row) throws {
        try #require(Sample.core.contains(row.find))
        let text = Sample.core.replacingFirst(row.find, with: row.replace)
        let found = Sample.compile(text).diagnostics.filter { $0.code.id == row.code || $0.severity == .error }
        #expect(found.map(\.line).count == 1, "\(found.map(\.line))")
        let diagnostic = try #require(found.first)
        let sources = Sample.sources(text)
        let reports = Reports(sources)
        #expect(diagnostic.code.id == row.code)
        #expect(reports.text(diagnostic.span) == row.span)
        if !row.origin.isEmpty {
            #expect(diagnostic.origins.contains { $0.text.contains(row.origin) }, "\(diagnostic.origins)")
        }
        let edit = try #require(diagnostic.edits.first)
        #expect(edit.shown == row.edit)
        for (position, edit) in diagnostic.edits.enumerated() {
            let repaired = try #require(EditApplication.apply(edit, to: text, file: 1))
            let after = Sample.compile(repaired)
            // Rejecting such orders repairs every place; another value repairs the one that it stands at.
            if row.code == "R0301", position > 0 {
                #expect(!after.diagnostics.contains { $0.span.start == diagnostic.span.start }, "\(edit.shown)")
                continue
            }
            #expect(after.plan != nil, "\(edit.shown): \(after.diagnostics.map(\.line))")
            #expect(!after.diagnostics.contains { $0.code.id == row.code }, "\(edit.shown)")
        }
    }

    @Test func theOriginOfAColumnIsItsLockLine() throws {
        let text = Sample.core.replacingFirst(
            "  validate .country is present else \"order {.id} has no country\"\n", with: "")
        let diagnostic = try #require(Sample.compile(text).diagnostics.first { $0.severity == .error })
        let span = try #require(diagnostic.origins.first?.span)
        let reports = Reports(Sample.sources(text))
        #expect(reports.path(span) == "schema/shop.lock")
        #expect(reports.line(span) == 7)
        #expect(diagnostic.label == "this is `text?`, `in` needs `text`")
    }
}

extension String {
    func replacingFirst(_ wanted: String, with replacement: String) -> String {
        guard let range = firstRange(of: wanted) else { return self }
        return String(self[..<range.lowerBound]) + replacement + String(self[range.upperBound...])
    }
}
