import Glibc
import Queue
import Store
import Testing

/// Figures, not assertions: `WAYBILL_BENCH=1 swift test -c release --filter ProtocolSpeed`.
@Suite(.serialized, .enabled(if: Environment.number("WAYBILL_BENCH") != nil))
struct ProtocolSpeed {
    /// By the CPU time of this thread: other work on the machine does not count.
    private func measure(_ name: String, _ count: Int, per units: Int = 1, _ body: (Int) -> Int) {
        var sum = 0
        let start = cpuNanoseconds
        for index in 0..<count { sum &+= body(index) }
        let taken = Double(cpuNanoseconds - start) / Double(count * units)
        print("speed of \(name): \((taken * 10).rounded() / 10) ns (\(sum))")
    }

    private var cpuNanoseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test func `nanoseconds a command`() {
        let id = String(repeating: "x", count: 40)
        let add = requestBytes("ADDJOB", "queue", String(repeating: "b", count: 512), "0", "RETRY", "10")
        let samples: [(String, [UInt8])] = [
            ("ADDJOB with 512 bytes", add), ("GETJOB", requestBytes("GETJOB", "COUNT", "64", "FROM", "queue")),
            ("ACKJOB", requestBytes("ACKJOB", id)), ("PING", requestBytes("PING")),
            ("inline PING", [UInt8]("PING\r\n")),
        ]
        for (name, command) in samples {
            var input = Array(repeatElement(command, count: 100).joined())
            var parser = RequestParser(limits: ParserLimits())
            var words: RequestParser.Words = []
            measure("\(name) parsed", 20_000, per: 100) { _ in
                input.withUnsafeMutableBytes { bytes in
                    var start = 0
                    var count = 0
                    while case .command(let consumed) = parser.next(
                        UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), words: &words)
                    {
                        start += consumed
                        count &+= words.count
                    }
                    return count
                }
            }
        }
    }

    @Test func `nanoseconds a reply and an id`() {
        var buffer = ReplyBuffer()
        let body = [UInt8](repeating: 98, count: 512)
        let cipher = JobIDCipher(key: body.prefix(16) + [])
        var id = cipher.encode(JobNumber(rawValue: 1), ttlField: 0x05a1, nodeID: body)
        measure("an id as status", 5_000_000) { index in
            if index & 1023 == 0 { buffer.removeAll(keeping: 1 << 20) }
            id.withUnsafeBytes { buffer.status($0) }
            return buffer.count
        }
        measure("an integer", 5_000_000) { index in
            if index & 1023 == 0 { buffer.removeAll(keeping: 1 << 20) }
            buffer.integer(Int64(index))
            return buffer.count
        }
        measure("a job of GETJOB", 2_000_000) { index in
            if index & 1023 == 0 { buffer.removeAll(keeping: 1 << 20) }
            buffer.array(3)
            buffer.bulk("queue" as StaticString)
            id.withUnsafeBytes { buffer.bulk($0) }
            buffer.bulk(body)
            return buffer.count
        }
        measure("an id encoded", 2_000_000) { index in
            id.withUnsafeMutableBytes { target in
                body.withUnsafeBytes {
                    cipher.encode(JobNumber(rawValue: UInt64(index)), ttlField: 1, nodeID: $0, into: target)
                }
                return Int(target[20])
            }
        }
        measure("an id decoded", 2_000_000) { _ in
            if case .job(let number, _) = id.withUnsafeBytes({ cipher.decode($0) }) { Int(number.rawValue) } else { 0 }
        }
        let number = [UInt8]("1234567")
        measure("an integer read", 5_000_000) { _ in Int(number.withUnsafeBytes { IntegerText.parse($0) } ?? 0) }
    }
}
