import Message
import Queue
import Testing

/// In however many pieces a client's input arrives, it means the same.
@Suite struct ProtocolSplitTests {
    static let corpus: [[UInt8]] = [
        requestBytes("ADDJOB", "queue", "body", "0", "RETRY", "10") + requestBytes("PING")
            + [UInt8]("PING\r\nPING\n\n*0\r\n*-1\nGETJOB FROM \"a b\" 'c'\r\n"),
        requestBytes([[], [13, 10], [0, 255], [UInt8]("$3\r\nabc\r\n".utf8)]),
        [UInt8]("X \"\\x00\\xff\\\" \\n\" 'it\\'s' pre\"fix\"\n*1\n$2\nab\n*1\r\n$000000000000000000001\r\nx\r\n"),
        [UInt8]("PING\r\n*1\r\n$3\r\nPING\r\n"), [UInt8]("PING\r\n*2\r\n$1\r\nx\r\nPING\r\n"),
        [UInt8]("*1\r\n$99999999999999999999999999\r\nPING\r\n"), [UInt8]("*1\r\n$-1\r\n"), [UInt8]("*abc\r\nx"),
        [UInt8]("X \"unbalanced\r\nPING\r\n"), [UInt8]("PING\r\nPOST / HTTP/1.1\r\nHost: x\r\n\r\n"),
        [UInt8](repeating: 65, count: 70) + [10], [42] + [UInt8](repeating: 48, count: 70) + [13, 10],
        [UInt8]("*1\r\n$") + [UInt8](repeating: 48, count: 70) + [13, 10],
        [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 10, 0, 13, 10, 32, 34, 10],
    ]
    /// Small, so that the corpus reaches them.
    static let limits = ParserLimits(words: 100, bulkBytes: 1 << 16, inlineBytes: 64, commandBytes: 1 << 20)

    @Test(arguments: corpus) func `every single cut, and every byte alone`(_ input: [UInt8]) {
        let whole = Reading(input, limits: Self.limits)
        for cut in 0...input.count {
            #expect(Reading(input, cuts: [cut], limits: Self.limits) == whole, "cut at \(cut)")
        }
        #expect(Reading(input, cuts: Array(0..<input.count), limits: Self.limits) == whole)
        #expect(Reading(input, cuts: Array(0..<input.count), limits: Self.limits, obeysNeeds: true) == whole)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `any cuts of random commands, which come out as they went in`(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<300 {
            let commands = (0..<Int.random(in: 1...6, using: &random)).map { _ in RandomWords.command(&random) }
            let input = commands.flatMap { command in
                Bool.random(using: &random) ? requestBytes(command) : RandomWords.inline(command)
            }
            let cuts = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in Int.random(in: 0...input.count, using: &random) }.sorted()
            let reading = Reading(input, cuts: cuts, obeysNeeds: Bool.random(using: &random))
            #expect(reading.commands == commands, "seed \(seed), cuts \(cuts)")
            #expect(reading.waiting == 0 && reading.ending == nil)
        }
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64]) func `any cuts of damaged commands`(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<1_000 {
            var input = (0..<4).flatMap { _ in requestBytes(RandomWords.command(&random)) }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<input.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: input[place] = RandomWords.telling.randomElement(using: &random) ?? 0
                case 1: input.remove(at: place)
                default: input.insert(RandomWords.telling.randomElement(using: &random) ?? 0, at: place)
                }
            }
            let cuts = (0..<Int.random(in: 1...8, using: &random))
                .map { _ in Int.random(in: 0...input.count, using: &random) }.sorted()
            #expect(
                Reading(input, cuts: cuts, limits: Self.limits) == Reading(input, limits: Self.limits),
                "seed \(seed), cuts \(cuts), \(input)")
        }
    }

    @Test func `a big body in small pieces is looked at once`() {
        let body = [UInt8](repeating: 10, count: 4 << 20)
        let input = requestBytes([[UInt8]("ADDJOB".utf8), [UInt8]("q".utf8), body, [48]])
        var parser = RequestParser(limits: ParserLimits())
        var words: RequestParser.Words = []
        var bytes = input
        let first = bytes.withUnsafeMutableBytes {
            parser.next(UnsafeMutableRawBufferPointer(rebasing: $0[..<(16 << 10)]), words: &words)
        }
        // All of the body and its line end's first byte.
        let needs = input.count - 8
        #expect(first == .incomplete(needs: needs))
        let rest = bytes.withUnsafeMutableBytes { parser.next($0, words: &words) }
        #expect(rest == .command(consumed: input.count))
        #expect(words.map(\.length) == [6, 1, 4 << 20, 1])
    }

    @Test(.timeLimit(.minutes(1))) func `a hundred thousand words in small pieces cost what they cost whole`() {
        let input = requestBytes(Array(repeating: [120], count: 100_000))
        var parser = RequestParser(limits: ParserLimits())
        var words: RequestParser.Words = []
        var bytes = input
        var outcome = RequestParser.Outcome.incomplete(needs: 0)
        // Read again from the start at every piece this would look at 25 billion bytes.
        for end in stride(from: 10, through: input.count, by: 10) {
            outcome = bytes.withUnsafeMutableBytes {
                parser.next(UnsafeMutableRawBufferPointer(rebasing: $0[..<end]), words: &words)
            }
        }
        if case .incomplete = outcome { outcome = bytes.withUnsafeMutableBytes { parser.next($0, words: &words) } }
        #expect(outcome == .command(consumed: input.count))
        #expect(words.count == 100_000)
    }

    @Test func `connections share one array of words while each is in the middle of a command`() {
        let commands = (0..<20).map { index in (0...index).map { [UInt8](repeating: UInt8($0), count: index) } }
        var inputs = commands.map(requestBytes)
        var parsers = commands.map { _ in RequestParser(limits: ParserLimits()) }
        var words: RequestParser.Words = []
        var finished = 0
        for length in 1...(inputs.map(\.count).max() ?? 0) {
            for index in commands.indices where length <= inputs[index].count {
                let outcome = inputs[index].withUnsafeMutableBytes {
                    parsers[index].next(UnsafeMutableRawBufferPointer(rebasing: $0[..<length]), words: &words)
                }
                guard case .command(let consumed) = outcome else { continue }
                #expect(consumed == inputs[index].count)
                #expect(words.map { Array(inputs[index][$0.start..<$0.start + $0.length]) } == commands[index])
                finished += 1
            }
        }
        #expect(finished == commands.count)
    }
}

enum RandomWords {
    /// Bytes that mean something to the parser.
    static let telling: [UInt8] = [UInt8]("*$-+019\r\n\r\n \"'\\x".utf8) + [0, 9, 11, 255]

    static func command(_ random: inout SplitMix) -> [[UInt8]] {
        (0..<Int.random(in: 1...8, using: &random)).map { place in
            let length = place == 0 ? Int.random(in: 1...9, using: &random) : Int.random(in: 0...40, using: &random)
            // Never HTTP by chance.
            if place == 0 { return (0..<length).map { _ in UInt8.random(in: 65...70, using: &random) } }
            return (0..<length).map { _ in
                Bool.random(using: &random)
                    ? telling.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    /// As a person types it who quotes with care.
    static func inline(_ words: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        for word in words {
            line.append(34)
            for byte in word {
                switch byte {
                case 34, 92: line += [92, byte]
                case 0..<32, 128...: line += escaped(byte)
                default: line.append(byte)
                }
            }
            line += [34, 32]
        }
        return line + [13, 10]
    }
}
