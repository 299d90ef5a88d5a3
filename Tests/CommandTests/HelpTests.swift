import Foundation
import Testing

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
}
