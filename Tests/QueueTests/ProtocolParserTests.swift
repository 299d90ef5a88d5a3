import Queue
import Testing

@Suite struct ProtocolParserTests {
    @Test(
        arguments: [
            ("*1\r\n$4\r\nPING\r\n", [["PING"]]),
            ("*2\r\n$4\r\nQLEN\r\n$1\r\nq\r\n*1\r\n$4\r\nPING\r\n", [["QLEN", "q"], ["PING"]]),
            ("*2\r\n$4\r\nPING\r\n$0\r\n\r\n", [["PING", ""]]),
            ("*1\n$4\nPING\n*1\n$4\nPING\n", [["PING"], ["PING"]]),
            ("*+1\r\n$+4\r\nPING\r\n", [["PING"]]),
            ("*001\r\n$00000000000000004\r\nPING\r\n", [["PING"]]),
            ("*0\r\n*-1\r\n*-9223372036854775808\r\n\r\n\n   \r\nPING\r\n", [["PING"]]),
            ("*2\r\n$4\r\nPI\r\n\r\n$2\r\n\r\n\r\n", [["PI\r\n", "\r\n"]]),
            ("PING\r\n", [["PING"]]), ("PING\nPING\n", [["PING"], ["PING"]]),
            ("  ADDJOB \t q  body\t0 \r\n", [["ADDJOB", "q", "body", "0"]]),
            ("PING \"\"\r\n", [["PING", ""]]), ("PING ''\n", [["PING", ""]]),
            ("ADDJOB q \"a b\\r\\n\\t\\b\\a\\\\\\\"\\q\" 0\n", [["ADDJOB", "q", "a b\r\n\t\u{8}\u{7}\\\"q", "0"]]),
            ("X \"\\x41\\x7a\\x7A\\xzz\\x4\"\n", [["X", "Azzxzzx4"]]),
            ("X 'a \"b\" \\' \\n \\\\ '\n", [["X", "a \"b\" ' \\n \\\\ "]]),
            ("X pre\"fix ed\" y\n", [["X", "prefix ed", "y"]]),
            ("PING\rPONG\r\n", [["PING", "PONG"]]),
            ("GET / HTTP/1.1\r\n", [["GET", "/", "HTTP/1.1"]]),
            ("POSTS x\r\nHOST x\r\n", [["POSTS", "x"], ["HOST", "x"]]),
            ("*2\r\n$4\r\nPOST\r\n$5\r\nHost:\r\n", [["POST", "Host:"]]),
        ] as [(String, [[String]])])
    func `reads commands`(_ text: String, _ commands: [[String]]) {
        let reading = Reading([UInt8](text.utf8))
        #expect(reading.commands == commands.map { $0.map { [UInt8]($0.utf8) } })
        #expect(reading.waiting == 0)
    }

    @Test func `keeps every byte of a word`() {
        let all = (0...255).map { UInt8($0) }
        #expect(Reading(requestBytes([all, [], [0], [13, 10]])).commands == [[all, [], [0], [13, 10]]])
        let quoted = all.flatMap { escaped($0) }
        #expect(Reading([UInt8]("X \"".utf8) + quoted + [34, 10]).commands == [[[88], all]])
        let plain = all.filter { $0 != 32 && !(9...13).contains($0) && $0 != 34 && $0 != 39 }
        #expect(Reading([88, 32] + plain + [10]).commands == [[[88], plain]])
    }

    @Test(
        arguments: [
            ("X \"abc\r\n", "unbalanced quotes in request"), ("X \"a\"b\r\n", "unbalanced quotes in request"),
            ("X 'abc\n", "unbalanced quotes in request"), ("X '\\'\n", "unbalanced quotes in request"),
            ("X \"\\\"\n", "unbalanced quotes in request"), ("X 'a'b\n", "unbalanced quotes in request"),
            ("X \"\\\n", "unbalanced quotes in request"), ("X 'it''s'\n", "unbalanced quotes in request"),
            ("*x\r\n", "invalid multibulk length"), ("*\r\n", "invalid multibulk length"),
            ("* 1\r\n", "invalid multibulk length"), ("*1 \r\n", "invalid multibulk length"),
            ("*-\r\n", "invalid multibulk length"), ("*1048577\r\n", "invalid multibulk length"),
            ("*2147483648\r\n", "invalid multibulk length"), ("*4294967297\r\n", "invalid multibulk length"),
            ("*9223372036854775807\r\n", "invalid multibulk length"),
            ("*9223372036854775808\r\n", "invalid multibulk length"),
            ("*18446744073709551617\r\n", "invalid multibulk length"),
            ("*1\r\n$x\r\n", "invalid bulk length"), ("*1\r\n$\r\n", "invalid bulk length"),
            ("*1\r\n$-1\r\n", "invalid bulk length"), ("*1\r\n$536870913\r\n", "invalid bulk length"),
            ("*1\r\n$2147483648\r\n", "invalid bulk length"), ("*1\r\n$4294967300\r\n", "invalid bulk length"),
            ("*1\r\n$9223372036854775807\r\n", "invalid bulk length"),
            ("*1\r\n$9223372036854775808\r\n", "invalid bulk length"),
            ("*1\r\n$-9223372036854775808\r\n", "invalid bulk length"),
            ("*1\r\n$3\r\nPING\r\n", "invalid bulk length"), ("*1\r\n$4\r\nPING\r\r", "invalid bulk length"),
            ("*1\r\n$4\r\nPINGX", "invalid bulk length"),
            ("*1\r\nPING\r\n", "expected '$', got 'P'"), ("*1\r\n\r\n", "expected '$', got '\\x0d'"),
            ("*1\r\n\u{0}", "expected '$', got '\\x00'"), ("*2\r\n$1\r\nx\r\n*1\r\n", "expected '$', got '*'"),
        ] as [(String, String)])
    func `names what is wrong, and stays with it`(_ text: String, _ reason: String) throws {
        let reading = Reading([UInt8]("*1\r\n$4\r\nPING\r\n".utf8) + [UInt8](text.utf8) + [UInt8]("PING\r\n".utf8))
        #expect(reading.commands == [[[UInt8]("PING".utf8)]])
        let ending = try #require(reading.ending)
        guard case .failure(let failure) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failure.message == "ERR Protocol error: \(reason)")
    }

    @Test(arguments: ["POST / HTTP/1.1\r\n", "post /\n", "Host: localhost\r\n", "hOST:localhost\n", "\"POST\" x\n"])
    func `recognises HTTP`(_ text: String) {
        let reading = Reading([UInt8](text.utf8) + [UInt8]("PING\r\n".utf8))
        #expect(reading.commands.isEmpty)
        #expect(reading.ending == .foreign)
    }

    @Test func `a failed parser never goes on`() {
        var parser = RequestParser(limits: ParserLimits())
        var words: RequestParser.Words = []
        for text in ["*x\r\n", "PING\r\n", "*1\r\n$4\r\nPING\r\n", ""] {
            var bytes = [UInt8](text.utf8)
            let outcome = bytes.withUnsafeMutableBytes { parser.next($0, words: &words) }
            #expect(outcome == .failure(.invalidWordCount))
        }
    }
}

@Suite struct ProtocolLimitsTests {
    private let limits = ParserLimits(words: 5, bulkBytes: 100, inlineBytes: 64, commandBytes: 400)

    private func ending(_ input: [UInt8], _ limits: ParserLimits? = nil) -> RequestParser.Outcome? {
        Reading(input, limits: limits ?? self.limits).ending
    }

    @Test func `words and bulks at their limits and one beyond`() {
        let word = [UInt8](repeating: 120, count: 4)
        #expect(Reading(requestBytes(Array(repeating: word, count: 5)), limits: limits).commands.count == 1)
        #expect(ending(requestBytes(Array(repeating: word, count: 6))) == .failure(.invalidWordCount))
        for length in [0, 1, 9, 10, 99, 100] {
            let words = [word, [UInt8](repeating: 10, count: length)]
            #expect(Reading(requestBytes(words), limits: limits).commands == [words])
        }
        #expect(ending([UInt8]("*1\r\n$101\r\n")) == .failure(.invalidBulkLength))
        #expect(ending(requestBytes([[UInt8](repeating: 1, count: 101)])) == .failure(.invalidBulkLength))
        #expect(ending([UInt8]("a b c d e\n")) == nil)
        #expect(ending([UInt8]("a b c d e f\n")) == .failure(.tooBigInline))
    }

    @Test func `lines at their limit and one beyond, with and without their end`() {
        for lineEnd in [[13, 10], [10]] as [[UInt8]] {
            let longest = [UInt8](repeating: 120, count: 64)
            #expect(Reading(longest + lineEnd, limits: limits).commands == [[longest]])
            #expect(ending([120] + longest + lineEnd) == .failure(.tooBigInline))
        }
        #expect(ending([UInt8](repeating: 120, count: 65)) == nil)
        #expect(ending([UInt8](repeating: 120, count: 66)) == .failure(.tooBigInline))
        #expect(ending([42] + [UInt8](repeating: 48, count: 65)) == .failure(.tooBigWordCount))
        #expect(ending([42] + [UInt8](repeating: 48, count: 63) + [10]) == nil)
        #expect(ending([UInt8]("*1\r\n$") + [UInt8](repeating: 48, count: 65)) == .failure(.tooBigBulkLength))
        #expect(ProtocolFailure.tooBigInline.message == "ERR Protocol error: too big inline request")
        #expect(ProtocolFailure.tooBigWordCount.message == "ERR Protocol error: too big mbulk count string")
        #expect(ProtocolFailure.tooBigBulkLength.message == "ERR Protocol error: too big bulk count string")
    }

    @Test func `a command as a whole`() {
        let word = [UInt8](repeating: 120, count: 90)
        #expect(ending(requestBytes([word, word, word, word])) == nil)
        #expect(ending(requestBytes([word, word, word, word, word])) == .failure(.tooBigCommand))
    }

    @Test func `before authentication`() {
        let limits = ParserLimits.beforeAuthentication
        let most = [UInt8](repeating: 120, count: 16 << 10)
        let words = Array(repeating: most, count: 10)
        #expect(Reading(requestBytes(words), limits: limits).commands == [words])
        #expect(ending([UInt8]("*11\r\n"), limits) == .failure(.invalidWordCount))
        #expect(ending([UInt8]("*1\r\n$16385\r\n"), limits) == .failure(.invalidBulkLength))
        #expect(ending(most + [120, 10], limits) == .failure(.tooBigInline))
    }

    @Test func `the largest that there is`() {
        #expect(ending([UInt8]("*1048576\r\n$536870912\r\n"), ParserLimits()) == nil)
        #expect(ending([UInt8]("*1048577\r\n"), ParserLimits()) == .failure(.invalidWordCount))
        #expect(ending([UInt8]("*1\r\n$536870913\r\n"), ParserLimits()) == .failure(.invalidBulkLength))
        let extreme = ParserLimits(words: .max, bulkBytes: .max, inlineBytes: .max, commandBytes: .max)
        #expect(extreme.words == 1 << 20)
        #expect(extreme.bulkBytes == 512 << 20)
        let none = ParserLimits(words: .min, bulkBytes: .min, inlineBytes: .min, commandBytes: .min)
        #expect(Reading(requestBytes([[]]), limits: none).commands == [[[]]])
    }

    @Test func `limits change between two commands`() {
        var parser = RequestParser(limits: .beforeAuthentication)
        var words: RequestParser.Words = []
        var bytes = requestBytes(Array(repeating: [1], count: 11))
        let copy = bytes
        #expect(bytes.withUnsafeMutableBytes { parser.next($0, words: &words) } == .failure(.invalidWordCount))
        parser = RequestParser(limits: .beforeAuthentication)
        bytes = [UInt8]("AUTH x\n")
        #expect(bytes.withUnsafeMutableBytes { parser.next($0, words: &words) } == .command(consumed: 7))
        parser.limits = ParserLimits()
        bytes = copy
        #expect(bytes.withUnsafeMutableBytes { parser.next($0, words: &words) } == .command(consumed: copy.count))
        #expect(words.count == 11)
    }
}
