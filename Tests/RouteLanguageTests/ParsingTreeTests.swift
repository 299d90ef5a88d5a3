import RouteLanguage
import Testing

@Suite("Trees")
struct ParsingTreeTests {
    @Test(arguments: GoldenFixture.all(in: "trees"))
    func `golden`(fixture: GoldenFixture) throws {
        let (tree, diagnostics) = parsed(fixture.input)
        #expect(diagnostics.isEmpty, "\(drawn(fixture.input))")
        try fixture.check(SyntaxOutline.of(tree))
    }
}
