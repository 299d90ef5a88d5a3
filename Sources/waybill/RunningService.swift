import Connecting
import Console
import Engine
import Foundation
import Message
import Observing
import Queue
import RouteLanguage
import Store

/// The engine with its admin server, from one data folder.
final class RunningService: Sendable {
    let address: ConsoleAddress
    /// Where the queue's door is: an address, a path, or `off`.
    let doorText: String
    private let options: ServeOptions
    private let service: Service
    private let server: AdminServer
    private let logger: Logger
    private let control: ServiceControl

    /// Starts everything; when it returns the routes are being worked. The data folder is held and the admin address
    /// bound before the engine works its first message.
    init(_ options: ServeOptions, logger: Logger) throws(CommandFailure) {
        self.options = options
        self.logger = logger
        let latency = Histogram(bounds: Histogram.latencyBounds, perUnit: Histogram.microsecondsPerSecond)
        let sources = try RouteFolder(path: options.routes).read(canBeEmpty: options.disque != nil)
        let parts = try Self.openParts(options, sources)
        let door = BackendDoor()
        server = try Self.listen(options, backend: door, logger: logger)
        address = server.address
        do throws(CommandFailure) {
            let queueDoor = try options.disque.map { door throws(CommandFailure) in try QueueDoor(door, logger: logger)
            }
            doorText = queueDoor?.text ?? "off"
            service = try Self.startEngine(parts, options, sources, queueDoor, latency: latency, logger: logger)
        } catch {
            server.stop()
            throw error
        }
        control = ServiceControl(service: service, options: options, logger: logger)
        door.open(
            ServiceBackend(
                service: service, control: control, options: options, latency: latency, doorText: doorText,
                logger: logger))
        try Self.adminFiles { () throws(AdminFileError) in
            try AdminAddressFile.write(server.address, folder: options.data)
        }
        for route in service.plan.routes {
            guard let request = route.source.request else {
                announceQueue(of: route)
                continue
            }
            logger.info(
                "reading",
                [
                    "route": LogValue(route.name), "table": LogValue(request.table),
                    "start": LogValue(Self.start(request)),
                ])
        }
    }

    private func announceQueue(of route: RoutePlan) {
        let fields: LogFields = ["route": LogValue(route.name), "queue": LogValue(route.source.queue ?? "")]
        logger.info("reading", fields)
        if !hasQueueDoor {
            logger.warning("nobody can add jobs to the queue that this route reads: serve it with --disque", fields)
        }
    }

    /// Whether programs can reach the queues.
    private var hasQueueDoor: Bool { options.disque != nil }

    private static func start(_ request: SourceRequest) -> String {
        switch request.start {
        case .first: "from the first row"
        case .now: "rows from now on"
        case .after(let id): "after \(id)"
        }
    }

    private static func listen(
        _ options: ServeOptions, backend: any ConsoleBackend, logger: Logger
    ) throws(CommandFailure) -> AdminServer {
        try adminFiles { () throws(AdminFileError) in
            let token = try AdminToken.load(folder: options.data)
            return try AdminServer(options.admin, token: token, backend: backend, logger: logger.labelled("admin"))
        }
    }

    private static func adminFiles<Result>(
        _ body: () throws(AdminFileError) -> Result
    ) throws(CommandFailure) -> Result {
        do throws(AdminFileError) { return try body() } catch {
            throw CommandFailure(.badConfiguration, error.problem, error.remedy)
        }
    }

    private static func startEngine(
        _ parts: Parts, _ options: ServeOptions, _ sources: SourceSet, _ door: QueueDoor?, latency: Histogram,
        logger: Logger
    ) throws(CommandFailure) -> Service {
        do throws(Service.StartError) {
            return try Service(
                sources: sources, store: parts.store,
                catalogue: Service.Catalogue(
                    descriptors: Connectors.descriptors, sources: Connectors.sources,
                    destinations: Connectors.destinations),
                resolver: resolver(options), crashMarks: parts.crashMarks, seed: UInt64.random(in: .min ... .max),
                latency: latency, trapsOn: options.environment["WAYBILL_TEST_TRAP_ON_MESSAGE"],
                door: door.map { ($0.server, $0.settings) },
                unfit: { plan, sources in
                    LiveSchema.unfit(plan, sources, resolver: resolver(options), logger: logger)
                },
                notice: { notice in logger.log(notice) }, stopAsked: { kill(getpid(), SIGTERM) })
        } catch {
            throw failure(error, sources, options)
        }
    }

    private struct Parts {
        let store: SQLiteStore
        let crashMarks: (marks: CrashMarks, suspects: [CrashMarks.Suspect])
    }

    private static func openParts(
        _ options: ServeOptions, _ sources: SourceSet
    ) throws(CommandFailure) -> Parts {
        do throws(StoreError) {
            let store = try SQLiteStore(folder: options.data)
            return Parts(store: store, crashMarks: try CrashMarks.open(path: options.data + "/crash.marks"))
        } catch {
            if case .failed = error {
                throw CommandFailure(
                    .badConfiguration, "the data folder \(options.data) cannot be used: \(error)",
                    "give another --data, or this one to the user that runs waybill")
            }
            throw failure(.store(error), sources, options)
        }
    }

    static func resolver(_ options: ServeOptions) -> SettingsResolver {
        SettingsResolver(environment: options.environment, folder: options.routes) { SecretFile.text($0) }
    }

    static func failure(
        _ error: Service.StartError, _ sources: SourceSet, _ options: ServeOptions
    ) -> CommandFailure {
        switch error {
        case .diagnostics(let diagnostics):
            let text = DiagnosticRenderer(files: sources.files).render(diagnostics)
            return CommandFailure(.badConfiguration, "the routes do not check\n\n\(text)")
        case .connection(let error):
            return CommandFailure(.badConfiguration, "connection `\(error.connection)`: \(error.problem)", error.remedy)
        case .store(.held(let folder, let holder)):
            return CommandFailure(
                .tryAgain, "\(folder) is in use by \(holder)", "stop it first, or give another --data")
        case .store(let error): return CommandFailure(.failed, "\(error)")
        case .keptPlan: return CommandFailure(.badConfiguration, "\(error)")
        case .silence(let silence): return CommandFailure(.tryAgain, "\(silence)")
        }
    }

    var routeCount: Int { service.plan.routes.count }

    func progress() -> ProgressSnapshot {
        var line = ProgressSnapshot(seen: 0, delivered: 0, dead: 0, waiting: 0)
        let answer: CoreSnapshot? = try? service.ask { Engine.Command.snapshot(reply: $0) }
        guard let picture = answer else { return line }
        for route in picture.routes {
            line.seen += route.account.seen
            line.delivered += route.account.words[.delivered] ?? 0
            line.dead += route.account.words[.dead] ?? 0
            line.waiting += route.account.waiting
        }
        return line
    }

    /// HUP: what does not check changes nothing.
    func reload() { _ = try? control.reload() }

    func stop() {
        logger.info("stopping: what is in flight is finished")
        service.stop(graceMilliseconds: control.graceMilliseconds)
        server.stop()
        logger.info("stopped")
        logger.flush()
    }

    func removeAddress() { AdminAddressFile.remove(folder: options.data) }
}

extension Logger {
    /// A notice of the core, as an event with its fields.
    fileprivate func log(_ notice: Notice) {
        let level: LogLevel =
            switch notice.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        log(level, notice.text, fields: notice.fields.map { ($0.name, LogValue($0.value)) })
    }
}
