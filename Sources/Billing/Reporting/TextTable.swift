/// Rows of cells in columns that line up, within a number of characters.
struct TextTable {
    enum Alignment { case left, right }

    private enum Row {
        case cells([String])
        case rule
    }

    private let alignments: [Alignment]
    private let width: Int
    private var rows: [Row] = []
    private static let gap = 2

    /// The first column takes what the others leave of `width`, and is cut where it must.
    init(width: Int, _ alignments: [Alignment]) {
        self.width = width
        self.alignments = alignments
    }

    /// Missing cells are empty.
    mutating func add(_ cells: String...) {
        let filled = alignments.indices.map { $0 < cells.count ? TextTable.oneLine(cells[$0]) : "" }
        rows.append(.cells(filled))
    }

    mutating func addRule() { rows.append(.rule) }

    /// Lines end with a line feed and have no spaces at their end.
    func render() -> String {
        let widths = columnWidths()
        var text = ""
        for row in rows {
            switch row {
            case .rule: text += String(repeating: "─", count: width)
            case .cells(let cells): text += line(cells, widths)
            }
            text += "\n"
        }
        return text
    }

    private func columnWidths() -> [Int] {
        var widths = alignments.map { _ in 0 }
        for case .cells(let cells) in rows {
            for (column, cell) in cells.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        let others = widths.dropFirst().reduce(0) { $0 + $1 + TextTable.gap }
        if !widths.isEmpty { widths[0] = max(12, width - others) }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += String(repeating: " ", count: TextTable.gap) }
            line += padded(cell, to: widths[column], alignments[column])
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private func padded(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
        let shown = cell.count > width ? cell.prefix(max(0, width - 1)) + "…" : cell[...]
        let space = String(repeating: " ", count: max(0, width - shown.count))
        switch alignment {
        case .left: return shown + space
        case .right: return space + shown
        }
    }

    /// Names come from outside: a control character must not move the cursor.
    static func oneLine(_ text: String) -> String {
        let isClean = text.unicodeScalars.allSatisfy { !isControl($0) }
        if isClean { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{fffd}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
