/// A pattern over a whole text: `*` is any run of characters, `?` is one, everything else is itself.
package struct Glob: Sendable, Hashable {
    private let pattern: [UInt8]
    /// No `*` and no `?`: only one text matches.
    package let isExact: Bool
    /// `*` alone.
    private let isEverything: Bool

    package init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
        isExact = !self.pattern.contains { $0 == 0x2a || $0 == 0x3f }
        isEverything = self.pattern == [0x2a]
    }

    /// The same for a pattern that is used once.
    package static func matches(_ text: String, _ pattern: String) -> Bool {
        var (text, pattern) = (text, pattern)
        return text.withUTF8 { text in pattern.withUTF8 { matches(text, $0) } }
    }

    /// Takes at most (length of pattern) x (length of text) steps.
    package func matches(_ text: String) -> Bool {
        if isEverything { return true }
        var text = text
        return text.withUTF8 { text in pattern.withUnsafeBufferPointer { Self.matches(text, $0) } }
    }

    /// The same for bytes that need not be text.
    package func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if isEverything { return true }
        return bytes.withMemoryRebound(to: UInt8.self) { bytes in
            pattern.withUnsafeBufferPointer { Self.matches(bytes, $0) }
        }
    }

    private static func matches(
        _ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var (at, position) = (0, 0)
        /// Behind the last `*`, and where the text was then: what to go back to.
        var retry: (at: Int, position: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == 0x2a {
                at += 1
                retry = (at, position)
            } else if at < pattern.count, pattern[at] == 0x3f {
                at += 1
                position = characterEnd(text, position)
            } else if at < pattern.count, pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = retry {
                position = characterEnd(text, last.position)
                at = last.at
                retry = (at, position)
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == 0x2a { at += 1 }
        return at == pattern.count
    }

    /// Behind the UTF-8 sequence that begins at `start`.
    private static func characterEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xc0 == 0x80 { end += 1 }
        return end
    }
}
