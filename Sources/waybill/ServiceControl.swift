import Engine
import Glibc
import Observing
import Queue
import RouteLanguage
import Synchronization

/// Reloading and stopping a running service, whoever asks: a signal or the admin server.
final class ServiceControl: Sendable {
    private let service: Service
    private let options: ServeOptions
    private let logger: Logger
    /// Held while routes are read, checked and swapped in: one reload at a time.
    private let reloading = Mutex(())
    private let askedGrace = Mutex<Int64?>(nil)

    init(service: Service, options: ServeOptions, logger: Logger) {
        self.service = service
        self.options = options
        self.logger = logger
    }

    /// - Throws: where the routes do not check or cannot be opened; the old ones go on.
    func reload() throws(CommandFailure) -> Plan {
        let result = reloading.withLock { _ in
            Result { () throws(CommandFailure) in try checkAndSwap() }
        }
        do throws(CommandFailure) {
            let plan = try result.get()
            logger.info(
                "reloaded", ["routes": LogValue(plan.routes.count), "plan": LogValue(String(plan.hash.prefix(12)))])
            return plan
        } catch {
            // The drawn diagnostics are for whoever asked; the log has a line for each above.
            let problem = error.problem.prefix { $0 != "\n" }
            logger.error("not reloaded, the old routes go on", ["problem": .text(String(problem))])
            throw error
        }
    }

    private func checkAndSwap() throws(CommandFailure) -> Plan {
        // A folder whose routes have vanished changes nothing, but a queue alone goes on as it is.
        let isQueueAlone = options.disque != nil && service.plan.routes.isEmpty
        let sources = try RouteFolder(path: options.routes).read(canBeEmpty: isQueueAlone)
        let visitors = try options.disque.map { door throws(CommandFailure) in
            try QueueDoor.checkCertificate(door)
            return try QueueDoor.whoMayEnter(door)
        }
        do throws(Service.StartError) {
            let plan = try service.reload(sources, resolver: RunningService.resolver(options))
            if let visitors { change(visitors) }
            return plan
        } catch {
            if case .diagnostics(let diagnostics) = error {
                for line in DiagnosticLines(files: sources.files).errors(diagnostics) { logger.error(line) }
            }
            throw RunningService.failure(error, sources, options)
        }
    }

    private func change(_ visitors: (password: [UInt8]?, users: [BrokerUser])) {
        let problem = try? service.changeDoor(password: visitors.password, users: visitors.users)
        if let problem { logger.error("the queue's door keeps its old certificate: \(problem)") }
    }

    /// The same as TERM, with a grace time of its own.
    func stop(graceMilliseconds: Int64) {
        askedGrace.withLock { $0 = graceMilliseconds }
        kill(getpid(), SIGTERM)
    }

    /// What whoever stopped the service asked for, else what it was started with.
    var graceMilliseconds: Int64 { askedGrace.withLock { $0 } ?? options.graceMilliseconds }
}
