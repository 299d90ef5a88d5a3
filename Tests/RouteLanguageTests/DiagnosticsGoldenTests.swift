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
}
