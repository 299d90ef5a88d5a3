import Connecting

/// A connector's settings and clauses as `explain` shows them, from its descriptor.
struct ConnectorPage {
    private let descriptor: ConnectorDescriptor

    init(_ descriptor: ConnectorDescriptor) { self.descriptor = descriptor }

    var text: String {
        var text = "\(descriptor.name): \(descriptor.summary)\n"
        text += section("Settings of `connect NAME = \(descriptor.name) { ... }`", descriptor.settings)
        text += section("Clauses of `from`", descriptor.source)
        text += section("Clauses of `to`", descriptor.delivery)
        return text
    }

    private func section(_ title: String, _ clauses: [Clause]) -> String {
        guard !clauses.isEmpty else { return "" }
        let width = clauses.map { Self.usage($0).count }.max() ?? 0
        let lines = clauses.map { clause in
            let usage = Self.usage(clause)
            return "  " + usage + String(repeating: " ", count: width - usage.count + 2) + Self.about(clause) + "\n"
        }
        return "\n\(title)\n" + lines.joined()
    }

    private static func usage(_ clause: Clause) -> String { "\(clause.name) \(value(clause.kind))" }

    private static func about(_ clause: Clause) -> String {
        var text = clause.summary
        if clause.isRequired { text += "; required" }
        if let standard = clause.defaultText { text += " [\(standard)]" }
        return text
    }

    private static func value(_ kind: Clause.Kind) -> String {
        switch kind {
        case .constantText: "\"TEXT\"|env.X"
        case .constantTextList: "[\"TEXT\", ...]"
        case .secret: "secret.X"
        case .word(let words): words.joined(separator: "|")
        case .integer: "NUMBER"
        case .duration: "TIME"
        case .byteCount: "SIZE"
        case .boolean: "true|false"
        case .urlPath: "\"/path/{.x}\""
        case .filePath: "\"folder/{.x}.json\""
        case .headerText: "TEXT"
        case .headers: "{ \"X-Name\" = TEXT }"
        case .policy: "POLICY|retry ..."
        case .body: "EXPRESSION"
        case .columns: ".id|[.a, .id]"
        case .startPosition: "first|now|ID"
        }
    }
}
