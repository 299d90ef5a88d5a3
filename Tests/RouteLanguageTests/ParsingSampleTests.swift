import Foundation
import RouteLanguage
import Testing

@Suite("The sample of the language")
struct ParsingSampleTests {
    @Test(arguments: ["sample.route", "core.route"])
    func `parses without a diagnostic`(name: String) throws {
        let text = try Fixture.text(name)
        #expect(drawn(text) == "")
        #expect(!SyntaxOutline.of(parsed(text).tree).contains("UNREADABLE"))
    }
}
