import Glibc
import Message
import Store

/// What jobs cost in the store alone: 512-byte bodies, one queue, no network.
///
///     StoreTorture jobs FOLDER turns PER_TURN TURNS   add, fetch and acknowledge so many a turn
///     StoreTorture jobs FOLDER fill COUNT             adds jobs that wait
///     StoreTorture jobs FOLDER first                  from start to the first job, and the memory
///     StoreTorture jobs FOLDER drain COUNT            fetches and acknowledges
///     StoreTorture jobs FOLDER lease COUNT            fetches without acknowledging
struct JobBench {
    let store: SQLiteStore
    let queue: JobQueueID
    private let opened: Double
    private var created: UInt64 = 1_700_000_000_000_000_000
    private let body = [UInt8](repeating: 0x78, count: 512)
    private let id = [UInt8](repeating: 0x79, count: 40)
    private var commits: [Double] = []
    private var now = Instant(microseconds: 1_700_000_000_000_000)

    static func run(_ arguments: [String]) throws {
        var bench = try JobBench(arguments[0])
        let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
        switch (arguments[1], numbers.count) {
        case ("turns", 2): try bench.turns(numbers[0], numbers[1])
        case ("fill", 1): try bench.fill(numbers[0])
        case ("first", 0): bench.first()
        case ("drain", 1): try bench.drain(numbers[0], acknowledging: true)
        case ("lease", 1): try bench.drain(numbers[0], acknowledging: false)
        default: print("jobs FOLDER turns PER_TURN TURNS | fill COUNT | first | drain COUNT | lease COUNT")
        }
        bench.printMemory()
    }

    private init(_ folder: String) throws {
        let begun = Clock.wall()
        var settings = StoreSettings()
        settings.pageBytes = Self.setting("PAGE") ?? settings.pageBytes
        settings.checkpointPages = Self.setting("CHECKPOINT") ?? settings.checkpointPages
        settings.jobs.logBytes = Self.setting("LOG") ?? settings.jobs.logBytes
        store = try SQLiteStore(folder: folder, settings: settings)
        queue = Array("bench".utf8).withUnsafeBytes { [store] in
            store.jobs.makeQueue($0, at: Instant(microseconds: 1_700_000_000_000_000))
        }
        try store.commit()
        opened = Clock.wall() - begun
    }

    private static func setting(_ name: String) -> Int? {
        getenv("WAYBILL_BENCH_\(name)").flatMap { Int(String(cString: $0)) }
    }

    // MARK: Modes

    private mutating func turns(_ perTurn: Int, _ count: Int) throws {
        var leased: [JobNumber] = []
        var waiting: [JobNumber] = []
        for _ in 0..<5 { try turn(perTurn, &leased, &waiting) }
        commits = []
        let (wall, cpu) = (Clock.wall(), Clock.cpu())
        for _ in 0..<count { try turn(perTurn, &leased, &waiting) }
        report("turns of \(perTurn)", perTurn * count, wall, cpu)
    }

    /// Acknowledges what the turn before fetched, fetches, adds.
    private mutating func turn(_ perTurn: Int, _ leased: inout [JobNumber], _ waiting: inout [JobNumber]) throws {
        let jobs = store.jobs
        _ = jobs.nextDue(by: now)
        for number in leased { if let found = jobs.find(number) { jobs.remove(found, ending: .acknowledged) } }
        leased.removeAll(keepingCapacity: true)
        fetch(perTurn, &leased)
        add(perTurn)
        try commit()
    }

    private mutating func add(_ count: Int) {
        let jobs = store.jobs
        for _ in 0..<count {
            created += 1_000
            let terms = JobTerms(
                retrySeconds: 300, delaySeconds: 0, ttlSeconds: 0, deliveriesMost: 0, created: created)
            let head = JobHead(
                state: .queued, due: .never, expires: .never, wasQueued: true, isAtMostOnce: false, isLimited: false)
            let number = jobs.reserve(in: queue)
            id.withUnsafeBytes { id in
                body.withUnsafeBytes { jobs.add(number, to: queue, head: head, terms: terms, id: id, body: $0) }
            }
        }
    }

    private mutating func fetch(_ count: Int, _ fetched: inout [JobNumber]) {
        let jobs = store.jobs
        var seen = 0
        for _ in 0..<count {
            guard let number = jobs.firstQueued(in: queue), var head = jobs.head(number) else { break }
            jobs.withContent(of: number) { seen &+= Int($0.body.first ?? 0) &+ $0.id.count }
            head.state = .leased
            head.due = now.advanced(by: Microseconds(300_000_000))
            head.deliveries &+= 1
            jobs.change(number, to: head, event: .fetched)
            fetched.append(number)
        }
        now = now.advanced(by: Microseconds(1000))
        if fetched.count > 0, seen == 0 { print("no bodies") }
    }

    private mutating func commit() throws {
        let begun = Clock.wall()
        try store.commit()
        commits.append(Clock.wall() - begun)
    }

    private mutating func fill(_ count: Int) throws {
        let (wall, cpu) = (Clock.wall(), Clock.cpu())
        for _ in 0..<count / 1000 {
            add(1000)
            try commit()
        }
        report("fill", count, wall, cpu)
    }

    private mutating func drain(_ count: Int, acknowledging: Bool) throws {
        let (wall, cpu) = (Clock.wall(), Clock.cpu())
        var fetched: [JobNumber] = []
        var done = 0
        while done < count {
            if acknowledging { for number in fetched { store.jobs.remove(number, ending: .acknowledged) } }
            fetched.removeAll(keepingCapacity: true)
            fetch(1000, &fetched)
            if fetched.isEmpty { break }
            done += fetched.count
            try commit()
        }
        report(acknowledging ? "drain" : "lease", done, wall, cpu)
    }

    private func first() {
        let begun = Clock.wall()
        guard let number = store.jobs.firstQueued(in: queue) else { return print("no job waits") }
        let bytes = store.jobs.withContent(of: number) { $0.body.count } ?? 0
        let first = Clock.wall() - begun
        print("\(store.jobs.jobCount) jobs: open \(Int(opened * 1e6)) us, first \(Int(first * 1e6)) us, \(bytes) bytes")
    }

    // MARK: Figures

    private func report(_ name: String, _ jobs: Int, _ wall: Double, _ cpu: Double) {
        let (wall, cpu) = (Clock.wall() - wall, Clock.cpu() - cpu)
        let sorted = commits.sorted()
        guard jobs > 0, let longest = sorted.last else { return print("nothing done") }
        let each = cpu / Double(jobs) * 1e6
        print("\(name): \(Int(Double(jobs) / wall)) jobs/s, \(Int(each * 1000)) ns of CPU a job")
        let p99 = sorted[sorted.count * 99 / 100]
        print(
            "  commit: p50 \(Int(sorted[sorted.count / 2] * 1e6)) us, p99 \(Int(p99 * 1e6)) us, "
                + "longest \(Int(longest * 1e6)) us, all \(Int(sorted.reduce(0, +) / wall * 100)) % of the time")
    }

    private func printMemory() {
        print("  resident: \(Clock.status("VmRSS")), at most \(Clock.status("VmHWM")); \(store.jobMemory)")
    }
}

private enum Clock {
    static func wall() -> Double { read(CLOCK_MONOTONIC) }
    static func cpu() -> Double { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func status(_ name: String) -> String {
        guard let file = fopen("/proc/self/status", "r") else { return "?" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix(name) { return text.split(separator: "\t").last.map { String($0) } ?? "?" }
        }
        return "?"
    }
}
