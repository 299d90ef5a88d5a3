import RouteLanguage
import Testing

/// What `check --fix` writes without asking must not be able to mean something else.
@Suite("Certain edits")
struct CertainEditTests {
    @Test(arguments: [
        ("acmee", "acme", ["acme", "globex"], true),
        ("acme1", "acme2", ["acme2", "globex"], false),
        ("acme", "acme2", ["acme2", "globex"], false),
        ("acmex", "acme", ["acme", "acmey"], false),
        ("Acme", "acme", ["acme", "acne"], true),
        ("timout", "timeout", ["timeout", "retry"], true),
    ])
    func `only the one nearest word, and no other number`(
        _ row: (word: String, nearest: String, known: [String], isCertain: Bool)
    ) {
        #expect(NearestWord.find(row.word, among: row.known) == row.nearest)
        #expect(NearestWord.isCertain(row.word, row.nearest, among: row.known) == row.isCertain)
    }

    /// Another receiver is never chosen by `--fix`.
    @Test func `a connection of another number is offered, not written`() {
        let text = """
            connect partner2 = http { base "https://two.example" }
            queue failed
            route r {
              from shop.orders as order after .id
              to partner1 post "/orders" as json
              on error { deadletter failed }
            }

            """
        let compilation = Compiler.compile(
            SourceSet(routes: [.init(path: "a.route", text: text)], locks: []), connectors: Catalogue.all)
        let edits = compilation.diagnostics.filter { $0.message == "no connection named `partner1`" }.flatMap(\.edits)
        #expect(edits.map(\.shown) == ["partner2"])
        #expect(edits.allSatisfy { !$0.isCertain })
    }

    @Test func `a hundred thousand certain edits are applied in one go`() {
        let text = String(repeating: "  filter .a = 1\n", count: 50_000)
        let file = SourceSet.File(path: "a.route", text: "route r {\n\(text)}\n")
        let diagnostics = parsed(file.text).diagnostics
        let clock = ContinuousClock()
        var applied = 0
        let elapsed = clock.measure { applied = EditApplication.fix([file], diagnostics).applied }
        #expect(applied == 50_000)
        #expect(elapsed < .seconds(20))
    }
}

/// One mistake gives one message.
@Suite("Consequences of mistakes")
struct ConsequenceTests {
    @Test func `the checker is silent where the parser has spoken`() {
        let text = Sample.core.replacingFirst("every 5s", with: "every 5")
        #expect(Sample.compile(text).diagnostics.filter { $0.severity == .error }.map(\.code.id) == ["R0105"])
    }

    @Test func `a brace too many does not misplace the steps behind it`() {
        let text = Sample.core.replacingFirst("    otherwise { to", with: "    }\n    otherwise { to")
        #expect(Sample.compile(text).diagnostics.filter { $0.severity == .error }.map(\.code.id) == ["R0104"])
    }

    @Test func `another mistake elsewhere is still named`() {
        let text = Sample.core.replacingFirst("every 5s", with: "every 5")
            .replacingFirst("validate .country", with: "validate .countri")
        #expect(Sample.compile(text).diagnostics.filter { $0.severity == .error }.map(\.code.id) == ["R0105", "R0201"])
    }
}
