import Connecting
import Engine
import Message
import RouteLanguage
import Store

/// One seeded run of a whole route under virtual time: failing receivers, restarts between any two turns, commits that
/// fail, are torn or meet a full disk, late and repeated rows, failovers, new routes, dead letters that are retried. A
/// restart throws every object away and rebuilds the core from the store's bytes.
struct Simulation {
    let world: World
    let fault: PlantedFault?
    /// The editions of the route: the second is swapped in while it runs.
    let plans: [Plan]
    var random: SplitMix
    var shop = ShopModel()
    var jobs = JobsModel()
    var receivers = ReceiverModel()
    var now: Int64 = 1_780_000_000_000_000
    /// False for the end of a run: a restart would heal what was forgotten.
    var mayDie = true
    var edition = 0
    var lastPaidAt: Int64 = 0
    /// Whether the order of a key can still be told: a retried message has lost its place.
    var retriedByHand: Set<String> = []
    /// Orders in the order of their admission, and those that have been sent.
    var places: [Int64: Int] = [:]
    var lastSent: [Int64: Int] = [:]
    /// What crashes the process whenever it is worked, with how often it has.
    var crasher: (suspect: CrashMarks.Suspect, crashes: Int)?

    // What a restart throws away.
    var running: Running
    var underway: [(connection: String, dispatch: Dispatch)] = []
    /// The store as it is on disk.
    var bytes: [UInt8]

    static let connections = ["acme", "globex", "archive"]

    init(seed: UInt64, plans: [Plan], fault: PlantedFault? = nil) throws {
        world = World(seed: seed)
        self.fault = fault
        self.plans = plans
        random = SplitMix(seed: seed)
        running = try Running(bytes: nil, plans: plans, edition: 0, now: now, world, seed: seed, fault, suspects: [])
        running.reader.connect(shop, at: now)
        bytes = try running.store.serialized()
    }

    var store: SQLiteStore { running.store }

    /// - Returns: what does not add up; empty when all is well.
    mutating func run(steps: Int) throws -> [String] {
        do {
            for _ in 0..<steps {
                if let problem = try step() { return [problem] }
            }
            return try end()
        } catch let error as StoreError { return ["the store refused: \(error)"] }
    }

    private mutating func step() throws -> String? {
        switch Int.random(in: 0..<28, using: &random) {
        case 0...3: shop.begin(at: now, &random)
        case 4...6: shop.end(&random, commits: Int.random(in: 0..<4, using: &random) > 0)
        case 7...10: return try poll()
        case 11...15: return try settleSome(all: false)
        case 16: now += Int64.random(in: 1_000...60_000_000, using: &random)
        case 17: toggleReceiver()
        case 18: if Int.random(in: 0..<3, using: &random) == 0 { return try restart() }
        case 19: if Int.random(in: 0..<2, using: &random) == 0 { store.failNextCommit = .full }
        case 20: if Int.random(in: 0..<6, using: &random) == 0 { failOver() }
        case 21:
            if world.paysLater, shop.pay(&random) { lastPaidAt = now }
        case 22: return try retryDead(force: Bool.random(using: &random))
        case 23...25: return try addJobs()
        case 26: return try pauseSomething()
        default: if Int.random(in: 0..<4, using: &random) == 0 { try reload() }
        }
        return nil
    }

    /// Everything is mended, and all that can end must end.
    private mutating func end() throws -> [String] {
        mayDie = false
        // A failure that no commit has met yet would end the process once more.
        store.failNextCommit = nil
        receivers.failureChance = 0
        receivers.isDown = []
        receivers.isPicky = false
        if let problem = try pause(nil, nil) { return [problem] }
        while shop.openTransactions > 0 { shop.end(&random, commits: Bool.random(using: &random)) }
        for round in 0..<600 {
            now += 20_000_000
            if let problem = try poll() ?? (try settleSome(all: true)) { return [problem] }
            guard isQuiet else { continue }
            let letters = try store.deadLetters(route: nil, after: 0, limit: .max)
            if letters.allSatisfy({ jobs.acknowledged[$0.message]?.isBad == true }) || round > 500 { break }
            if let problem = try retryDead(force: true) { return [problem] }
        }
        return try Verdict(self, isQuiet: isQuiet).problems
    }

    private var isQuiet: Bool {
        underway.isEmpty && store.entryCount == 0 && running.reader.isCaughtUp(with: shop)
            && jobs.problem(store) == nil && store.account(store.routeID("parcels")).seen == Int64(jobs.count)
            && (lastPaidAt == 0 || running.reader.lastSweepAt > lastPaidAt)
    }

    // MARK: What happens

    private mutating func toggleReceiver() {
        guard let name = Self.connections.randomElement(using: &random) else { return }
        if receivers.isDown.remove(name) == nil { receivers.isDown.insert(name) }
    }

    private mutating func failOver() {
        shop.failOver()
        running.reader.connect(shop, at: now)
    }

    private mutating func addJobs() throws -> String? {
        let count = Int.random(in: 1...4, using: &random)
        var added = jobs
        var random = SplitMix(seed: self.random.next())
        let (store, now) = (store, now)
        let effects = try turn(TurnInput()) {
            for _ in 0..<count { added.add(to: store, at: now, &random) }
        } executed: {
            $0.jobs = added
        }
        guard let effects else { return nil }
        return try release(effects)
    }

    /// A client of the queue's door stops one side of a queue, or lets it go on.
    private mutating func pauseSomething() throws -> String? {
        let states: [PauseState] = [[], .output, world.isKeyed ? [] : .input]
        let queue = Bool.random(using: &random) ? "outbox" : JobsModel.queue
        return try pause(queue, states.randomElement(using: &random))
    }

    /// - Parameter name: nil: both queues.
    private mutating func pause(_ name: String?, _ state: PauseState?) throws -> String? {
        let (core, store) = (running.core, store)
        let effects = try turn(TurnInput()) {
            if name != JobsModel.queue { core.setPause(state ?? [], of: store.queueID("outbox")) }
            guard name != "outbox",
                let queue = Array(JobsModel.queue.utf8).withUnsafeBytes({ store.jobs.queue(named: $0) })
            else { return }
            store.jobs.setPause(state ?? [], of: queue)
        }
        guard let effects else { return nil }
        return try release(effects)
    }

    private mutating func reload() throws {
        edition = 1 - edition
        try running.swap(in: plans[edition])
    }

    private mutating func poll() throws -> String? {
        var input = TurnInput()
        let batches = running.reader.poll(shop, at: now)
        input.batches = batches.map { ReadBatch(route: running.reader.route, generation: 1, batch: $0) }
        guard let effects = try turn(input) else { return nil }
        return try release(effects)
    }

    private mutating func settleSome(all: Bool) throws -> String? {
        var input = TurnInput()
        var left: [(connection: String, dispatch: Dispatch)] = []
        for sent in underway {
            guard all || Bool.random(using: &random) else {
                left.append(sent)
                continue
            }
            let result = receivers.receive(sent.dispatch.request, at: sent.connection, &random)
            input.outcomes.append(DeliveryOutcome(token: sent.dispatch.token, result: result))
        }
        underway = left
        guard let effects = try turn(input) else { return nil }
        return try release(effects)
    }

    private mutating func retryDead(force: Bool) throws -> String? {
        let letters = try store.deadLetters(route: nil, after: 0, limit: .max)
        guard !letters.isEmpty else { return nil }
        let chosen = mayDie ? letters.filter { _ in Bool.random(using: &random) } : letters
        for letter in chosen where letter.message.hasPrefix("shop.") { retriedByHand.insert(letter.message) }
        let latest = world.repeats && mayDie && Int.random(in: 0..<3, using: &random) == 0
        var input = TurnInput()
        input.commands = [
            .retryDead(
                .init(selection: .ids(chosen.map(\.id)), force: force, latest: latest, who: "simulation")
            ) { _ in }
        ]
        guard let effects = try turn(input) else { return nil }
        return try release(effects)
    }

    // MARK: Turns

    /// - Parameters:
    ///   - serving: what clients of the queue's door do in this turn.
    ///   - executed: takes over what they changed of the simulation, whatever becomes of the turn.
    /// - Returns: nil where the process ended before the effects left.
    private mutating func turn(
        _ input: TurnInput, serving: (() -> Void)? = nil, executed: (inout Simulation) -> Void = { _ in }
    ) throws -> TurnEffects? {
        now += Int64.random(in: 1...2_000, using: &random)
        if mayDie, Int.random(in: 0..<60, using: &random) == 0 {
            store.failNextCommit = .failed(operation: "commit", message: "the disk is gone")
        }
        let effects: TurnEffects
        do {
            defer { executed(&self) }
            effects = try commit(input, serving)
        } catch StoreError.failed(let operation, let message) {
            guard message == "the disk is gone" else { throw StoreError.failed(operation: operation, message: message) }
            return try die()
        }
        // A power cut takes the bytes that no sync had promised.
        if mayDie, Int.random(in: 0..<60, using: &random) == 0 { return try die() }
        bytes = try store.serialized()
        jobs.committed()
        notePlaces(of: input.batches)
        // The process dies right after its commit: what would have left did not.
        if mayDie, Int.random(in: 0..<40, using: &random) == 0 { return try die() }
        return effects
    }

    /// The order in which rows were admitted, as far as that is on disk.
    private mutating func notePlaces(of batches: [ReadBatch]) {
        for row in batches.flatMap(\.batch.rows) {
            if case .int(let id) = row.identity, places[id] == nil { places[id] = places.count }
        }
    }

    private mutating func die() throws -> TurnEffects? {
        if let problem = try restart() { throw StoreError.damaged(what: problem) }
        return nil
    }

    private mutating func commit(_ input: TurnInput, _ serving: (() -> Void)?) throws -> TurnEffects {
        let time = TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now))
        var refusal: StoreError
        do throws(StoreError) { return try running.core.turn(input, at: time, serving: serving) } catch {
            refusal = error
        }
        if refusal == .full, Bool.random(using: &random) { store.failNextCommit = .full }
        while refusal == .full {
            do throws(StoreError) { return try running.core.commitAgain() } catch { refusal = error }
        }
        throw refusal
    }

    private mutating func release(_ effects: TurnEffects) throws -> String? {
        for (connection, dispatches) in effects.dispatches.sorted(by: { $0.key < $1.key }) {
            for dispatch in dispatches {
                if !running.core.hasCounted(dispatch.token) { return "an attempt was sent before it was counted" }
                underway.append((Self.connections[connection], dispatch))
                if let problem = noteOrder(of: dispatch) { return problem }
            }
        }
        for reply in effects.replies { reply() }
        if running.core.hasWorkNow { return "the core wants another turn at once, which would change nothing" }
        return try checkNow()
    }

    /// `kill -9` or a power cut: what was under way may have reached the receiver, unheard.
    mutating func restart() throws -> String? {
        var stopped: Set<String> = []
        for sent in underway where Bool.random(using: &random) && !stopped.contains(sent.connection) {
            receivers.workUnheard(sent.dispatch.request, at: sent.connection, &random)
            // Lines are written in order: behind a torn one there is none.
            if sent.dispatch.request.action == "append" { stopped.insert(sent.connection) }
        }
        underway = []
        jobs.died()
        now += 1_000_000
        running = try Running(
            bytes: bytes, plans: plans, edition: edition, now: now, world, seed: random.next(), fault,
            suspects: suspects())
        running.reader.connect(shop, at: now)
        bytes = try store.serialized()
        return receivers.cut(to: store.extents(connection: "archive"))
    }

    /// Now and then one message is what brought the process down.
    private mutating func suspects() -> [CrashMarks.Suspect] {
        if crasher == nil, Int.random(in: 0..<4, using: &random) == 0 {
            var entries: [EntryID] = []
            store.forEachHead { entries.append($0.id) }
            crasher = entries.randomElement(using: &random).map { (.entry($0), 0) }
        }
        guard let (suspect, crashes) = crasher, mayDie else { return [] }
        crasher = crashes < 2 ? (suspect, crashes + 1) : nil
        return [suspect]
    }
}
