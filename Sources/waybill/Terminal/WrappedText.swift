/// Prose in lines that fit a screen.
enum WrappedText {
    /// Breaks at blanks; a word that is longer stands alone. Words between backquotes stay together.
    static func lines(_ text: String, width: Int = 100) -> String {
        var lines: [String] = []
        var line = ""
        for word in words(text) {
            if line.isEmpty {
                line = word
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = word
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isQuoted = false
        var word = ""
        for character in text {
            if character == "`" { isQuoted.toggle() }
            if character == " ", !isQuoted {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return words + [word]
    }
}
