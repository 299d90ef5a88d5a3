/// `sync` and `pipelined`: messages are added, fetched and acknowledged at the same time. What is counted is whole
/// lives: after the time is over producers stop, and the clock runs on until the last message is acknowledged, so that
/// a server that lets producers run away pays for it.
struct LifeRun {
    private let options: Options
    private let latency = LatencyHistogram()
    private let received: Received
    private let producers: [Producer]
    private let consumers: [Consumer]
    private let loop = Loop()
    /// How long nothing may come at the end before messages count as lost.
    private static let patienceNanoseconds = 15_000_000_000

    init(_ options: Options) throws {
        self.options = options
        let (body, latency, received) = (JobBody(options), latency, Received(JobBody(options)))
        self.received = received
        consumers = try (0..<options.consumers).map { _ in try Consumer(options, received, endsWhenEmpty: false) }
        producers = try (0..<options.producers).map {
            try Producer($0, options, body, limit: options.isStanding ? 0 : Int(UInt32.max), latency: latency)
        }
        for consumer in consumers { try loop.add(consumer) }
        for producer in producers { try loop.add(producer) }
    }

    private var added: Int { producers.reduce(0) { $0 + $1.acknowledged } }
    private var acknowledged: Int { consumers.reduce(0) { $0 + $1.acknowledged } }

    func run() throws -> Report {
        try loop.begin()
        try run(seconds: options.warmupSeconds)
        latency.reset()
        let (stretch, before) = (try Stretch(options), acknowledged)
        try run(seconds: options.seconds)
        var report = options.isStanding ? try stretch.report(acknowledged - before) : nil
        for producer in producers { producer.stop() }
        try loop.run { _ in producers.allSatisfy(\.isDone) }
        let waiting = added - acknowledged
        if !options.isStanding {
            try drain()
            report = try stretch.report(acknowledged - before)
        }
        for consumer in consumers { consumer.stop() }
        try loop.run { _ in consumers.allSatisfy(\.isDone) }
        report?.add(latency)
        report?.add("waiting_at_stop", Double(max(0, waiting)))
        report?.add("of_other_runs", Double(received.foreign))
        return report ?? Report()
    }

    private func run(seconds: Double) throws {
        let end = nanosecondsNow() + Int(seconds * 1e9)
        try loop.run { time in
            if options.isStanding { try keepPace(at: time) }
            return time >= end
        }
    }

    /// Jobs that wait stay as many as they are: what is added is not ahead of what is acknowledged by more than two windows.
    private func keepPace(at time: Int) throws {
        let limit = acknowledged / producers.count + 2 * options.window
        for producer in producers { try producer.raise(to: limit, at: time) }
        try loop.watchAll()
    }

    private func drain() throws {
        var (last, lastAt) = (acknowledged, nanosecondsNow())
        try loop.run { time in
            let now = acknowledged
            if received.count == added, now == received.count + received.foreign { return true }
            if now > last { (last, lastAt) = (now, time) }
            guard time - lastAt < Self.patienceNanoseconds else {
                throw Trouble("\(added) messages were added, \(received.count) came, \(now) are acknowledged")
            }
            return false
        }
    }
}
