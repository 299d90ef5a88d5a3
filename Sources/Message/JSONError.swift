/// Why bytes are no JSON document, and where.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// Bytes from the start of the document.
    package let offset: Int
    /// From 1; columns count bytes.
    package let line: Int
    package let column: Int
    /// What is wrong there: `a value is missing`. Never a part of the document.
    package let problem: String

    init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>, problem: String) {
        var (line, lineStart) = (1, 0)
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.offset = offset
        self.line = line
        self.column = offset - lineStart + 1
        self.problem = problem
    }

    package var description: String { "not valid JSON at line \(line), column \(column): \(problem)" }
}
