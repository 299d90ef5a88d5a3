/// The lines of a file while they are written, and the comments that still have to find their place.
struct Layout {
    let tree: FileSyntax
    let lines: LineMap
    private(set) var written: [String] = []
    private var line = ""
    private var indent = 0
    private var nextComment = 0
    /// Nothing stands in the innermost braces yet, so a blank line would be its first.
    private var isAtBlockStart = true

    init(_ tree: FileSyntax, text: String) {
        self.tree = tree
        lines = LineMap(text)
    }

    mutating func run() -> String {
        var isLastLong = false
        for declaration in tree.declarations {
            let start = written.count
            begin(at: declaration.span.start)
            let firstOwn = written.count
            write(declaration)
            endLine(at: declaration.span.end)
            let isLong = written.count - firstOwn > 1
            if isLong || isLastLong, start > 0, start < written.count, !written[start].isEmpty {
                written.insert("", at: start)
            }
            isLastLong = isLong
        }
        flushComments(before: .max)
        return written.map { $0 + "\n" }.joined()
    }
}

// MARK: - Lines

extension Layout {
    mutating func write(_ text: String) { line += text }

    /// Columns that are left on the current line, when `suffix` more must follow.
    func fits(_ text: String, suffix: Int = 0) -> Bool {
        let used = line.isEmpty ? indent * 2 : TextWidth.of(line)
        return used + TextWidth.of(text) + suffix <= Formatter.width
    }

    /// Before an item: its blank line and its comments.
    mutating func begin(at offset: Int) {
        flushComments(before: offset)
        separate(at: offset)
        isAtBlockStart = false
        line = String(repeating: "  ", count: indent)
    }

    /// Ends the current line; a comment behind `offset` on its source line stays on it.
    mutating func endLine(at offset: Int) {
        if nextComment < tree.comments.count {
            let comment = tree.comments[nextComment]
            let isOnLine = lines.line(at: comment.span.start) == lines.line(at: max(0, offset - 1))
            if comment.isTrailing, comment.span.start >= offset, isOnLine, isLast(comment, behind: offset) {
                line += "  " + comment.text
                nextComment += 1
            }
        }
        written.append(line)
        line = ""
    }

    /// Only separators stand between `offset` and the comment.
    private func isLast(_ comment: CommentSyntax, behind offset: Int) -> Bool {
        lines.text(offset..<comment.span.start).utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ",") }
    }

    /// Comments that stand before `offset` and are not written yet, a line each.
    private mutating func flushComments(before offset: Int) {
        while nextComment < tree.comments.count, tree.comments[nextComment].span.start < offset {
            let comment = tree.comments[nextComment]
            separate(at: comment.span.start)
            isAtBlockStart = false
            written.append(String(repeating: "  ", count: indent) + comment.text)
            nextComment += 1
        }
    }

    /// A blank line where the source has at least one before the line that begins at `offset`.
    private mutating func separate(at offset: Int) {
        let line = lines.line(at: offset)
        let above = line - 1
        guard !isAtBlockStart, above >= 1, written.last.map({ !$0.isEmpty }) ?? false else { return }
        guard lines.range(ofLine: line).lowerBound + lines.indentation(ofLine: line) >= offset else { return }
        if lines.text(lines.range(ofLine: above)).trimmedOfSpace.isEmpty { written.append("") }
    }

    /// The opening sign, lines for `elements`, the closing sign; each element writes its line itself.
    mutating func writeBroken<Element>(
        _ elements: [Element], open: String, close: String, span: Span, spanOf: (Element) -> Span,
        separator: String = "", writeElement: (inout Layout, Element) -> Void
    ) {
        line += open
        endLine(at: span.start + 1)
        indent += 1
        isAtBlockStart = true
        for (index, element) in elements.enumerated() {
            begin(at: spanOf(element).start)
            writeElement(&self, element)
            if index < elements.count - 1 { line += separator }
            endLine(at: spanOf(element).end)
        }
        flushComments(before: span.end)
        indent -= 1
        isAtBlockStart = false
        line = String(repeating: "  ", count: indent) + close
    }

    func hasComment(in span: Span) -> Bool {
        var (low, high) = (0, tree.comments.count)
        while low < high {
            let middle = (low + high) / 2
            if tree.comments[middle].span.start < span.start { low = middle + 1 } else { high = middle }
        }
        return low < tree.comments.count && tree.comments[low].span.start < span.end
    }

    /// The first element stands on a later line than the opening sign.
    func isBroken(_ span: Span, first: Span?) -> Bool {
        guard let first else { return false }
        return lines.line(at: first.start) > lines.line(at: span.start)
    }

    func source(_ span: Span) -> String { lines.text(span.start..<span.end) }
}
