import Glibc
import Message
import StoreSamples
import Testing

@testable import Store

/// Thousands of random steps on the store's jobs and on the model, with commits, full disks, lost turns and starts.
@Suite("Jobs and their model") struct JobModelTests {
    /// `WAYBILL_SEED` chooses one; `WAYBILL_JOB_STEPS` how many.
    @Test(arguments: seeds) func randomWork(seed: UInt64) throws {
        print("jobs: seed \(seed)")
        var run = try JobRun(seed: seed)
        do { try run.work(steps: Self.steps) } catch {
            Issue.record("seed \(seed), step \(run.steps): \(error)")
        }
    }

    private static let steps = getenv("WAYBILL_JOB_STEPS").flatMap { Int(String(cString: $0)) } ?? 1200

    private static var seeds: [UInt64] {
        if let given = getenv("WAYBILL_SEED").flatMap({ UInt64(String(cString: $0)) }) { return [given] }
        return (1...10).map { $0 &* 7_919 }
    }
}

private struct JobRun {
    private let folder: TemporaryFolder?
    private let settings: StoreSettings
    private var store: SQLiteStore?
    private var bytes: [UInt8]?
    private var pair: JobPair
    /// As the last commit left it.
    private var committed: JobPair
    private(set) var steps = 0

    init(seed: UInt64) throws {
        var random = SplitMix(seed: seed ^ 0x5eed)
        var settings = StoreSettings()
        settings.ballastBytes = 0
        settings.checkpointPages = 50
        let tight = random.next() % 4
        settings.jobs.logBytes = [4_000, 20_000, 100_000, 1_000_000][Int(tight)]
        settings.jobs.logRows = [8, 50, 200, 1000][Int(random.next() % 4)]
        settings.jobs.bodyBytes = [2_000, 20_000, 200_000][Int(random.next() % 3)]
        settings.jobs.headBytes = [2_000, 20_000, 200_000][Int(random.next() % 3)]
        settings.jobs.imageBytes = [500, 5_000, 50_000][Int(random.next() % 3)]
        settings.jobs.chunkBytes = [1_000, 8_000, 100_000][Int(random.next() % 3)]
        settings.jobs.segmentBytes = [100, 700, 5_000][Int(random.next() % 3)]
        self.settings = settings
        folder = random.next() % 2 == 0 ? try TemporaryFolder() : nil
        let store =
            try folder.map { try SQLiteStore(folder: $0.path + "/data", settings: settings) }
            ?? SQLiteStore(settings: settings)
        self.store = store
        pair = JobPair(store.jobs, seed: seed, bodyMost: [50, 400][Int(random.next() % 2)])
        committed = pair.snapshot()
        try commit()
    }

    mutating func work(steps most: Int) throws {
        while steps < most {
            steps += 1
            try pair.step()
            switch pair.draw(100) {
            case ..<30: try commit()
            case ..<32: try commitAfterFullDisk()
            case ..<33: try start(losingTurn: false)
            case ..<34: try start(losingTurn: true)
            default: break
            }
            if steps % 50 == 0 { try pair.compare() }
        }
        try start(losingTurn: false)
        try pair.compare()
    }

    private mutating func commit() throws {
        try store?.commit()
        committed = pair.snapshot()
    }

    private mutating func commitAfterFullDisk() throws {
        // With no page more than there is, before anything is written or in the middle of it.
        try store?.database.execute("PRAGMA max_page_count = 1")
        do { try store?.commit() } catch StoreError.full {}
        try store?.database.execute("PRAGMA max_page_count = 1073741823")
        try commit()
    }

    /// Everything in memory is gone; the turn under way, too, or not.
    private mutating func start(losingTurn: Bool) throws {
        let identity = store.map { ($0.jobs.nodeID, $0.jobs.idKey) }
        if losingTurn { pair = committed.snapshot() } else { try commit() }
        if folder == nil { bytes = try store?.serialized() }
        pair.real = pair.model
        committed.real = pair.model
        store = nil
        let next =
            try folder.map { try SQLiteStore(folder: $0.path + "/data", settings: settings) }
            ?? SQLiteStore(inMemory: bytes, settings: settings)
        store = next
        pair.real = next.jobs
        committed = pair.snapshot()
        try TurnLog.expect(identity.map { $0 == (next.jobs.nodeID, next.jobs.idKey) } ?? true, "another identity")
        try pair.compare()
    }
}
