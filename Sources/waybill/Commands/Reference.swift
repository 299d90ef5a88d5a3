import Connecting
import RouteLanguage

/// Everything that this binary knows of the language, on one page: made from what compiler and connectors declare, so
/// that it cannot lag behind them.
struct Reference {
    private(set) var text = ""

    init() {
        section("Declarations", StepPages.declarations.map { ($0.word, $0.summary) })
        section("Steps", StepPages.steps.map { ($0.word, $0.summary) })
        section("Types", TypePages.all)
        section("Metadata", TypePages.metadata)
        section("Functions; `upper(.name)` and `.name.upper()` are the same", FunctionSignature.all.map(\.row))
        section("Connectors", Connectors.descriptors.map { ($0.name, $0.summary) })
        for descriptor in Connectors.descriptors { text += "\n" + ConnectorPage(descriptor).text }
        section("Diagnostics", CodeCatalogue.pages.map { ($0.code.id, $0.title) })
        text += "\n`waybill explain WORD` shows the page of a code, a step, a declaration, a function or a connector.\n"
    }

    private mutating func section(_ title: String, _ rows: [(word: String, summary: String)]) {
        let width = rows.map(\.word.count).filter { $0 <= 24 }.max() ?? 0
        if !text.isEmpty { text += "\n" }
        text += title + "\n"
        for row in rows {
            let isLong = row.word.count > width
            let gap = isLong ? "\n" + String(repeating: " ", count: width + 4) : Self.blank(width + 2 - row.word.count)
            text += "  \(row.word)\(gap)\(row.summary)\n"
        }
    }

    private static func blank(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension FunctionSignature {
    fileprivate var row: (word: String, summary: String) { (signature, summary) }

    /// As `explain` shows it.
    var page: String { "\(signature)\n\n\(summary)\n\n    \(usage)\n" }
}
