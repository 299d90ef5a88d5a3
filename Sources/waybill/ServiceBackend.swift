import Connecting
import Console
import Engine
import Glibc
import Message
import Observing
import Queue
import RouteLanguage
import Store
import Synchronization

/// What the admin server asks of the running engine. Commands that only read use a read-only connection of their own;
/// the rest goes through the core's turn.
final class ServiceBackend: ConsoleBackend {
    private let service: Service
    private let control: ServiceControl
    private let options: ServeOptions
    private let latency: Histogram
    private let doorText: String
    private let logger: Logger
    private let startedAt = Instant.wallClock()

    init(
        service: Service, control: ServiceControl, options: ServeOptions, latency: Histogram, doorText: String,
        logger: Logger
    ) {
        self.doorText = doorText
        self.service = service
        self.control = control
        self.options = options
        self.latency = latency
        self.logger = logger
    }

    // MARK: Health

    func health() -> Health {
        let condition = service.coreThread.condition
        if condition.hasEnded { return Health(problem: "the core has ended") }
        if condition.isDiskFull {
            return Health(problem: "the disk is full: nothing is acknowledged until there is space")
        }
        return Health()
    }

    func readiness() -> Readiness {
        let condition = service.coreThread.condition
        var problems: [String] = []
        var notes: [String] = []
        if condition.isDraining { problems.append("draining: it is being stopped") }
        if condition.isDiskFull { problems.append("the disk is full") }
        if condition.isIntakeHeld { problems.append("less than 256 MB free: no new rows are taken up") }
        for (route, source) in service.sourceConditions.sorted(by: { $0.key < $1.key }) {
            switch source.state {
            case .starting: problems.append("route \(route): its source is starting")
            case .reading, .idle: notes.append(contentsOf: Self.notes(on: source).map { "route \(route): \($0)" })
            case .away(let reason), .refused(let reason): problems.append("route \(route): \(reason)")
            }
        }
        return Readiness(problems: problems, notes: notes)
    }

    static func notes(on source: SourceCondition) -> [String] {
        var notes: [String] = []
        if !source.seesTransactions {
            notes.append(
                "its gaps close by age (1 h), because open transactions cannot be seen: "
                    + "write GRANT PROCESS ON *.* to its user, and read from the primary")
        }
        if source.gapsForgotten > 0 {
            notes.append(
                "\(source.gapsForgotten) gaps were given up because too many were open: the hourly sweep looks there")
        }
        return notes
    }

    // MARK: Commands

    func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
        switch command {
        case .status: return try status()
        case .deadList(let route, let after, let limit):
            return try stored().deadList(route: route, after: after, limit: limit)
        case .deadShow(let id): return try stored().deadShow(id)
        case .deadRetry(let retry): return try self.retry(retry)
        case .audit(let limit, let format): return try stored().audit(limit: limit, format: format)
        case .conflicts(let route, let after, let limit):
            return try stored().conflicts(route: route, after: after, limit: limit)
        case .billReport(let customer, let period, let format):
            return try stored().billReport(customer: customer, period: period, format: format)
        case .reload: return try reload()
        case .stop(let grace): return stop(graceMilliseconds: grace)
        }
    }

    private func stored() throws(ConsoleError) -> StoredAnswers {
        StoredAnswers(reader: try reader(), tariffs: service.plan.tariffs, now: .wallClock())
    }

    private func reader() throws(ConsoleError) -> StoreReader {
        do throws(StoreError) { return try StoreReader(folder: options.data) } catch { throw .failed("\(error)") }
    }

    private func ask<Answer: Sendable>(
        _ make: (@escaping @Sendable (Answer) -> Void) -> Engine.Command
    ) throws(ConsoleError) -> Answer {
        do throws(CoreSilence) { return try service.ask(make) } catch { throw .unavailable("\(error)") }
    }

    private func status() throws(ConsoleError) -> [UInt8] {
        let picture: CoreSnapshot = try ask { Engine.Command.snapshot(reply: $0) }
        let conditions = service.sourceConditions
        var report = StatusReport(
            state: service.coreThread.condition.isDraining ? .draining : .running, version: Version.current,
            plan: service.plan.hash, startedAt: startedAt, asOf: .wallClock())
        do throws(StoreError) {
            let reader = try reader(StoreReader.self)
            report.deadLetters = try reader.deadLetterCount()
        } catch {
            throw .failed("\(error)")
        }
        report.billed = picture.billed
        report.unpriced = picture.counters.unpriced
        report.routes = picture.routes.map { route in
            if let queue = route.queue {
                return StatusReport.Route(
                    name: route.name, seen: route.account.seen, words: StoredAnswers.words(route.account),
                    position: "\(queue.waiting) waiting", source: "queue \(queue.name)", gapsOpen: nil)
            }
            let source = conditions[route.name]
            return StatusReport.Route(
                name: route.name, seen: route.account.seen, words: StoredAnswers.words(route.account),
                position: source?.positionText ?? "", source: source.map { Self.word($0.state) },
                gapsOpen: source.map { Int64($0.gapsOpen) })
        }
        report.queues = picture.queues.map { queue in
            StatusReport.Queue(
                name: queue.name, waiting: Int64(queue.waiting), inFlight: Int64(queue.inFlight),
                delayed: Int64(queue.delayed), parked: Int64(queue.parked))
        }
        report.door = picture.door.map { StatusReport.Door($0, address: doorText) }
        report.receivers = picture.hosts.map { host in
            StatusReport.Receiver(
                connection: host.connection, host: host.name, inFlight: Int64(host.inFlight),
                waiting: Int64(host.waiting), isCutOff: host.isCutOff)
        }
        return report.json()
    }

    private func reader(_ type: StoreReader.Type) throws(StoreError) -> StoreReader {
        try StoreReader(folder: options.data)
    }

    private func retry(_ retry: DeadRetry) throws(ConsoleError) -> [UInt8] {
        let selection: DeadLetterRetry.Selection =
            switch retry.selection {
            case .ids(let ids): .ids(ids)
            case .route(let route): .all(route: route)
            case .all: .all(route: nil)
            }
        let answer: DeadLetterRetry.Answer = try ask { reply in
            Engine.Command.retryDead(
                DeadLetterRetry(
                    selection: selection, force: retry.force, latest: retry.latest, dryRun: retry.dryRun, who: "admin"),
                reply: reply)
        }
        return JSONObject([
            ("count", Value(answer.retried.count)),
            ("retried", .list(answer.retried.map { Value($0) })),
            (
                "repeats",
                .list(
                    answer.repeats.sorted { $0.key < $1.key }.map { id, count in
                        JSONObject([("id", Value(id)), ("deliveries", Value(count))]).value
                    })
            ),
            (
                "refused",
                .list(
                    answer.refused.map { refusal in
                        JSONObject([("id", Value(refusal.id)), ("reason", .text(refusal.reason))]).value
                    })
            ),
            ("dry_run", .bool(retry.dryRun)),
        ]).line()
    }

    private func reload() throws(ConsoleError) -> [UInt8] {
        if service.coreThread.condition.isDraining { throw .refused("the service is stopping") }
        do throws(CommandFailure) {
            let plan = try control.reload()
            return JSONObject([("routes", Value(plan.routes.count)), ("plan", .text(plan.hash))]).line()
        } catch {
            throw .refused("not reloaded, the old routes go on: \(error)")
        }
    }

    private func stop(graceMilliseconds: Int64) -> [UInt8] {
        control.stop(graceMilliseconds: graceMilliseconds)
        return JSONObject([("accepted", .bool(true))]).line()
    }

    // MARK: Metrics

    func metrics() -> String {
        let registry = MetricsRegistry()
        let answer: CoreSnapshot? = try? service.ask { Engine.Command.snapshot(reply: $0) }
        registry.gauge("waybill_up", "Whether the core answers.").set(answer == nil ? 0 : 1)
        guard let picture = answer else { return registry.render() }
        for route in picture.routes { Self.add(route, to: registry) }
        for (route, source) in service.sourceConditions {
            registry.gauge(
                "waybill_source_gaps_open", "Gaps that a late commit may still fill.", labels: [("route", route)]
            )
            .set(Int64(source.gapsOpen))
            registry.gauge("waybill_source_up", "Whether the route's source can be read.", labels: [("route", route)])
                .set(Self.isUp(source.state) ? 1 : 0)
            registry.counter(
                "waybill_source_gaps_forgotten_total",
                "Gaps given up because too many were open: only the sweep finds what commits in them late.",
                labels: [("route", route)]
            )
            .increment(by: source.gapsForgotten)
        }
        for queue in picture.queues { Self.add(queue, to: registry) }
        for host in picture.hosts { Self.add(host, to: registry) }
        Self.add(picture.counters, to: registry)
        if let door = picture.door { DoorMetrics.add(door, to: registry) }
        registry.gauge("waybill_entries", "Messages in the queues, parts of messages included.").set(
            Int64(picture.entries))
        registry.counter("waybill_ledger_records_total", "Records in the ledger.").increment(
            by: UInt64(clamping: picture.billed))
        registry.adopt("waybill_delivery_latency_seconds", "From reading a row to the success of a delivery.", latency)
        return registry.render()
    }

    private static func isUp(_ state: SourceCondition.State) -> Bool {
        switch state {
        case .reading, .idle: true
        case .starting, .away, .refused: false
        }
    }

    private static func add(_ route: CoreSnapshot.Route, to registry: MetricsRegistry) {
        registry.counter("waybill_messages_seen_total", "Rows that were read.", labels: [("route", route.name)])
            .increment(by: UInt64(clamping: route.account.seen))
        for word in FinalWord.allCases {
            registry.gauge(
                "waybill_messages", "Messages by their final word.",
                labels: [("route", route.name), ("word", "\(word)")]
            ).set(route.account.words[word] ?? 0)
        }
        registry.gauge(
            "waybill_messages", "Messages by their final word.", labels: [("route", route.name), ("word", "waiting")]
        ).set(route.account.waiting)
    }

    private static func add(_ queue: CoreSnapshot.Queue, to registry: MetricsRegistry) {
        let states = [
            ("waiting", queue.waiting), ("in-flight", queue.inFlight), ("delayed", queue.delayed),
            ("parked", queue.parked),
        ]
        for (state, count) in states {
            registry.gauge(
                "waybill_queue_entries", "Entries of a queue by state.",
                labels: [("queue", queue.name), ("state", state)]
            ).set(Int64(count))
        }
    }

    private static func add(_ host: CoreSnapshot.Host, to registry: MetricsRegistry) {
        let labels = [("connection", host.connection), ("host", host.name)]
        registry.gauge("waybill_host_in_flight", "Requests between send and outcome.", labels: labels)
            .set(Int64(host.inFlight))
        registry.gauge("waybill_host_waiting", "Messages that wait for the host.", labels: labels).set(
            Int64(host.waiting))
        registry.gauge("waybill_host_cut_off", "1 while the host is cut off after failures.", labels: labels)
            .set(host.isCutOff ? 1 : 0)
    }

    private static func add(_ counters: CoreCounters, to registry: MetricsRegistry) {
        let counts = [
            ("turns", "Turns of the core.", counters.turns), ("sends", "Attempts that were sent.", counters.sends),
            ("delivery_successes", "Attempts that succeeded.", counters.successes),
            ("delivery_failures", "Attempts that failed.", counters.failures),
            (
                "unknown_outcomes", "Failures after which the receiver may have worked the request.",
                counters.unknownOutcomes
            ),
            ("retries", "Attempts that will be repeated.", counters.retries),
            ("unpriced_deliveries", "Deliveries that no tariff priced.", counters.unpriced),
        ]
        for (name, help, count) in counts {
            registry.counter("waybill_\(name)_total", help).increment(by: UInt64(clamping: count))
        }
    }

    private static func word(_ state: SourceCondition.State) -> String {
        switch state {
        case .starting: "starting"
        case .reading: "reading"
        case .idle: "idle"
        case .away(let reason): "away: \(reason)"
        case .refused(let reason): "refused: \(reason)"
        }
    }
}
