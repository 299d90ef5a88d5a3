import Foundation
import Testing

@testable import RouteLanguage
@testable import waybill

/// The help of every command, as people read it. `WAYBILL_UPDATE=1` writes the fixture anew.
@Suite struct HelpTests {
    private var fixture: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/help.txt")
    }

    @Test func helpIsAsItWasAgreed() throws {
        let help = HelpText(commands: CommandList.all)
        var text = help.text(.overview)
        for command in CommandList.all { text += "\n=== \(command.name)\n" + help.text(.command(command)) }
        if ProcessInfo.processInfo.environment["WAYBILL_UPDATE"] == "1" {
            try Data(text.utf8).write(to: fixture)
        }
        #expect(try String(contentsOf: fixture, encoding: .utf8) == text)
    }

    @Test func everyLineFitsAScreenAndEveryCommandHasAnExample() {
        let help = HelpText(commands: CommandList.all)
        for command in CommandList.all {
            #expect(!command.examples.isEmpty, "\(command.name)")
            for line in help.text(.command(command)).split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
        }
        for line in help.text(.overview).split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    }

    @Test func everyStepHasAPageOfItsOwn() {
        #expect(Set(StepPages.all.map(\.word)).count == StepPages.all.count)
    }

    /// The checker decides which words there are: a step that it knows has a page, one that it refuses for now has none.
    @Test(arguments: Verb.allCases) func pagesAreOfTheStepsThatTheCheckerKnows(_ verb: Verb) {
        let subject = verb.takesSubject ? " .x" : ""
        let example = StepPages.page(for: verb.rawValue)?.example
        let step = example ?? "\(verb.rawValue)\(subject)\(verb.takesBlock ? " { stop }" : "")"
        let codes = codes(ofStep: step)
        let isRefused = codes.contains { $0.id == "R0107" } || [.given, .expect].contains(verb)
        #expect(isRefused == (example == nil), "\(step)")
        #expect(isRefused == (StepPages.later(verb.rawValue) != nil))
        if !isRefused {
            let syntax = codes.filter { $0.id.hasPrefix("R01") && $0 != .misplacedStep }
            #expect(syntax.isEmpty, "\(syntax.map(\.id)): \(step)")
        }
    }

    private func codes(ofStep step: String) -> [DiagnosticCode] {
        let text = "route r {\n  from shop.orders after .id\n  \(step)\n}\n"
        let sources = SourceSet(routes: [.init(path: "r.route", text: text)], locks: [])
        return Compiler.compile(sources, connectors: Connectors.descriptors).diagnostics.map(\.code)
    }

    @Test(arguments: Parser.declarationWords) func pagesAreOfTheDeclarationsThatTheParserKnows(_ word: String) {
        #expect((StepPages.page(for: word) == nil) == ["template", "test"].contains(word))
        #expect((StepPages.later(word) != nil) == ["template", "test"].contains(word))
    }

    @Test func explanationsFitAScreen() {
        for page in StepPages.all {
            for line in page.text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
        }
    }
}
