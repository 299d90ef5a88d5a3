import Foundation
import Testing

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

/// Input and expected output in one file: the input, a line of dashes, the output. `WAYBILL_UPDATE=1` rewrites outputs.
struct GoldenFixture: CustomStringConvertible, Sendable {
    static let separator = "\n--------------------------------\n"
    let url: URL
    let input: String
    let expected: String

    var description: String { url.lastPathComponent }

    static func all(in folder: String) -> [GoldenFixture] {
        let folder = Fixture.folder.appendingPathComponent(folder)
        let urls = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return urls.filter { $0.pathExtension == "fixture" }.sorted { $0.path < $1.path }.compactMap { url in
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
            guard let range = text.range(of: separator) else {
                return GoldenFixture(url: url, input: text, expected: "")
            }
            return GoldenFixture(
                url: url, input: text[..<range.lowerBound] + "\n", expected: String(text[range.upperBound...]))
        }
    }

    /// Compares, or rewrites the file.
    func check(_ output: String) throws {
        if ProcessInfo.processInfo.environment["WAYBILL_UPDATE"] == "1" {
            let text = (input.hasSuffix("\n") ? String(input.dropLast()) : input) + Self.separator + output
            try text.write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(output == expected, "\(url.lastPathComponent)")
        }
    }
}
