import Billing
import Connecting
import Engine
import Message
import Queue
import RouteLanguage
import Store

/// What lives in one process of a simulation: store, core and reader, built as the service builds them.
struct Running {
    let store: SQLiteStore
    let core: Core
    var reader: SimulatedReader

    init(
        bytes: [UInt8]?, plans: [Plan], edition: Int, now: Int64, _ world: World, seed: UInt64, _ fault: PlantedFault?,
        suspects: [CrashMarks.Suspect]
    ) throws {
        let store = try SQLiteStore(inMemory: bytes)
        var loaded: [LoadedPlan] = []
        for kept in store.keptPlans() where kept.hash != plans[edition].hash {
            guard let plan = plans.first(where: { $0.hash == kept.hash }) else { continue }
            loaded.append(Self.load(plan, store))
        }
        loaded.append(Self.load(plans[edition], store))
        let head = store.ledgerHead()
        let tallies = Dictionary(try store.tallies().map { ($0.key, $0.tally) }, uniquingKeysWith: { $1 })
        core = Core(
            store: store,
            rater: Rater(
                tariffs: plans[edition].tariffs, tallies: tallies,
                ledgerHead: LedgerHead(seq: head.seq, hash: head.hash)),
            plans: loaded, hosts: Simulation.connections.map { ($0, $0) }, seed: seed,
            time: TurnTime(now: Instant(microseconds: now), wall: Instant(microseconds: now)), suspects: suspects,
            fault: fault)
        try store.commit()
        let route = store.routeID("orders")
        core.generations[route] = 1
        reader = try SimulatedReader(
            route: route, position: store.position(of: route), sweeps: world.paysLater, losesGaps: fault == .loseGap)
        self.store = store
    }

    /// A reload: the route goes on with another text, the reader as it is.
    func swap(in plan: Plan) throws {
        let loaded = Self.load(plan, store)
        core.install(loaded)
        core.activate(loaded)
        core.replaceTariffs(plan.tariffs)
    }

    private static func load(_ plan: Plan, _ store: SQLiteStore) -> LoadedPlan {
        let id = store.keepPlan(hash: plan.hash, sources: Array(plan.hash.utf8))
        let destinations = plan.connections.map { connection -> Destination? in
            guard let index = Simulation.connections.firstIndex(of: connection.name) else { return nil }
            return Destination(
                connection: index, name: connection.name, type: connection.connector, hosts: [HostID(rawValue: index)])
        }
        let routes = plan.routes.map { route in
            LoadedRoute(
                plan: route, id: store.routeID(route.name), queue: store.queueID(plan.queues[route.queue].name),
                queuePlan: plan.queues[route.queue], connections: plan.connections)
        }
        return LoadedPlan(id: id, plan: plan, routes: routes, destinations: destinations)
    }
}
