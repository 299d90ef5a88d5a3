/// The patterns of `like`: `*` stands for any text, `?` for one character. Linear times the number of stars, no
/// backtracking beyond the last star.
package enum Glob {
    package static func matches(_ text: String, _ glob: String) -> Bool {
        var (text, glob) = (text, glob)
        return text.withUTF8 { text in glob.withUTF8 { glob in matches(text, glob) } }
    }

    private static func matches(_ text: UnsafeBufferPointer<UInt8>, _ glob: UnsafeBufferPointer<UInt8>) -> Bool {
        var (place, token) = (0, 0)
        var (star, resume) = (-1, 0)
        while place < text.count {
            if token < glob.count, glob[token] == UInt8(ascii: "*") {
                (star, resume) = (token, place)
                token += 1
            } else if token < glob.count, glob[token] == UInt8(ascii: "?") {
                place = endOfCharacter(text, place)
                token += 1
            } else if token < glob.count, glob[token] == text[place] {
                place += 1
                token += 1
            } else if star >= 0 {
                resume = endOfCharacter(text, resume)
                (place, token) = (resume, star + 1)
            } else {
                return false
            }
        }
        while token < glob.count, glob[token] == UInt8(ascii: "*") { token += 1 }
        return token == glob.count
    }

    private static func endOfCharacter(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
