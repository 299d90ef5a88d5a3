import Message

/// Diagnostics for programs: one object a diagnostic, one line each.
///
/// `file`, `line` and `column` (from 1, columns in characters) and `start` and `end` (bytes from 0) say where.
package struct DiagnosticJSON {
    private let files: [SourceSet.File]
    private let maps: [LineMap]

    package init(files: [SourceSet.File]) {
        self.files = files
        self.maps = files.map { LineMap($0.text) }
    }

    /// In file order, at most 20, a line each.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.inFileOrder.prefix([Diagnostic].shownAtMost).map { render($0) + "\n" }.joined()
    }

    /// One object, without a line break.
    package func render(_ diagnostic: Diagnostic) -> String {
        let members = [
            member("severity", quoted(diagnostic.severity.rawValue)),
            member("code", quoted(diagnostic.code.id)),
            member("message", quoted(diagnostic.message)),
            place(diagnostic.span),
            member("label", quoted(diagnostic.label)),
            member("origins", list(diagnostic.origins.map(origin))),
            member("notes", list(diagnostic.notes.map(quoted))),
            member("edits", list(diagnostic.edits.map(edit))),
        ]
        return object(members)
    }

    private func origin(_ origin: Diagnostic.Origin) -> String {
        object([member("text", quoted(origin.text))] + (origin.span.map { [place($0)] } ?? []))
    }

    private func edit(_ edit: Diagnostic.Edit) -> String {
        let replacements = edit.replacements.map { object([place($0.span), member("text", quoted($0.text))]) }
        return object([
            member("shown", quoted(edit.shown)),
            member("explanation", quoted(edit.explanation)),
            member("certain", edit.isCertain ? "true" : "false"),
            member("replacements", list(replacements)),
        ])
    }

    private func place(_ span: Span) -> String {
        guard files.indices.contains(span.file) else { return member("file", "null") }
        let start = maps[span.file].place(at: span.start)
        return [
            member("file", quoted(files[span.file].path)), member("line", String(start.line)),
            member("column", String(start.column)), member("start", String(span.start)),
            member("end", String(span.end)),
        ].joined(separator: ",")
    }

    private func member(_ key: String, _ value: String) -> String { "\"\(key)\":\(value)" }
    private func object(_ members: [String]) -> String { "{" + members.joined(separator: ",") + "}" }
    private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(string: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
