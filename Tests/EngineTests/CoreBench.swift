import Billing
import Connecting
import Engine
import Message
import Queue
import RouteLanguage
import Store

/// A core over a store in memory, driven by hand: rows in, dispatches out, outcomes back, time at will.
final class CoreBench {
    private(set) var store: SQLiteStore
    private(set) var core: Core
    private let plan: Plan
    private(set) var sent: [(connection: Int, dispatch: Dispatch)] = []
    private(set) var notices: [Notice] = []
    /// Batches that readers were given credit for.
    private(set) var granted = 0
    var now: Int64 = 1_790_000_000_000_000
    private var nextRow: Int64 = 1

    init(_ plan: Plan) throws {
        self.plan = plan
        (store, core) = try Self.start(plan, bytes: nil, now: now)
    }

    private static func start(
        _ plan: Plan, bytes: [UInt8]?, now: Int64, suspects: [CrashMarks.Suspect] = []
    ) throws -> (SQLiteStore, Core) {
        let store = try SQLiteStore(inMemory: bytes)
        let loaded = load(plan, store)
        let head = store.ledgerHead()
        let tallies = Dictionary(try store.tallies().map { ($0.key, $0.tally) }, uniquingKeysWith: { $1 })
        let core = Core(
            store: store,
            rater: Rater(
                tariffs: plan.tariffs, tallies: tallies, ledgerHead: LedgerHead(seq: head.seq, hash: head.hash)),
            plans: [loaded],
            hosts: [("acme", "a"), ("globex", "g")], seed: 1,
            time: TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now)), suspects: suspects)
        for route in loaded.routes { core.generations[route.id] = 1 }
        try store.commit()
        return (store, core)
    }

    private static func load(_ plan: Plan, _ store: SQLiteStore) -> LoadedPlan {
        let id = store.keepPlan(hash: plan.hash, sources: [1])
        let routes = plan.routes.map { route in
            LoadedRoute(
                plan: route, id: store.routeID(route.name), queue: store.queueID(plan.queues[route.queue].name),
                queuePlan: plan.queues[route.queue], connections: plan.connections)
        }
        let destinations: [Destination?] = [
            Destination(connection: 0, name: "acme", type: "http", hosts: [HostID(rawValue: 0)]),
            Destination(connection: 1, name: "globex", type: "http", hosts: [HostID(rawValue: 1)]), nil,
        ]
        return LoadedPlan(id: id, plan: plan, routes: routes, destinations: destinations)
    }

    /// A reload with other texts.
    func swap(in plan: Plan) throws {
        let loaded = Self.load(plan, store)
        core.install(loaded)
        core.activate(loaded)
        try store.commit()
    }

    var routeName = "orders"
    var route: RouteID { store.routeID(routeName) }
    var account: Account { store.account(route) }
    func count(_ word: FinalWord) -> Int64 { account.words[word] ?? 0 }

    /// Throws the core away and builds it anew from the store's bytes.
    func restart(suspects: [CrashMarks.Suspect] = []) throws {
        let bytes = try store.serialized()
        sent = []
        (store, core) = try Self.start(plan, bytes: bytes, now: now, suspects: suspects)
        try turn()
    }

    func turn(_ input: TurnInput = TurnInput()) throws {
        now += 1
        let effects = try core.turn(
            input, at: TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now)))
        for (connection, dispatches) in effects.dispatches.sorted(by: { $0.key < $1.key }) {
            sent.append(contentsOf: dispatches.map { (connection, $0) })
        }
        notices.append(contentsOf: effects.notices)
        granted += effects.grants.values.reduce(0, +)
        for reply in effects.replies { reply() }
    }

    /// Reads rows; each gets the next id.
    func read(_ rows: [Row], kind: SourceBatch.Kind = .fresh) throws {
        let made = rows.map { row -> SourceRow in
            let id = row.id ?? nextRow
            nextRow = max(nextRow, id + 1)
            return row.sourceRow(id)
        }
        var input = TurnInput()
        input.batches = [
            ReadBatch(
                route: route, generation: 1,
                batch: SourceBatch(kind: kind, rows: made, position: [UInt8(made.count & 255)], positionText: "test"))
        ]
        try turn(input)
    }

    /// Reads orders of `SimulatedPlan.lock`, in one batch.
    func readOrders(_ ids: ClosedRange<Int64>) throws {
        let rows = ids.map { id in
            SourceRow(
                identity: .int(id), identityText: "\(id)",
                values: [
                    .int(Int128(id)), .text("N\(id)"), .text("paid"), .missing,
                    .decimal(ExactDecimal(mantissa: 1250, scale: 2)), .int(7), .json("{}"),
                ], content: UInt64(id), contentBesidesKey: UInt64(id))
        }
        var input = TurnInput()
        input.batches = [
            ReadBatch(
                route: route, generation: 1,
                batch: SourceBatch(kind: .fresh, rows: rows, position: [1], positionText: "test"))
        ]
        try turn(input)
    }

    /// Answers everything that was sent and is not answered yet.
    func answer(_ result: (DeliveryRequest) -> Result<Delivered, DeliveryFailure>) throws {
        var input = TurnInput()
        input.outcomes = sent.map { DeliveryOutcome(token: $0.dispatch.token, result: result($0.dispatch.request)) }
        sent = []
        try turn(input)
    }

    func succeed() throws { try answer { _ in .success(Delivered(status: 200)) } }

    func fail(_ status: Int, isRetryable: Bool = true) throws {
        try answer { _ in
            .failure(DeliveryFailure(cause: .status(status), reason: "HTTP \(status)", isRetryable: isRetryable))
        }
    }

    func pass(seconds: Int64) throws {
        now += seconds * 1_000_000
        try turn()
    }

    /// Records in the ledger.
    var bills: Int64 { store.ledgerHead().seq }

    struct Row {
        var id: Int64?
        var number: String
        var status = "paid"
        var customer: Int64 = 1001
        var lines: [String] = []
        var remark = ""
        /// Set: only the key was read.
        var problem: String?

        func sourceRow(_ id: Int64) -> SourceRow {
            let besides = "\(number)|\(status)|\(customer)|\(lines)|\(remark)"
            return SourceRow(
                identity: .int(id), identityText: "\(id)",
                values: problem != nil
                    ? [.int(Int128(id)), .missing, .missing, .missing, .missing]
                    : [
                        .int(Int128(id)), .text(number), .text(status), .int(Int128(customer)),
                        .list(lines.map { .text($0) }),
                    ], content: SHA256.fingerprint(Array("\(id)|\(besides)".utf8)).low,
                contentBesidesKey: SHA256.fingerprint(Array(besides.utf8)).low, problem: problem)
        }
    }
}
