import Foundation

@testable import RouteLanguage

/// Files beside the tests. Read by source location: they are no resources of the package.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    static var sample: String { get throws { try text("sample.route") } }
    static var core: String { get throws { try text("core.route") } }
}

/// Parses a text as the file `orders.route`.
func parsed(_ text: String) -> (tree: FileSyntax, diagnostics: [Diagnostic]) {
    Parser.parse(SourceSet.File(path: "orders.route", text: text), index: 0)
}

/// The diagnostics of a text, drawn.
func drawn(_ text: String) -> String {
    let file = SourceSet.File(path: "orders.route", text: text)
    return DiagnosticRenderer(files: [file]).render(Parser.parse(file, index: 0).diagnostics)
}
