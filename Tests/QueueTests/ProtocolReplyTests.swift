import Queue
import Testing

@Suite struct ProtocolReplyTests {
    private func text(isRESP3: Bool = false, _ body: (inout ReplyBuffer) -> Void) -> String {
        var buffer = ReplyBuffer()
        buffer.isRESP3 = isRESP3
        body(&buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 1, 9, 10, 11, 99, 100, 12_345, -1, -9, -10, Int64.max, Int64.min, 4_294_967_296] as [Int64])
    func `integers`(_ value: Int64) {
        #expect(text { $0.integer(value) } == ":\(value)\r\n")
        #expect(text { $0.bulk(decimal: value) } == "$\("\(value)".utf8.count)\r\n\(value)\r\n")
    }

    @Test func `every kind of reply`() {
        #expect(text { $0.status("OK") } == "+OK\r\n")
        #expect(text { $0.error("ERR a\r\nb") } == "-ERR a  b\r\n")
        #expect(
            text { $0.error("NOAUTH Authentication required." as StaticString) }
                == "-NOAUTH Authentication required.\r\n")
        #expect(text { $0.bulk("") } == "$0\r\n\r\n")
        #expect(text { $0.bulk([UInt8](repeating: 120, count: 12)) } == "$12\r\nxxxxxxxxxxxx\r\n")
        #expect(text { $0.array(3) } == "*3\r\n")
        #expect(text { $0.array(10) } == "*10\r\n")
        #expect(text { $0.raw("*1\r\n:1\r\n") } == "*1\r\n:1\r\n")
        #expect(text { $0.nullBulk() } == "$-1\r\n")
        #expect(text { $0.nullArray() } == "*-1\r\n")
        #expect(text { $0.map(2) } == "*4\r\n")
        #expect(text(isRESP3: true) { $0.nullBulk() } == "_\r\n")
        #expect(text(isRESP3: true) { $0.nullArray() } == "_\r\n")
        #expect(text(isRESP3: true) { $0.map(2) } == "%2\r\n")
    }

    @Test func `quotes a word of the client without letting it break the line`() {
        func quoted(_ word: [UInt8]) -> String {
            text { buffer in word.withUnsafeBytes { buffer.error("ERR unknown command ", quoting: $0) } }
        }
        #expect(quoted([UInt8]("NOPE".utf8)) == "-ERR unknown command 'NOPE'\r\n")
        #expect(quoted([65, 13, 10, 43, 0, 255]) == "-ERR unknown command 'A  +  '\r\n")
        #expect(quoted([UInt8](repeating: 65, count: 500)).utf8.count == 20 + 1 + 128 + 1 + 3)
    }

    @Test func `gives memory back after a long reply`() {
        var buffer = ReplyBuffer()
        buffer.bulk([UInt8](repeating: 1, count: 1 << 20))
        buffer.removeAll(keeping: 1 << 10)
        #expect(buffer.bytes.capacity <= 1 << 10)
        buffer.reserve(1 << 12)
        buffer.status("OK")
        #expect(buffer.bytes.capacity >= 1 << 12)
        buffer.reserve(.min)
    }
}

@Suite struct ProtocolIntegerTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("+0", 0), ("7", 7), ("+7", 7), ("-7", -7), ("007", 7), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("000000000000000000000000000001", 1), ("9223372036854775806", .max - 1),
            ("2147483648", 2_147_483_648), ("-2147483649", -2_147_483_649),
        ] as [(String, Int64)])
    func `reads`(_ text: String, _ value: Int64) { #expect(parse(text) == value) }

    @Test(arguments: [
        "", " 1", "1 ", "+", "-", "+-1", "--1", "1.0", "1e3", "0x1", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "18446744073709551615", "99999999999999999999", "1\u{0}", "\u{0}", "a", "1a", "１",
    ])
    func `refuses`(_ text: String) { #expect(parse(text) == nil) }

    private func parse(_ text: String) -> Int64? { [UInt8](text.utf8).withUnsafeBytes { IntegerText.parse($0) } }
}
