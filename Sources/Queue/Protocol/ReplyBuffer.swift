/// Replies on their way to a client, in RESP2 or, after `HELLO 3`, RESP3.
package struct ReplyBuffer {
    package var bytes: [UInt8] = []
    /// Whether nulls, maps and so on are written as RESP3 has them.
    package var isRESP3 = false

    package init() {}

    package var count: Int { bytes.count }

    /// `+text`. What it says must hold no line end.
    package mutating func status(_ text: StaticString) {
        bytes.append(UInt8(ascii: "+"))
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        endLine()
    }

    package mutating func status(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "+"))
        bytes.append(contentsOf: text)
        endLine()
    }

    /// `-TOKEN text`; line ends in it become spaces.
    package mutating func error(_ text: String) {
        bytes.append(UInt8(ascii: "-"))
        for byte in text.utf8 { bytes.append(byte == 13 || byte == 10 ? 32 : byte) }
        endLine()
    }

    package mutating func integer(_ value: Int64) { header(UInt8(ascii: ":"), value) }

    package mutating func bulk(_ content: UnsafeRawBufferPointer) {
        header(UInt8(ascii: "$"), Int64(content.count))
        bytes.append(contentsOf: content)
        endLine()
    }

    package mutating func bulk(_ text: String) {
        var text = text
        text.withUTF8 { bulk(UnsafeRawBufferPointer($0)) }
    }

    package mutating func bulk(_ content: [UInt8]) {
        content.withUnsafeBytes { bulk($0) }
    }

    package mutating func nullBulk() { null("$-1\r\n") }
    package mutating func nullArray() { null("*-1\r\n") }
    package mutating func array(_ count: Int) { header(UInt8(ascii: "*"), Int64(count)) }
    /// A map in RESP3; in RESP2 an array of keys and values in turn.
    package mutating func map(_ pairs: Int) {
        if isRESP3 { header(UInt8(ascii: "%"), Int64(pairs)) } else { array(pairs * 2) }
    }

    private mutating func null(_ second: StaticString) {
        if isRESP3 {
            bytes.append(contentsOf: [UInt8(ascii: "_"), 13, 10])
        } else {
            second.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
    }

    private mutating func header(_ kind: UInt8, _ value: Int64) {
        bytes.append(kind)
        bytes.append(contentsOf: String(value).utf8)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(13)
        bytes.append(10)
    }
}
