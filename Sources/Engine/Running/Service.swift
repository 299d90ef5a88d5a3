import Billing
package import Connecting
import Message
package import Observing
package import Queue
package import RouteLanguage
package import Store
import Synchronization

/// A running Waybill: store, core, readers and connections, from a checked plan.
///
/// Start order: store, plans that entries refer to, connections, core, readers. Stop order: readers, core (what is in
/// flight is settled), connections, store.
package final class Service: @unchecked Sendable {
    // Unchecked: `table`, `readers` and `store` are touched by the starting thread before `coreThread.start`, and by the
    // core's thread afterwards (`onCore`); everything else is a constant or guards itself.

    package struct Catalogue: Sendable {
        package let descriptors: [ConnectorDescriptor]
        package let sources: [String: any SourceConnector]
        package let destinations: [String: any DeliveryConnector]
        package init(
            descriptors: [ConnectorDescriptor], sources: [String: any SourceConnector],
            destinations: [String: any DeliveryConnector]
        ) {
            self.descriptors = descriptors
            self.sources = sources
            self.destinations = destinations
        }
    }

    package enum StartError: Error, CustomStringConvertible {
        /// The route files do not check.
        case diagnostics([Diagnostic])
        case connection(ConnectionError)
        case store(StoreError)
        /// An entry waits that was admitted by a plan which this binary cannot compile any more.
        case keptPlan(hash: String, [Diagnostic])
        /// A reload that the core did not get to.
        case silence(CoreSilence)

        package var description: String {
            switch self {
            case .diagnostics(let diagnostics): "the routes do not check: \(diagnostics.count) problems"
            case .connection(let error): "\(error)"
            case .store(let error): "\(error)"
            case .silence(let silence): "\(silence)"
            case .keptPlan(let hash, _):
                "messages wait that plan \(hash.prefix(12)) admitted, and this version cannot compile it: "
                    + "run the version that wrote it until its messages are done"
            }
        }
    }

    private let catalogue: Catalogue
    private let store: any Store
    private let table: ConnectionTable
    private let readers: Readers
    private let senders = Senders()
    private let notice: @Sendable (Notice) -> Void
    private let conditions = SourceConditions()
    /// Routes that must not be read now, with the reason: a column that they use has changed.
    private let unfit: @Sendable (Plan, SourceSet) -> [String: String]
    package let coreThread: CoreThread
    private let current: Mutex<Plan>

    /// Opens everything and starts to work.
    /// - Parameters:
    ///   - store: opened; belongs to the service from here on.
    ///   - crashMarks: the marks page and what the last process left in it.
    ///   - door: the queue's, bound, with what its broker is told; belongs to the core's thread from here on.
    ///   - unfit: routes of a plan that must not be read now, with the reason; asked at start and at each reload.
    ///   - stopAsked: a client of the queue's door has asked that the service stops.
    package init(
        sources: SourceSet, store: any Store, catalogue: Catalogue, resolver: SettingsResolver,
        crashMarks: (marks: CrashMarks, suspects: [CrashMarks.Suspect])?, seed: UInt64, latency: Histogram,
        trapsOn: String?, door: (server: QueueServer, settings: BrokerSettings)? = nil,
        unfit: @escaping @Sendable (Plan, SourceSet) -> [String: String],
        notice: @escaping @Sendable (Notice) -> Void, stopAsked: @escaping @Sendable () -> Void = {}
    ) throws(StartError) {
        let plan = try Self.compile(sources, catalogue)
        let mailbox = Mailbox()
        let (senders, conditions) = (senders, conditions)
        let grants = Grants()
        let clock = EngineClock(last: store.lastMoment)
        self.catalogue = catalogue
        self.store = store
        self.notice = notice
        self.unfit = unfit
        current = Mutex(plan)
        table = ConnectionTable(
            connectors: catalogue.destinations, extents: { store.extents(connection: $0) },
            outcomes: { mailbox.post($0) })
        readers = Readers(connectors: catalogue.sources, mailbox: mailbox) { route, condition in
            if let line = conditions.set(condition, of: route) { notice(line) }
        }
        coreThread = CoreThread(
            mailbox: mailbox, clock: clock,
            release: { effects in
                senders.send(effects.dispatches)
                grants.give(effects.grants)
                for reply in effects.replies { reply() }
                for line in effects.notices { notice(line) }
            }, notice: notice, stopAsked: stopAsked)
        let loaded = try loadAll(plan, sources, resolver)
        // Without a door, too: jobs that wait in the store come back and expire, and routes read them.
        let broker = Broker(store: store, settings: door?.settings ?? BrokerSettings(), seed: seed &+ 1)
        let core = makeCore(loaded, clock, crashMarks, seed: seed, broker)
        // Names, plan and crash marks must be on disk before any message is worked: working it may end the process.
        do throws(StoreError) { try commitFirst() } catch { throw .store(error) }
        core.trapsOn = trapsOn
        core.latency = latency
        try read(loaded, sources, core, resolver)
        grants.readers = readers
        coreThread.start(core, door: door?.server)
    }

    /// A full disk gives up the ballast with the first try: that is enough for what a start writes.
    private func commitFirst() throws(StoreError) {
        do throws(StoreError) { try store.commit() } catch {
            guard error == .full else { throw error }
            try store.commit()
        }
    }

    private static func compile(_ sources: SourceSet, _ catalogue: Catalogue) throws(StartError) -> Plan {
        let compilation = Compiler.compile(sources, connectors: catalogue.descriptors)
        guard let plan = compilation.plan else { throw .diagnostics(compilation.diagnostics) }
        return plan
    }

    /// Every plan that entries refer to, and the newest last.
    private func loadAll(
        _ plan: Plan, _ sources: SourceSet, _ resolver: SettingsResolver
    ) throws(StartError) -> [LoadedPlan] {
        var loaded: [LoadedPlan] = []
        for kept in store.keptPlans() where kept.hash != plan.hash {
            loaded.append(try keptPlan(kept, resolver))
        }
        do throws(ConnectionError) {
            loaded.append(try load(plan, sources, resolver))
        } catch {
            throw .connection(error)
        }
        senders.replace(table.senders)
        return loaded
    }

    private func makeCore(
        _ plans: [LoadedPlan], _ clock: EngineClock,
        _ crashMarks: (marks: CrashMarks, suspects: [CrashMarks.Suspect])?, seed: UInt64, _ broker: Broker?
    ) -> Core {
        let ledgerHead = store.ledgerHead()
        let rater = Rater(
            tariffs: plan.tariffs, tallies: tallies(),
            ledgerHead: LedgerHead(seq: ledgerHead.seq, hash: ledgerHead.hash))
        return Core(
            store: store, rater: rater, plans: plans, hosts: table.hosts, seed: seed, time: clock.read(),
            marks: crashMarks?.marks, suspects: crashMarks?.suspects ?? [], broker: broker)
    }

    private func read(
        _ plans: [LoadedPlan], _ sources: SourceSet, _ core: Core, _ resolver: SettingsResolver
    ) throws(StartError) {
        guard let newest = plans.last else { return }
        nameRoutes(newest)
        do throws(ConnectionError) {
            let settings = try readers.prepare(newest, resolver: resolver)
            try readers.run(
                newest, settings: settings, unfit: unfit(newest.plan, sources), position: { store.position(of: $0) })
        } catch {
            throw .connection(error)
        }
        core.generations = readers.generations
    }

    private func tallies() -> [TallyKey: Tally] {
        let all = (try? store.tallies()) ?? []
        return Dictionary(all.map { ($0.key, $0.tally) }, uniquingKeysWith: { _, last in last })
    }

    private func keptPlan(
        _ kept: (id: PlanID, hash: String, sources: [UInt8]), _ resolver: SettingsResolver
    ) throws(StartError) -> LoadedPlan {
        guard let sources = try? SourceSet(decoding: kept.sources) else {
            throw .store(.damaged(what: "the kept route files of plan \(kept.hash.prefix(12))"))
        }
        let compilation = Compiler.compile(sources, connectors: catalogue.descriptors)
        guard let plan = compilation.plan else {
            throw .keptPlan(hash: kept.hash, compilation.diagnostics)
        }
        do throws(ConnectionError) {
            return try bind(plan, id: kept.id, resolver)
        } catch {
            throw .connection(error)
        }
    }

    private func load(
        _ plan: Plan, _ sources: SourceSet, _ resolver: SettingsResolver
    ) throws(ConnectionError) -> LoadedPlan {
        try bind(plan, id: store.keepPlan(hash: plan.hash, sources: sources.encoded()), resolver)
    }

    private func bind(_ plan: Plan, id: PlanID, _ resolver: SettingsResolver) throws(ConnectionError) -> LoadedPlan {
        let destinations = try table.destinations(of: plan, resolver: resolver)
        let routes = plan.routes.map { route in
            LoadedRoute(
                plan: route, id: store.routeID(route.name), queue: store.queueID(plan.queues[route.queue].name),
                queuePlan: plan.queues[route.queue], connections: plan.connections)
        }
        return LoadedPlan(id: id, plan: plan, routes: routes, destinations: destinations)
    }

    // MARK: While it runs

    package var plan: Plan { current.withLock { $0 } }

    /// How the sources fare, by route name.
    package var sourceConditions: [String: SourceCondition] { conditions.all }

    /// Swaps in newly checked routes between two turns; a set that does not check or whose connections cannot be opened
    /// changes nothing.
    package func reload(_ sources: SourceSet, resolver: SettingsResolver) throws(StartError) -> Plan {
        let plan = try Self.compile(sources, catalogue)
        let swapped: Result<Void, ConnectionError>
        do throws(CoreSilence) {
            swapped = try swap(in: plan, sources, resolver)
        } catch {
            throw .silence(error)
        }
        do throws(ConnectionError) { try swapped.get() } catch { throw .connection(error) }
        current.withLock { $0 = plan }
        return plan
    }

    private func swap(
        in plan: Plan, _ sources: SourceSet, _ resolver: SettingsResolver
    ) throws(CoreSilence) -> Result<Void, ConnectionError> {
        let unfit = unfit(plan, sources)
        return try onCore { [self] core -> Result<Void, ConnectionError> in
            Result { () throws(ConnectionError) in
                let known = table.hosts.count
                let loaded = try load(plan, sources, resolver)
                // What was opened stays, whatever becomes of this plan: the next one may name it.
                core.addHosts(Array(table.hosts.dropFirst(known)))
                senders.replace(table.senders)
                let settings = try readers.prepare(loaded, resolver: resolver)
                nameRoutes(loaded)
                try readers.run(loaded, settings: settings, unfit: unfit, position: { core.position(of: $0) })
                core.install(loaded)
                core.activate(loaded)
                core.replaceTariffs(plan.tariffs)
                core.generations = readers.generations
            }
        }
    }

    /// Who may use the queue's door from now on, and its certificate as its files have it now.
    /// - Returns: why the certificate stays the old one.
    package func changeDoor(password: [UInt8]?, users: [BrokerUser]) throws(CoreSilence) -> QueueServerError? {
        try onCore { core in
            core.broker?.change(password: password, users: users)
            return core.readCertificateAgain?()
        }
    }

    private func nameRoutes(_ plan: LoadedPlan) {
        for route in plan.routes { conditions.name(route.id, route.plan.name) }
    }

    /// Asks the core, and waits for the answer that follows the turn's commit.
    package func ask<Answer: Sendable>(
        _ make: (@escaping @Sendable (Answer) -> Void) -> Command
    ) throws(CoreSilence) -> Answer {
        let answer = Reply<Answer>()
        coreThread.mailbox.post(make { answer.give($0) })
        return try answer.wait { coreThread.condition.hasEnded }
    }

    private func onCore<Answer: Sendable>(
        _ work: @escaping @Sendable (Core) -> Answer
    ) throws(CoreSilence) -> Answer {
        let answer = Reply<Answer>()
        coreThread.mailbox.post(.run { core in answer.give(work(core)) })
        return try answer.wait { coreThread.condition.hasEnded }
    }

    /// Stops intake, settles what is in flight within the grace time, and returns when everything is closed.
    package func stop(graceMilliseconds: Int64) {
        try? onCore { [self] _ in readers.close() }
        coreThread.drain(graceMilliseconds: graceMilliseconds)
        coreThread.waitUntilEnded()
        senders.close(graceMilliseconds: 0)
    }

    /// Lets the core's thread give credit to readers.
    private final class Grants: @unchecked Sendable {
        // Unchecked: set once before the core's thread starts, used only by it.
        var readers: Readers?
        func give(_ grants: [RouteID: Int]) { if !grants.isEmpty { readers?.grant(grants) } }
    }
}
