/// Replies on their way to a client, in RESP2 or, after `HELLO 3`, RESP3.
package struct ReplyBuffer {
    package var bytes: [UInt8] = []
    /// Whether nulls, maps and so on are written as RESP3 has them.
    package var isRESP3 = false

    package init() {}

    package var count: Int { bytes.count }

    // MARK: Statuses and errors

    /// `+text`. What it says must hold no line end.
    package mutating func status(_ text: StaticString) {
        bytes.append(UInt8(ascii: "+"))
        append(text)
        endLine()
    }

    package mutating func status(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "+"))
        append(text)
        endLine()
    }

    /// `-TOKEN text`; line ends in it become spaces.
    package mutating func error(_ text: String) {
        bytes.append(UInt8(ascii: "-"))
        for byte in text.utf8 { bytes.append(byte == 13 || byte == 10 ? 32 : byte) }
        endLine()
    }

    package mutating func error(_ text: StaticString) {
        bytes.append(UInt8(ascii: "-"))
        append(text)
        endLine()
    }

    /// `-TOKEN text 'word'`, with at most 128 bytes of a word as the client wrote it; what is not printable ASCII in it
    /// becomes a space.
    package mutating func error(
        _ text: StaticString, quoting word: UnsafeRawBufferPointer, _ rest: StaticString = ""
    ) {
        bytes.append(UInt8(ascii: "-"))
        append(text)
        bytes.append(UInt8(ascii: "'"))
        for byte in word.prefix(128) { bytes.append(byte < 0x20 || byte > 0x7e ? 0x20 : byte) }
        bytes.append(UInt8(ascii: "'"))
        append(rest)
        endLine()
    }

    // MARK: Values

    package mutating func integer(_ value: Int64) { header(UInt8(ascii: ":"), value) }

    package mutating func bulk(_ content: UnsafeRawBufferPointer) {
        header(UInt8(ascii: "$"), Int64(content.count))
        append(content)
        endLine()
    }

    package mutating func bulk(_ text: StaticString) {
        text.withUTF8Buffer { bulk(UnsafeRawBufferPointer($0)) }
    }

    package mutating func bulk(_ text: String) {
        var text = text
        text.withUTF8 { bulk(UnsafeRawBufferPointer($0)) }
    }

    package mutating func bulk(_ content: [UInt8]) {
        content.withUnsafeBytes { bulk($0) }
    }

    /// A number as a bulk of its decimal digits: ports, cursors.
    package mutating func bulk(decimal value: Int64) {
        withDecimal(value) { digits, buffer in buffer.bulk(digits) }
    }

    package mutating func nullBulk() { null("$-1\r\n") }
    package mutating func nullArray() { null("*-1\r\n") }
    package mutating func array(_ count: Int) { header(UInt8(ascii: "*"), Int64(count)) }
    /// A map in RESP3; in RESP2 an array of keys and values in turn.
    package mutating func map(_ pairs: Int) {
        if isRESP3 { header(UInt8(ascii: "%"), Int64(pairs)) } else { array(pairs * 2) }
    }

    /// A part of a reply that is always the same, as it is sent: `raw("*3\r\n$4\r\nname\r\n")`.
    package mutating func raw(_ encoded: StaticString) { append(encoded) }

    package mutating func raw(_ encoded: UnsafeRawBufferPointer) { append(encoded) }

    // MARK: Memory

    /// Room for so many bytes more, so that a long reply does not move while it grows.
    package mutating func reserve(_ additional: Int) {
        let wanted = bytes.count + max(additional, 0)
        // Growing by exactly what is asked for would move everything at each call.
        if wanted > bytes.capacity { bytes.reserveCapacity(max(wanted, bytes.capacity * 2)) }
    }

    /// Forgets what was sent; memory beyond `keeping` bytes is given back.
    package mutating func removeAll(keeping most: Int = 16 << 10) {
        if bytes.capacity > most { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }
}

// MARK: Writing

extension ReplyBuffer {
    private mutating func append(_ content: UnsafeRawBufferPointer) { bytes.append(contentsOf: content) }

    private mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func null(_ second: StaticString) {
        if isRESP3 { append("_\r\n") } else { append(second) }
    }

    private mutating func header(_ kind: UInt8, _ value: Int64) {
        if value >= 0, value < 10 {
            bytes.append(kind)
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            withDecimal(value) { digits, buffer in
                buffer.bytes.append(kind)
                buffer.append(digits)
            }
        }
        endLine()
    }

    private mutating func endLine() {
        bytes.append(13)
        bytes.append(10)
    }

    @inline(__always)
    private mutating func withDecimal(
        _ value: Int64, _ body: (UnsafeRawBufferPointer, inout ReplyBuffer) -> Void
    ) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var index = 20
            var rest = value.magnitude
            repeat {
                index -= 1
                digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                index -= 1
                digits[index] = UInt8(ascii: "-")
            }
            body(UnsafeRawBufferPointer(rebasing: digits[index..<20]), &self)
        }
    }
}
