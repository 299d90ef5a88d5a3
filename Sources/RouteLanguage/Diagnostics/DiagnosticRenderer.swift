/// Draws diagnostics: the message, the line with carets, `~` where from, `+` what to write, `=` where to read on.
package struct DiagnosticRenderer {
    private let files: [SourceSet.File]
    private let maps: [LineMap]
    private let isColoured: Bool

    /// `files` is `SourceSet.files`. Colour is for terminals only.
    package init(files: [SourceSet.File], isColoured: Bool = false) {
        self.files = files
        self.maps = files.map { LineMap($0.text) }
        self.isColoured = isColoured
    }

    /// All of them in file order, at most 20, with a blank line between and a last line that counts.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        let sorted = diagnostics.inFileOrder
        var text = sorted.prefix(.shownAtMost).map(render).joined(separator: "\n")
        if !sorted.isEmpty { text += "\n" + summary(of: sorted) + "\n" }
        return text
    }

    private func summary(of diagnostics: [Diagnostic]) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        var parts: [String] = []
        if errors > 0 { parts.append("\(errors) \(errors == 1 ? "error" : "errors")") }
        if warnings > 0 { parts.append("\(warnings) \(warnings == 1 ? "warning" : "warnings")") }
        let hidden = diagnostics.count - Int.shownAtMost
        return parts.joined(separator: ", ") + (hidden > 0 ? "; the first \(Int.shownAtMost) are shown" : "")
    }

    /// One diagnostic, ends with a line break.
    package func render(_ diagnostic: Diagnostic) -> String {
        let head = painted(
            "\(diagnostic.severity.rawValue)[\(diagnostic.code)]", diagnostic.severity == .error ? .red : .yellow)
        var lines = ["\(head): \(diagnostic.message)"]
        let margin: String
        if let snippet = Snippet(diagnostic, files: files, maps: maps) {
            margin = String(repeating: " ", count: snippet.number.count + 1)
            let carets = String(repeating: "^", count: snippet.caretCount)
            let label = diagnostic.label.isEmpty ? "" : " " + diagnostic.label
            let bar = painted("│", .blue)
            lines.append("\(margin.dropLast())\(painted(" ┌─", .blue)) \(snippet.place)")
            lines.append("\(painted(snippet.number, .blue)) \(bar) \(snippet.text)".trimmedAtEnd)
            lines.append(
                margin + bar + " " + String(repeating: " ", count: snippet.caretColumn)
                    + painted(carets + label, diagnostic.severity == .error ? .red : .yellow))
        } else {
            margin = "   "
        }
        lines += diagnostic.origins.map { "\(margin)\(painted("~", .blue)) \(placed($0))" }
        lines += editLines(diagnostic.edits).map { margin + painted("+ " + $0, .green) }
        lines += diagnostic.notes.map { "\(margin)\(painted("=", .blue)) \($0)" }
        lines.append("\(margin)\(painted("=", .blue)) waybill explain \(diagnostic.code)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// `path:line:column`, counted from 1; nil for a span into no file.
    package func place(_ span: Span) -> String? {
        guard files.indices.contains(span.file) else { return nil }
        let place = maps[span.file].place(at: span.start)
        return "\(files[span.file].path):\(place.line):\(place.column)"
    }

    private func placed(_ origin: Diagnostic.Origin) -> String {
        guard let span = origin.span, files.indices.contains(span.file) else { return origin.text }
        return "\(files[span.file].path):\(maps[span.file].line(at: span.start)): \(origin.text)"
    }

    /// Edits with their explanations in brackets, one below the other.
    private func editLines(_ edits: [Diagnostic.Edit]) -> [String] {
        let widest = edits.filter { !$0.explanation.isEmpty }.map { TextWidth.of($0.shown) }.max() ?? 0
        return edits.map { edit in
            guard !edit.explanation.isEmpty else { return edit.shown }
            let padding = String(repeating: " ", count: max(0, widest - TextWidth.of(edit.shown)) + 2)
            return "\(edit.shown)\(padding)(\(edit.explanation))"
        }
    }

    private enum Colour: String {
        case red = "\u{1B}[1;31m"
        case yellow = "\u{1B}[1;33m"
        case green = "\u{1B}[32m"
        case blue = "\u{1B}[34m"
    }

    private func painted(_ text: String, _ colour: Colour) -> String {
        isColoured ? colour.rawValue + text + "\u{1B}[0m" : text
    }
}

extension Int {
    fileprivate static var shownAtMost: Int { [Diagnostic].shownAtMost }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var kept = self[...]
        while let last = kept.last, last == " " { kept.removeLast() }
        return String(kept)
    }
}
