/// The layout of route files: two spaces, one step a line, 100 columns, no alignment, comments kept.
///
/// What was broken after its opening brace stays broken, everything else stands on one line where it fits. Formatting a
/// formatted file changes nothing, and the meaning never changes: where the result would not read back as the same
/// tree with the same comments, the text is left as it was.
package enum Formatter {
    package enum Outcome: Sendable, Hashable {
        case formatted(String)
        /// A file with mistakes keeps its layout.
        case unreadable([Diagnostic])
    }

    package static let width = 100

    package static func format(_ file: SourceSet.File, index: Int = 0) -> Outcome {
        let (tree, diagnostics) = Parser.parse(file, index: index)
        guard diagnostics.isEmpty else { return .unreadable(diagnostics) }
        var layout = Layout(tree, text: file.text)
        let text = layout.run()
        guard isSame(tree, text, index: index) else { return .formatted(file.text) }
        return .formatted(text)
    }

    private static func isSame(_ tree: FileSyntax, _ text: String, index: Int) -> Bool {
        let again = Parser.parse(SourceSet.File(path: "", text: text), index: index)
        return again.diagnostics.isEmpty && again.tree.comments.map(\.text) == tree.comments.map(\.text)
            && SyntaxOutline.of(again.tree) == SyntaxOutline.of(tree)
    }
}
