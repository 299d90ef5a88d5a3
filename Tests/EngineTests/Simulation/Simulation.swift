import Billing
import Connecting
import Engine
import Message
import Queue
import RouteLanguage
import Store

/// One seeded run of a whole route under virtual time: failing receivers, restarts between any two turns, commits that
/// fail or tear, late and duplicate rows. A restart throws every object away and rebuilds the core from the store's bytes.
struct Simulation {
    private let fault: PlantedFault?
    private let plan: Plan
    private let sources: [UInt8]
    private var random: SplitMix
    private var shop = ShopModel()
    private var receivers = ReceiverModel()
    private var now: Int64 = 1_780_000_000_000_000
    /// False for the end of a run: a restart would heal what was forgotten.
    private var mayDie = true

    // What a restart throws away.
    private var store: SQLiteStore
    private var core: Core
    private var reader: ModelReader
    private var routes: [RouteID: String] = [:]
    private var underway: [(connection: String, dispatch: Dispatch)] = []
    private var bytes: [UInt8]

    static let connections = ["acme", "globex", "archive"]

    init(seed: UInt64, plan: Plan, fault: PlantedFault? = nil) throws {
        self.fault = fault
        self.plan = plan
        sources = Array("simulated".utf8)
        random = SplitMix(seed: seed)
        (store, core, reader) = try Self.start(
            bytes: nil, plan: plan, sources: sources, now: now, seed: seed, fault: fault)
        bytes = try store.serialized()
    }

    private static func start(
        bytes: [UInt8]?, plan: Plan, sources: [UInt8], now: Int64, seed: UInt64, fault: PlantedFault?
    ) throws -> (SQLiteStore, Core, ModelReader) {
        let store = try SQLiteStore(inMemory: bytes)
        let id = store.keepPlan(hash: plan.hash, sources: sources)
        var hosts: [(connection: String, name: String)] = []
        let destinations = plan.connections.map { connection -> Destination? in
            guard let index = connections.firstIndex(of: connection.name) else { return nil }
            hosts.append((connection.name, connection.name))
            return Destination(
                connection: index, name: connection.name, type: connection.connector,
                hosts: [HostID(rawValue: hosts.count - 1)])
        }
        let loaded = plan.routes.map { route in
            LoadedRoute(
                plan: route, id: store.routeID(route.name), queue: store.queueID(plan.queues[route.queue].name),
                queuePlan: plan.queues[route.queue], source: plan.connections[route.source.connection].name)
        }
        let head = store.ledgerHead()
        let tallies = Dictionary(try store.tallies().map { ($0.key, $0.tally) }, uniquingKeysWith: { $1 })
        let core = Core(
            store: store,
            rater: Rater(
                tariffs: plan.tariffs, tallies: tallies, ledgerHead: LedgerHead(seq: head.seq, hash: head.hash)),
            plans: [LoadedPlan(id: id, plan: plan, routes: loaded, destinations: destinations)], hosts: hosts,
            seed: seed, time: TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now)), fault: fault)
        for route in loaded { core.generations[route.id] = 1 }
        let reader = ModelReader(
            route: loaded[0].id, position: store.position(of: loaded[0].id), losesGaps: fault == .loseGap)
        return (store, core, reader)
    }

    // MARK: The run

    /// - Returns: what does not add up; empty when all is well.
    mutating func run(steps: Int) throws -> [String] {
        do { return try play(steps: steps) } catch let error as StoreError { return ["the store refused: \(error)"] }
    }

    private mutating func play(steps: Int) throws -> [String] {
        for _ in 0..<steps {
            if let problem = try step() { return [problem] }
        }
        mayDie = false
        receivers.failureChance = 0
        receivers.isDown = []
        while shop.openTransactions > 0 { shop.end(&random, commits: Bool.random(using: &random)) }
        for _ in 0..<400 {
            now += 20_000_000
            if let problem = try poll() ?? (try settleSome(all: true)) { return [problem] }
            if isQuiet { break }
        }
        return try Verdict(shop: shop, receivers: receivers, store: store, isQuiet: isQuiet).problems
    }

    private var isQuiet: Bool {
        underway.isEmpty && store.entryCount == 0 && reader.isCaughtUp(with: shop)
    }

    private mutating func step() throws -> String? {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...3: shop.begin(&random)
        case 4...6: shop.end(&random, commits: Int.random(in: 0..<4, using: &random) > 0)
        case 7...10: return try poll()
        case 11...15: return try settleSome(all: false)
        case 16: now += Int64.random(in: 1_000...60_000_000, using: &random)
        case 17: toggleReceiver()
        case 18: if Int.random(in: 0..<3, using: &random) == 0 { try restart() }
        default:
            if Int.random(in: 0..<2, using: &random) == 0 { store.failNextCommit = .full }
        }
        return nil
    }

    private mutating func toggleReceiver() {
        guard let name = Self.connections.randomElement(using: &random) else { return }
        if receivers.isDown.remove(name) == nil { receivers.isDown.insert(name) }
    }

    private mutating func poll() throws -> String? {
        var input = TurnInput()
        if let batch = reader.poll(shop, &random) {
            input.batches.append(ReadBatch(route: reader.route, generation: 1, batch: batch))
        }
        return try turn(input)
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
        return try turn(input)
    }

    private mutating func turn(_ input: TurnInput) throws -> String? {
        now += Int64.random(in: 1...2_000, using: &random)
        let time = TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now))
        var effects: TurnEffects
        do {
            effects = try core.turn(input, at: time)
        } catch StoreError.full {
            if Bool.random(using: &random) { store.failNextCommit = .full }
            while true {
                do {
                    effects = try core.commitAgain()
                    break
                } catch StoreError.full { continue }
            }
        }
        bytes = try store.serialized()
        if mayDie, Int.random(in: 0..<40, using: &random) == 0 {
            // The process dies right after its commit: what would have left did not.
            try restart()
            return nil
        }
        for (connection, dispatches) in effects.dispatches {
            for dispatch in dispatches {
                if !core.hasCounted(dispatch.token) { return "an attempt was sent before it was counted" }
                underway.append((Self.connections[connection], dispatch))
            }
        }
        return nil
    }

    /// `kill -9` or a power cut: what was under way may have reached the receiver, unheard.
    private mutating func restart() throws {
        for sent in underway where Bool.random(using: &random) {
            receivers.workUnheard(sent.dispatch.request, at: sent.connection)
        }
        underway = []
        now += 1_000_000
        (store, core, reader) = try Self.start(
            bytes: bytes, plan: plan, sources: sources, now: now, seed: random.next(), fault: fault)
    }
}
