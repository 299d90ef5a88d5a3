import RouteLanguage
import Testing

@Suite("Diagnostics of the parser")
struct DiagnosticsGoldenTests {
    @Test(arguments: GoldenFixture.all(in: "diagnostics"))
    func `golden`(fixture: GoldenFixture) throws {
        try fixture.check(drawn(fixture.input))
    }

    /// Where a fixture shows one mistake with an edit, that edit alone makes the file right.
    @Test(arguments: GoldenFixture.all(in: "diagnostics"))
    func `an edit resolves its mistake`(fixture: GoldenFixture) throws {
        let diagnostics = parsed(fixture.input).diagnostics
        guard diagnostics.count == 1, let diagnostic = diagnostics.first else { return }
        for edit in diagnostic.edits {
            let fixed = try #require(EditApplication.apply(edit, to: fixture.input, file: 0))
            #expect(drawn(fixed) == "", "\(fixture) after \(edit.shown)")
        }
    }

    /// What `check --fix` does to a file whose mistakes are all certain.
    @Test(arguments: ["R0103-comparison-in-set", "R0103-assignment-in-filter", "R0106-bill-customer"])
    func `certain edits are applied together`(name: String) throws {
        let fixture = try #require(GoldenFixture.all(in: "diagnostics").first { $0.description == name + ".fixture" })
        let file = SourceSet.File(path: "orders.route", text: fixture.input)
        let (fixed, applied) = EditApplication.fix([file], parsed(fixture.input).diagnostics)
        #expect(applied > 0)
        #expect(drawn(fixed[0].text) == "")
    }
}
