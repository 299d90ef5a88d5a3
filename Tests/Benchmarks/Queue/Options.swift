/// What was asked for on the command line.
struct Options {
    enum Mode: String, CaseIterable { case sync, pipelined, fill, drain, first }

    let mode: Mode
    let address: Address
    var queue = "bench"
    var bodyBytes = 512
    /// Long, so that nothing is delivered twice while it is measured.
    var retrySeconds = 600
    var password: String?
    /// Who filled the queue: bodies of another run are counted, but not as ours.
    var run: UInt32 = 1
    var producers = 0
    var consumers = 0
    /// Requests of one producer without an answer.
    var window = 0
    /// Jobs asked for at once.
    var fetch = 0
    var seconds = 10.0
    var warmupSeconds = 2.0
    /// Of messages: to add, or to find.
    var count = 1_000_000
    /// A consumer sends its acknowledgement and its next question at once.
    var goesOnAtOnce = false
    /// Others' jobs wait in the queue: do not wait for it to be empty.
    var isStanding = false
    var pid: Int32?
    var since: Int?
    var isJSON = false

    init(_ words: [String]) throws {
        guard words.count >= 2, let mode = Mode(rawValue: words[0]) else {
            throw Trouble("usage: QueueBench sync|pipelined|fill|drain|first HOST:PORT|SOCKET [--option value]...")
        }
        self.mode = mode
        address = try Address(words[1])
        (producers, consumers, window, fetch) =
            switch mode {
            case .sync: (50, 50, 1, 1)
            case .pipelined, .fill, .drain, .first: (4, 4, 256, 64)
            }
        var rest = words.dropFirst(2)
        while let word = rest.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--standing": isStanding = true
            case "--together": goesOnAtOnce = true
            default:
                guard let value = rest.popFirst() else { throw Trouble("\(word) needs a value") }
                try set(word, to: value)
            }
        }
        guard bodyBytes >= JobBody.headerBytes else { throw Trouble("--body is at least \(JobBody.headerBytes)") }
    }

    private mutating func set(_ word: String, to value: String) throws {
        switch word {
        case "--queue": queue = value
        case "--password": password = value
        case "--body": bodyBytes = try number(word, value, in: 0...(64 << 20))
        case "--retry": retrySeconds = try number(word, value, in: 0...1_000_000)
        case "--run": run = UInt32(try number(word, value, in: 0...1_000_000))
        case "--producers": producers = try number(word, value, in: 1...JobBody.producersMost)
        case "--consumers": consumers = try number(word, value, in: 1...10_000)
        case "--window": window = try number(word, value, in: 1...100_000)
        case "--fetch": fetch = try number(word, value, in: 1...10_000)
        case "--count": count = try number(word, value, in: 1...1_000_000_000)
        case "--pid": pid = Int32(try number(word, value, in: 1...(1 << 22)))
        case "--since": since = try number(word, value, in: 0...Int.max)
        case "--seconds": seconds = Double(try number(word, value, in: 1...86_400))
        case "--warmup": warmupSeconds = Double(try number(word, value, in: 0...86_400))
        default: throw Trouble("no option \(word)")
        }
    }

    private func number(_ word: String, _ value: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw Trouble("\(word) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
