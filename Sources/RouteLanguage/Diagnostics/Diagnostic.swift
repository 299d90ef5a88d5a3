/// One mistake, or one piece of advice, as a value: what is wrong, where, how the compiler knows, and what to write.
///
/// Messages are one sentence in the words of a route's author; names stand in backquotes. No secret and no content of
/// a message may stand in any of its texts.
package struct Diagnostic: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable { case error, warning }

    package let severity: Severity
    package let code: DiagnosticCode
    package let message: String
    /// What the carets point at.
    package let span: Span
    /// Written behind the carets; empty: nothing.
    package let label: String
    /// Where the compiler learnt it, lines with `~`.
    package let origins: [Origin]
    /// Further lines with `=`, before the pointer to `waybill explain`.
    package let notes: [String]
    /// Alternatives, best first: any one of them resolves this diagnostic.
    package let edits: [Edit]

    package init(
        _ code: DiagnosticCode, severity: Severity = .error, _ message: String, at span: Span, label: String = "",
        origins: [Origin] = [], notes: [String] = [], edits: [Edit] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.span = span
        self.label = label
        self.origins = origins
        self.notes = notes
        self.edits = edits
    }

    /// A line with `~`: a declaration, a line of a lock file, or a fact such as the words that are known.
    package struct Origin: Sendable, Hashable {
        /// Shown as `path:line: ` before the text; may lie in a lock file.
        package let span: Span?
        package let text: String
        package init(_ text: String, at span: Span? = nil) {
            self.text = text
            self.span = span
        }
    }

    /// One way to write it right: all replacements together.
    package struct Edit: Sendable, Hashable {
        package struct Replacement: Sendable, Hashable {
            /// Empty: `text` is inserted there.
            package let span: Span
            package let text: String
            package init(_ span: Span, _ text: String) {
                self.span = span
                self.text = text
            }
        }

        package let replacements: [Replacement]
        /// True: `check --fix` applies it without asking. Only for edits that cannot mean something else.
        package let isCertain: Bool
        /// Shown in brackets behind the edit; empty: nothing.
        package let explanation: String
        /// What the `+` line shows; the trimmed text of the first replacement where nothing else is given.
        package let shown: String

        package init(
            _ replacements: [Replacement], isCertain: Bool = false, explanation: String = "", shown: String? = nil
        ) {
            self.replacements = replacements
            self.isCertain = isCertain
            self.explanation = explanation
            self.shown = shown ?? (replacements.first?.text ?? "").trimmedOfSpace
        }

        package static func replace(
            _ span: Span, with text: String, isCertain: Bool = false, explanation: String = "", shown: String? = nil
        ) -> Edit {
            Edit([Replacement(span, text)], isCertain: isCertain, explanation: explanation, shown: shown)
        }

        package static func insert(
            _ text: String, before span: Span, isCertain: Bool = false, explanation: String = "", shown: String? = nil
        ) -> Edit {
            replace(span.before, with: text, isCertain: isCertain, explanation: explanation, shown: shown)
        }
    }
}

extension [Diagnostic] {
    /// At most this many are shown; more only hide the first.
    package static var shownAtMost: Int { 20 }

    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// In the order of files and places, without exact repetitions.
    package var inFileOrder: [Diagnostic] {
        var seen = Set<Diagnostic>()
        return filter { seen.insert($0).inserted }
            .enumerated().sorted { left, right in
                let (a, b) = (left.element.span, right.element.span)
                return (a.file, a.start, a.end, left.offset) < (b.file, b.start, b.end, right.offset)
            }.map(\.element)
    }
}

extension String {
    /// Without spaces and line breaks at both ends.
    var trimmedOfSpace: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
