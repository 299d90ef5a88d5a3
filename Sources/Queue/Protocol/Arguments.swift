/// One command as it lies in a client's input: its words, without a copy. Valid until the input changes.
package struct Arguments {
    package var base: UnsafeRawPointer
    /// Each word's first byte and length, counted from `base`.
    package var words: [(start: Int, length: Int)]

    package init(base: UnsafeRawPointer, words: [(start: Int, length: Int)]) {
        self.base = base
        self.words = words
    }

    package var count: Int { words.count }
    package subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + words[index].start, count: words[index].length)
    }
}
