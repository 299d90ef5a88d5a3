/// Where lines begin in a text: byte offsets to lines and columns and back. Any offset is taken; those behind the end
/// mean the end.
package struct LineMap: Sendable {
    package struct Place: Sendable, Hashable {
        /// Both count from 1; columns count characters.
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    private let bytes: [UInt8]
    private let starts: [Int]

    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
        self.starts = starts
    }

    package var lineCount: Int { starts.count }

    /// The line that holds the byte at `offset`, from 1.
    package func line(at offset: Int) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    package func place(at offset: Int) -> Place {
        let line = line(at: offset)
        let end = min(max(offset, starts[line - 1]), bytes.count)
        return Place(line: line, column: String(decoding: bytes[starts[line - 1]..<end], as: UTF8.self).count + 1)
    }

    /// The bytes of a line without its line break; empty for lines that do not exist.
    package func range(ofLine line: Int) -> Range<Int> {
        guard line >= 1, line <= starts.count else { return bytes.count..<bytes.count }
        let start = starts[line - 1]
        var end = line < starts.count ? starts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }

    /// Text between two offsets; both are cut to what exists, and to characters.
    package func text(_ range: Range<Int>) -> String {
        let clamped = range.clamped(to: 0..<bytes.count)
        return String(decoding: bytes[clamped], as: UTF8.self)
    }

    /// Spaces and tabs before the first other byte of a line.
    package func indentation(ofLine line: Int) -> Int {
        bytes[range(ofLine: line)].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    }
}
