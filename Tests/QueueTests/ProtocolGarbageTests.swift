import Message
import Queue
import Testing

/// What nobody means: no input traps, and none makes the parser keep much.
@Suite struct ProtocolGarbageTests {
    /// WAYBILL_FRAMES for longer runs.
    static let frames = Environment.number("WAYBILL_FRAMES") ?? 1_000_000

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func `random frames`(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        var commands = 0
        var endings = 0
        var words: RequestParser.Words = []
        let limits = ParserLimits(words: 1_000, bulkBytes: 1 << 16, inlineBytes: 1 << 10, commandBytes: 1 << 17)
        var parser = RequestParser(limits: limits)
        var frame: [UInt8] = []
        for _ in 0..<Self.frames / 5 {
            RandomFrame.fill(&frame, &random)
            var start = 0
            frame.withUnsafeMutableBytes { bytes in
                while start <= bytes.count {
                    let outcome = parser.next(
                        UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), words: &words)
                    switch outcome {
                    case .command(let consumed):
                        commands += 1
                        start += consumed
                    case .nothing(let consumed): start += consumed
                    case .incomplete, .foreign, .failure:
                        endings += 1
                        parser = RequestParser(limits: limits)
                        return
                    }
                }
            }
        }
        #expect(commands > 0 && endings > 0)
        #expect(words.capacity <= 2_048, "seed \(seed): words kept \(words.capacity)")
    }
}

enum RandomFrame {
    static func fill(_ frame: inout [UInt8], _ random: inout SplitMix) {
        frame.removeAll(keepingCapacity: true)
        let telling = RandomWords.telling
        switch random.next() % 4 {
        case 0:
            for _ in 0..<random.next() % 64 { frame.append(UInt8(truncatingIfNeeded: random.next())) }
        case 1:
            for _ in 0..<random.next() % 64 { frame.append(telling[Int(random.next() % UInt64(telling.count))]) }
        case 2:
            frame += [UInt8]("*2\r\n$4\r\nPING\r\n$3\r\nabc\r\nPING \"x\" 'y'\r\n")
            for _ in 0...random.next() % 3 {
                frame[Int(random.next() % UInt64(frame.count))] = telling[Int(random.next() % UInt64(telling.count))]
            }
        default:
            let lengths: [Int64] = [0, 1, -1, 1 << 16, 1 << 31, 1 << 32, .max, .min, 1_000, 1_001]
            frame += [UInt8]("*\(lengths[Int(random.next() % 10)])\r\n".utf8)
            for _ in 0..<random.next() % 4 {
                frame += [UInt8]("$\(lengths[Int(random.next() % 10)])\r\n".utf8)
                frame += [UInt8](repeating: 0, count: Int(random.next() % 3)) + [13, 10]
            }
        }
    }
}
