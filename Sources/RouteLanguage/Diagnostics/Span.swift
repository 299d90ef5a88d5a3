/// A range of UTF-8 bytes in one file of a `SourceSet`, half-open.
///
/// `file` is a position in `SourceSet.files`: route files first, lock files behind them.
package struct Span: Sendable, Hashable {
    package let file: Int
    package let start: Int
    package let end: Int

    package init(file: Int, start: Int, end: Int) {
        self.file = file
        self.start = start
        self.end = max(start, end)
    }

    package var isEmpty: Bool { start == end }

    /// From the start of this span to the end of another one in the same file.
    package func through(_ other: Span) -> Span {
        Span(file: file, start: min(start, other.start), end: max(end, other.end))
    }

    /// The place just before this span, for edits that insert.
    package var before: Span { Span(file: file, start: start, end: start) }

    /// The place just behind this span, for edits that insert.
    package var after: Span { Span(file: file, start: end, end: end) }
}

extension SourceSet {
    /// Every file that a span can point into: `routes`, then `locks`.
    package var files: [File] { routes + locks }
}
