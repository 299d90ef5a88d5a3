import Testing

@testable import RouteLanguage

/// The examples of every page are true: compiled with the test catalogue, the wrong one gets its code and no other error,
/// the right one none.
@Suite("Examples of pages")
struct PageExampleTests {
    private static let elsewhere = [DiagnosticCode.columnChanged, .lockUnreadable]

    @Test(arguments: CodeCatalogue.pages.filter { !elsewhere.contains($0.code) })
    func `the wrong example gets its code and no other`(page: CodePage) {
        let found = compile(page.wrong).diagnostics.filter { $0.severity == .error || $0.code == page.code }
        #expect(found.map(\.code) == [page.code], "\(found.map(\.line))")
    }

    @Test(arguments: CodeCatalogue.pages.filter { !elsewhere.contains($0.code) })
    func `the right example is free of mistakes`(page: CodePage) {
        let found = compile(page.right).diagnostics.filter { $0.severity == .error || $0.code == page.code }
        #expect(found.map(\.line) == [])
    }

    @Test func `a lock file as on its page`() throws {
        let page = try #require(CodeCatalogue.page(for: "R0402"))
        let wrong = Sample.compile(Sample.core, lock: page.wrong + "\n").diagnostics
        #expect(wrong.contains { $0.code == .lockUnreadable })
        #expect(
            !Sample.compile(Sample.core, lock: page.right + "\n").diagnostics.contains { $0.code == .lockUnreadable })
    }

    /// What the examples take for granted, without what they declare themselves.
    private static let prelude = [
        "env SHOP_DB url", "secret SHOP_PASSWORD", "secret ACME_TOKEN",
        "connect shop = mysql { url env.SHOP_DB, password secret.SHOP_PASSWORD, schema \"schema/shop.lock\" }",
        "connect acme = http { base \"https://api.acme.example\", bearer secret.ACME_TOKEN }",
        "connect globex = http { base \"https://globex.example\" }", "connect archive = file { root \"archive\" }",
        "queue outbox", "queue failed", "policy gentle = retry 8 backoff 500ms..2m",
        "record PartnerOrder { number text, total decimal(12,2) }",
    ]

    private static let words = ["env", "secret", "connect", "queue", "policy", "record", "route", "rout", "tariff"]

    private func compile(_ example: String) -> Compilation {
        let declared = example.split(separator: "\n").map { $0.prefix { $0 != "=" && $0 != "{" } }
            .map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        let prelude = Self.prelude.filter { line in
            !declared.contains(line.split(separator: " ").prefix(2).joined(separator: " "))
        }
        return Sample.compile(prelude.joined(separator: "\n") + "\n" + file(example) + "\n")
    }

    /// Steps stand in a route, parts of a tariff in a tariff.
    private func file(_ example: String) -> String {
        let first = String(example.prefix { $0 != " " && $0 != "\n" })
        if Self.words.contains(first) || example.contains("\nroute ") { return example }
        if let tariff = tariff(example, first) { return tariff }
        let from = example.contains("from ") ? "" : "from shop.orders as order after .id\n"
        let handler = example.contains("on error") ? "" : "\non error { deadletter failed }"
        return "route example {\n\(from)\(example)\(handler)\n}"
    }

    private func tariff(_ example: String, _ first: String) -> String? {
        let parts = [
            "customers": "customers [\"*\"]", "currency": "currency EUR", "period": "period month in \"UTC\"",
            "charge": "charge all { per delivery price 1 }",
        ]
        guard parts[first] != nil else { return nil }
        let rest = parts.filter { $0.key != first }.sorted { $0.key > $1.key }.map(\.value)
        return "tariff example {\n\(([example] + rest).joined(separator: "\n"))\n}"
    }
}
