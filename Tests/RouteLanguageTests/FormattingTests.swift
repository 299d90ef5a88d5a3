import RouteLanguage
import Testing

/// The formatted text; empty, with an issue, where it does not parse.
func formatted(_ text: String) -> String {
    switch Formatter.format(SourceSet.File(path: "orders.route", text: text)) {
    case .formatted(let text): return text
    case .unreadable(let diagnostics):
        Issue.record("unreadable: \(diagnostics.map(\.message))")
        return ""
    }
}

@Suite("Formatting")
struct FormattingTests {
    @Test(arguments: ["sample.route", "core.route"])
    func `keeps meaning and comments, and is idempotent`(name: String) throws {
        let text = try Fixture.text(name)
        let once = formatted(text)
        #expect(formatted(once) == once)
        #expect(SyntaxOutline.of(parsed(once).tree) == SyntaxOutline.of(parsed(text).tree))
        #expect(parsed(once).tree.comments.map(\.text) == parsed(text).tree.comments.map(\.text))
    }

    @Test(arguments: GoldenFixture.all(in: "formatting"))
    func `golden`(fixture: GoldenFixture) throws {
        let once = formatted(fixture.input)
        #expect(formatted(once) == once)
        try fixture.check(once)
    }

    @Test func `the core sample is formatted already`() throws {
        #expect(formatted(try Fixture.core) == (try Fixture.core))
    }

    @Test func `a file with mistakes is not formatted`() {
        let file = SourceSet.File(path: "a.route", text: "route a {\n  filtr .a\n}\n")
        guard case .unreadable(let diagnostics) = Formatter.format(file) else {
            Issue.record("formatted")
            return
        }
        #expect(diagnostics.map(\.code) == [.unknownStep])
    }
}
