/// Figures of a run in the order in which they are shown: names carry the unit.
struct Report {
    private var figures: [(name: String, value: Double)] = []

    mutating func add(_ name: String, _ value: Double) { figures.append((name, value)) }

    var json: String {
        "{" + figures.map { "\"\($0.name)\": \(Self.decimal($0.value, 3))" }.joined(separator: ", ") + "}"
    }

    var table: String {
        let width = figures.map(\.name.count).max() ?? 0
        return figures.map { figure in
            let gap = String(repeating: " ", count: width - figure.name.count)
            return "\(figure.name)\(gap)  \(Self.decimal(figure.value, figure.value < 1_000 ? 2 : 0))"
        }.joined(separator: "\n")
    }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let fraction = String(abs(scaled) % scale)
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / scale)."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

/// What time and CPU a stretch of a run took.
struct Stretch {
    private let startedAt = nanosecondsNow()
    private let server: ProcessFigures?
    private let own = ProcessFigures.ownSeconds
    private let pid: Int32?

    init(_ options: Options) throws {
        pid = options.pid
        server = try pid.map(ProcessFigures.init(pid:))
    }

    /// The figures of so many messages since then.
    func report(_ messages: Int) throws -> Report {
        let seconds = Double(nanosecondsNow() - startedAt) / 1e9
        let count = Double(max(1, messages))
        var report = Report()
        report.add("messages", Double(messages))
        report.add("seconds", seconds)
        report.add("messages_per_second", Double(messages) / seconds)
        if let pid, let server {
            let now = try ProcessFigures(pid: pid)
            report.add("server_cpu_us", (now.seconds - server.seconds) / count * 1e6)
            report.add("server_user_us", (now.userSeconds - server.userSeconds) / count * 1e6)
            report.add("server_system_us", (now.systemSeconds - server.systemSeconds) / count * 1e6)
            report.add("server_resident_mb", now.residentMegabytes)
            report.add("server_peak_mb", now.peakMegabytes)
        }
        report.add("client_cpu_us", (ProcessFigures.ownSeconds - own) / count * 1e6)
        return report
    }
}

extension Report {
    mutating func add(_ latency: LatencyHistogram) {
        add("add_p50_us", Double(latency.quantile(0.5)) / 1e3)
        add("add_p99_us", Double(latency.quantile(0.99)) / 1e3)
        add("add_max_us", Double(latency.most) / 1e3)
    }
}
