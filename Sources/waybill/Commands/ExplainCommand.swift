import Connecting
import Console
import Message
import RouteLanguage

/// `waybill explain`: what a diagnostic means, or what a step or a connector takes.
enum ExplainCommand {
    static let command = Command(
        "explain", .write, "Explain a diagnostic's code, a step or a connector.", operands: "CODE|VERB|CONNECTOR",
        operandCount: 1...1,
        details: "Without a network and without route files: what is explained is what this binary knows.",
        examples: ["waybill explain R0301", "waybill explain to", "waybill explain http"]
    ) { arguments, terminal throws(CommandFailure) in
        let word = arguments.operands[0]
        guard let text = text(word) else { throw unknown(word) }
        if arguments.isJSON {
            terminal.print(bytes: JSONObject([("word", .text(word)), ("text", .text(text))]).line())
        } else {
            terminal.print(text)
        }
        return .ok
    }

    private static func text(_ word: String) -> String? {
        if let page = CodeCatalogue.page(for: word) { return page.text }
        if let connector = Connectors.descriptors.first(where: { $0.name == word.lowercased() }) {
            return ConnectorPage(connector).text
        }
        return StepPages.page(for: word.lowercased())?.text ?? StepPages.later(word.lowercased())
    }

    private static func unknown(_ word: String) -> CommandFailure {
        let known =
            CodeCatalogue.pages.map(\.code.id) + StepPages.all.map(\.word) + Connectors.descriptors.map(\.name)
        let nearest = NearestWord.find(word, among: known)
        return CommandFailure(
            .usage, "nothing is known of `\(word)`",
            nearest.map { "did you mean `waybill explain \($0)`?" }
                ?? "codes look like R0301; words are \(known.drop { $0 != "from" }.joined(separator: " "))")
    }
}
