import Foundation
import RouteLanguage
import Testing

@Suite("The catalogue of codes")
struct DiagnosticsCatalogueTests {
    @Test func `every code has one page`() {
        let ids = CodeCatalogue.pages.map(\.code.id)
        #expect(Set(ids).count == ids.count)
        #expect(Set(CodeCatalogue.pages.map(\.title)).count == ids.count)
    }

    /// No code is declared without its page, or twice: the declarations are read from the sources.
    @Test func `every declared code has its page`() throws {
        let sources = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/RouteLanguage")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var declared: [String] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            declared += text.matches(of: /= DiagnosticCode\("([RWT]\d+)"\)/).map { String($0.output.1) }
        }
        #expect(declared.sorted() == CodeCatalogue.pages.map(\.code.id))
    }

    @Test func `codes are grouped by phase`() {
        let groups = ["R01", "R02", "R03", "R04", "R05", "R06", "W07", "T01"]
        for page in CodeCatalogue.pages {
            #expect(groups.contains { page.code.id.hasPrefix($0) }, "\(page.code)")
            #expect(page.code.id.utf8.count == 5)
        }
    }

    @Test func `a page is found in any case and drawn`() throws {
        let page = try #require(CodeCatalogue.page(for: "r0105"))
        #expect(page.text.hasPrefix("R0105: a time needs a unit\n"))
        #expect(page.text.contains("    from shop.orders after .id every 5s\n"))
        #expect(CodeCatalogue.page(for: "R9999") == nil)
    }
}
