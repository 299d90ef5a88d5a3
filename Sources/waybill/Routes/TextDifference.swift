/// Two texts as `diff -u` shows them: what goes, what comes, and three lines around.
enum TextDifference {
    private enum Line {
        case same(String)
        case removed(String)
        case added(String)

        var isSame: Bool { if case .same = self { true } else { false } }
        var text: String {
            switch self {
            case .same(let text): " \(text)"
            case .removed(let text): "-\(text)"
            case .added(let text): "+\(text)"
            }
        }
    }

    private static let around = 3

    /// Empty where both are equal.
    static func text(_ name: String, before: String, after: String) -> String {
        let lines = merged(lines(before), lines(after))
        guard lines.contains(where: { !$0.isSame }) else { return "" }
        var text = "--- \(name)\n+++ \(name)\n"
        for hunk in hunks(lines) { text += header(lines, hunk) + lines[hunk].map { $0.text + "\n" }.joined() }
        return text
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func merged(_ before: [String], _ after: [String]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (old, new) = (0, 0)
        while old < before.count || new < after.count {
            if removed.contains(old) {
                lines.append(.removed(before[old]))
                old += 1
            } else if added.contains(new) {
                lines.append(.added(after[new]))
                new += 1
            } else {
                lines.append(.same(before[old]))
                old += 1
                new += 1
            }
        }
        return lines
    }

    /// Ranges of lines around changes; those that touch are one.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, line) in lines.enumerated() where !line.isSame {
            let range = max(0, index - around)..<min(lines.count, index + around + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func header(_ lines: [Line], _ hunk: Range<Int>) -> String {
        func counts(_ part: some Sequence<Line>) -> (old: Int, new: Int) {
            part.reduce(into: (old: 0, new: 0)) { sum, line in
                switch line {
                case .same: sum = (sum.old + 1, sum.new + 1)
                case .removed: sum.old += 1
                case .added: sum.new += 1
                }
            }
        }
        let start = counts(lines[..<hunk.lowerBound])
        let length = counts(lines[hunk])
        return "@@ -\(start.old + 1),\(length.old) +\(start.new + 1),\(length.new) @@\n"
    }
}
