import Billing
import Glibc
import Message
import Store
import StoreSamples
import Testing

/// What a turn costs. `WAYBILL_BENCH=1 swift test -c release --filter StoreBenchmark`; `WAYBILL_BENCH_FOLDER` names a
/// disk.
@Suite("StoreBenchmark", .enabled(if: getenv("WAYBILL_BENCH") != nil), .serialized) struct StoreBenchmark {
    private static let perTurn = 500

    @Test func admitAndSettle() throws {
        for mode in ["admit", "settle", "both"] {
            let folder = try TemporaryFolder(in: getenv("WAYBILL_BENCH_FOLDER").map { String(cString: $0) } ?? "/tmp")
            let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
            let work = Workload(store)
            let turns = 400
            var waiting: [(Range<Int>, [EntryID])] = []
            var measured = Measurement()
            for turn in 0..<turns {
                let prepared = Prepared(work, turn * Self.perTurn + 1, Self.perTurn)
                if mode != "both" {
                    if mode == "admit" { measured.resume() }
                    waiting.append((prepared.numbers, prepared.admit()))
                    try store.commit()
                    measured.pause()
                    continue
                }
                let settling = turn > 0 ? waiting.removeFirst() : (0..<0, [])
                let outcomes = Outcomes(work, settling.0, settling.1)
                measured.resume()
                waiting.append((prepared.numbers, prepared.admit()))
                outcomes.record()
                try store.commit()
                measured.pause()
            }
            for (numbers, ids) in waiting where mode == "settle" {
                let outcomes = Outcomes(work, numbers, ids)
                measured.resume()
                outcomes.record()
                try store.commit()
                measured.pause()
            }
            measured.report(mode, messages: turns * Self.perTurn)
            measured.reportLatency("a turn")
        }
    }

    /// Two commits a message, as a lone order pays them.
    @Test func oneAtATime() throws {
        let folder = try TemporaryFolder(in: getenv("WAYBILL_BENCH_FOLDER").map { String(cString: $0) } ?? "/tmp")
        let store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        let work = Workload(store)
        var measured = Measurement()
        for number in 1...4000 {
            let prepared = Prepared(work, number, 1)
            measured.resume()
            let ids = prepared.admit()
            try store.commit()
            measured.pause()
            let outcomes = Outcomes(work, prepared.numbers, ids)
            measured.resume()
            outcomes.record()
            try store.commit()
            measured.pause()
        }
        measured.report("one at a time", messages: 4000)
        measured.reportLatency("a commit")
    }

    /// What a simulation does between any two turns.
    @Test func restartInMemory() throws {
        var bytes = try SQLiteStore().serialized()
        var measured = Measurement()
        measured.resume()
        for turn in 1...100 {
            let store = try SQLiteStore(inMemory: bytes)
            TurnLog.record(turn, in: store)
            try store.commit()
            bytes = try store.serialized()
        }
        measured.pause()
        measured.report("restart in memory (\(bytes.count / 1024) KB)", messages: 100)
    }

    private static var settings: StoreSettings {
        var settings = StoreSettings()
        settings.pageBytes = number("WAYBILL_BENCH_PAGE") ?? settings.pageBytes
        settings.checkpointPages = number("WAYBILL_BENCH_CHECKPOINT") ?? settings.checkpointPages
        return settings
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    /// Fills the folder that `WAYBILL_BENCH_MILLION` names where it is empty; run it again to measure the start alone.
    @Test(.enabled(if: getenv("WAYBILL_BENCH_MILLION") != nil)) func millionWaiting() throws {
        let folder = String(cString: getenv("WAYBILL_BENCH_MILLION"))
        let before = residentBytes()
        var start = Measurement()
        start.resume()
        let store = try SQLiteStore(folder: folder)
        start.pause()
        guard store.entryCount > 0 else {
            let work = Workload(store)
            for turn in 0..<2000 {
                work.admit(turn * 500 + 1..<turn * 500 + 501, bytes: 200)
                try store.commit()
            }
            return
        }
        start.report("start with 1 M", messages: store.entryCount)
        print("\((residentBytes() - before) / 1_048_576) MB more resident with \(store.entryCount) entries")
        var audit = Measurement()
        audit.resume()
        let report = try Audit.run(StoreReader(folder: folder))
        audit.pause()
        audit.report("audit", messages: store.entryCount)
        print("\((residentBytes() - before) / 1_048_576) MB after the audit")
        #expect(report.addsUp)
    }
}

/// What the engine would have at hand, made before the clock runs.
private struct Prepared {
    let work: Workload
    let numbers: Range<Int>
    let rows: [SeenRow]
    let keys: [AcceptedKey]
    let bodies: [[UInt8]]

    init(_ work: Workload, _ first: Int, _ count: Int) {
        self.work = work
        numbers = first..<first + count
        rows = numbers.map { Sample.row($0) }
        keys = numbers.map { Sample.key($0) }
        bodies = numbers.map { Sample.body($0) }
    }

    func admit() -> [EntryID] {
        let store = work.store
        store.record(.seen(Sample.advance(work.route, rows)))
        var ids: [EntryID] = []
        ids.reserveCapacity(rows.count)
        for position in 0..<rows.count {
            if store.key(keys[position].fingerprint) != nil { print("known key") }
            store.record(.keyAccepted(keys[position]))
            let id = store.newEntryID(bodyBytes: bodies[position].count)
            let head = Sample.head(id, queue: work.queue, route: work.route, plan: work.plan)
            store.record(.admitted(NewEntry(head: head, body: bodies[position])))
            ids.append(id)
        }
        return ids
    }
}

private struct Outcomes {
    let work: Workload
    var changes: [Change] = []

    init(_ work: Workload, _ numbers: Range<Int>, _ ids: [EntryID]) {
        self.work = work
        var head = work.store.ledgerHead()
        for (number, id) in zip(numbers, ids) {
            let record = Sample.record(number, after: head, customer: "customer-\(number % 50)")
            head = (record.seq, record.hash)
            changes.append(.delivered(Sample.mark(work.route, number, customer: record.charge.customer)))
            changes.append(.charged(record))
            changes.append(.ended(Sample.ending(work.route, number)))
            changes.append(.removed(id))
        }
    }

    func record() { for change in changes { work.store.record(change) } }
}

/// Wall and processor time of the stretches between `resume` and `pause`.
struct Measurement {
    private var wall: Int64 = 0
    private var cpu: Int64 = 0
    private var stretches: [Int64] = []
    private var since: (wall: Int64, cpu: Int64)?

    mutating func resume() { since = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID)) }

    mutating func pause() {
        guard let begun = since else { return }
        let stretch = Self.now(CLOCK_MONOTONIC) - begun.wall
        stretches.append(stretch)
        wall += stretch
        cpu += Self.now(CLOCK_PROCESS_CPUTIME_ID) - begun.cpu
        since = nil
    }

    func report(_ name: String, messages: Int) {
        let rate = Int64(messages) * 1_000_000_000 / max(1, wall)
        let each = Double(cpu / Int64(max(1, messages))) / 1000
        print("\(name): \(rate) messages/s, \(each) us of CPU each, \(wall / 1_000_000) ms")
    }

    func reportLatency(_ name: String) {
        let sorted = stretches.sorted()
        guard let longest = sorted.last else { return }
        let (half, most) = (sorted[sorted.count / 2] / 1000, sorted[sorted.count * 99 / 100] / 1000)
        print("\(name): p50 \(half) us, p99 \(most) us, longest \(longest / 1000) us")
    }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard fgets(&text, 128, file) != nil else { return 0 }
    let fields = String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}
