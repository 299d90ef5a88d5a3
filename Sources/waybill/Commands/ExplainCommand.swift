import Connecting
import Console
import Message
import RouteLanguage

/// `waybill explain`: what a diagnostic means, what a step, a function or a connector takes, or all of it.
enum ExplainCommand {
    static let command = Command(
        "explain", .write, "Explain a code, a step, a function or a connector.", operands: "[WORD]",
        operandCount: 0...1,
        details: """
            Without a word: the whole reference. Needs no network and no route files: what is explained is what this
            binary knows.
            """,
        examples: ["waybill explain", "waybill explain R0301", "waybill explain to", "waybill explain round"]
    ) { arguments, terminal throws(CommandFailure) in
        let word = arguments.operands.first ?? ""
        guard let text = word.isEmpty ? Reference().text : text(word) else { throw unknown(word) }
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
        // `split` is a step and a function.
        let step = StepPages.page(for: word.lowercased())?.text
        let function = FunctionSignature.all.first { $0.function.rawValue == word.lowercased() }?.page
        if let step, let function { return step + "\n" + function }
        return step ?? function ?? StepPages.later(word.lowercased())
    }

    private static func unknown(_ word: String) -> CommandFailure {
        let known =
            CodeCatalogue.pages.map(\.code.id) + StepPages.all.map(\.word) + Connectors.descriptors.map(\.name)
            + FunctionSignature.all.map(\.function.rawValue)
        let nearest = NearestWord.find(word, among: known)
        return CommandFailure(
            .usage, "nothing is known of `\(word)`",
            nearest.map { "did you mean `waybill explain \($0)`?" }
                ?? "codes look like R0301; `waybill explain` alone shows the whole reference")
    }
}
