import Glibc

/// `fill`: adds jobs that wait.
struct FillRun {
    let options: Options
    init(_ options: Options) { self.options = options }

    func run() throws -> Report {
        let (loop, latency, body) = (Loop(), LatencyHistogram(), JobBody(options))
        let share = options.count / options.producers
        let producers = try (0..<options.producers).map {
            let rest = $0 == 0 ? options.count % options.producers : 0
            return try Producer($0, options, body, limit: share + rest, latency: latency)
        }
        for producer in producers { try loop.add(producer) }
        let stretch = try Stretch(options)
        try loop.begin()
        try loop.run { _ in producers.allSatisfy(\.isDone) }
        var report = try stretch.report(options.count)
        report.add(latency)
        return report
    }
}

/// `drain`: gets and acknowledges all that waits; each message must come once, intact, a producer's in their order.
struct DrainRun {
    let options: Options
    init(_ options: Options) { self.options = options }

    func run() throws -> Report {
        let (loop, received) = (Loop(), Received(JobBody(options)))
        let consumers = try (0..<options.consumers).map { _ in try Consumer(options, received, endsWhenEmpty: true) }
        for consumer in consumers { try loop.add(consumer) }
        let stretch = try Stretch(options)
        try loop.begin()
        try loop.run { _ in consumers.allSatisfy(\.isDone) }
        var report = try stretch.report(received.count)
        report.add("of_other_runs", Double(received.foreign))
        guard received.count == options.count else {
            throw Trouble("\(received.count) messages came of \(options.count)")
        }
        return report
    }
}

/// `first`: the time until a job can be got, from `--since` (when the server's process was started, on the monotonic
/// clock) or from now. The job goes back with NACK.
struct FirstRun {
    let options: Options
    init(_ options: Options) { self.options = options }

    func run() throws -> Report {
        let since = options.since ?? nanosecondsNow()
        var report = Report()
        while nanosecondsNow() - since < 300_000_000_000 {
            guard let id = try? ask() else {
                usleep(500)
                continue
            }
            report.add("first_job_ms", Double(id.time - since) / 1e6)
            return report
        }
        throw Trouble("no job within 300 s")
    }

    private func ask() throws -> (time: Int, id: [UInt8])? {
        let connection = try Connection(to: options)
        var options = options
        options.fetch = 1
        try connection.sendAll(Request.getJob(options, waits: false))
        func whole<Reply>(_ read: () throws -> Reply?) throws -> Reply {
            while true {
                if let reply = try read() { return reply }
                try connection.receive()
            }
        }
        guard try whole(connection.readArray) == 1 else { return nil }
        let job = try whole(connection.readJob)
        let (time, id) = (nanosecondsNow(), Array(job.id))
        try connection.sendAll(Array("*2\r\n$4\r\nNACK\r\n".utf8) + id)
        guard try whole(connection.readInteger) == 1 else { throw Trouble("the job cannot be given back") }
        return (time, id)
    }
}
