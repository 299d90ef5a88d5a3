/// The line that a diagnostic points into, as it is drawn: tabs as four spaces, control characters as `·`, a long line
/// cut to what surrounds the span.
struct Snippet {
    /// `path:line:column`.
    let place: String
    /// The line's number.
    let number: String
    let text: String
    /// Columns before the first caret.
    let caretColumn: Int
    /// At least 1; a span over several lines ends with its first one.
    let caretCount: Int

    /// Columns of source that are drawn at most.
    private static let width = 160

    init?(_ diagnostic: Diagnostic, files: [SourceSet.File], maps: [LineMap]) {
        let span = diagnostic.span
        guard files.indices.contains(span.file), maps.indices.contains(span.file) else { return nil }
        let map = maps[span.file]
        let start = map.place(at: span.start)
        let line = map.range(ofLine: start.line)
        let from = min(max(span.start, line.lowerBound), line.upperBound)
        let to = min(max(span.end, from), line.upperBound)
        place = "\(files[span.file].path):\(start.line):\(start.column)"
        number = String(start.line)

        let before = Self.drawn(map.text(line.lowerBound..<from))
        let marked = Self.drawn(map.text(from..<to))
        let behind = Self.drawn(map.text(to..<line.upperBound))
        let column = TextWidth.of(before)
        let count = max(1, TextWidth.of(marked))
        guard column + count + TextWidth.of(behind) > Self.width else {
            text = before + marked + behind
            caretColumn = column
            caretCount = count
            return
        }
        let kept = column > 60 ? "…" + before.suffix(50) : before
        let line160 = kept + marked + behind
        let cut = line160.count > Self.width ? line160.prefix(Self.width) + "…" : line160[...]
        text = String(cut)
        caretColumn = TextWidth.of(kept)
        caretCount = min(count, max(1, Self.width - caretColumn))
    }

    private static func drawn(_ text: String) -> String {
        var drawn = ""
        for character in text {
            if character == "\t" {
                drawn += "    "
            } else if let scalar = character.unicodeScalars.first, scalar.value < 32 || scalar.value == 127 {
                drawn += "·"
            } else {
                drawn.append(character)
            }
        }
        return drawn
    }
}
