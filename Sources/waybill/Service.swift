import Connecting
import Console
import Dispatch
import Engine
import Foundation
import Glibc
import Message
import Observing
import RouteLanguage
import Store

/// Runs the engine for `waybill serve`, from options to exit code.
enum ServiceRun {
    static func run(_ options: ServeOptions) throws(CommandFailure) -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        let terminal = ServiceTerminal(options)
        let signals = SignalDesk()
        let running = try RunningService(options, logger: terminal.logger)
        defer { running.removeAddress() }
        printReady(admin: running.address, disque: running.doorText, routes: running.routeCount)
        terminal.showProgress(of: running)
        while true {
            switch signals.next() {
            case .reload: running.reload()
            case .stop:
                terminal.endProgress()
                signals.leaveNextToDefault()
                running.stop()
                return .ok
            }
        }
    }

    /// The one line on standard output that says that everything works.
    static func printReady(admin: ConsoleAddress, disque: String, routes: Int) {
        _ = Terminal.writeAll(STDOUT_FILENO, Array("ready admin=\(admin) disque=\(disque) routes=\(routes)\n".utf8))
    }
}

/// The log of the service, and on a terminal the line that shows what flows.
private final class ServiceTerminal {
    let logger: Logger
    private var progress: ProgressLine?

    init(_ options: ServeOptions) {
        var line: ProgressLine?
        logger = Logger.standard(label: "waybill", level: options.logLevel, isColoured: options.isLogColoured) {
            writer in
            guard options.showsProgress else { return writer }
            let made = ProgressLine(writer: writer)
            line = made
            return made
        }
        progress = line
    }

    func showProgress(of service: RunningService) { progress?.start { service.progress() } }
    func endProgress() { progress?.stop() }
}

/// Waits for TERM, INT and HUP. TERM and INT stop; a second one ends the process at once.
private final class SignalDesk: @unchecked Sendable {
    // Unchecked: the sources are kept, and never touched after `init`.
    enum Request { case reload, stop }

    private let queue = DispatchQueue(label: "signals")
    private let arrived = DispatchSemaphore(value: 0)
    private var requests: [Request] = []
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for (number, request) in [(SIGTERM, Request.stop), (SIGINT, .stop), (SIGHUP, .reload)] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in
                requests.append(request)
                arrived.signal()
            }
            source.resume()
            sources.append(source)
        }
    }

    func next() -> Request {
        while true {
            arrived.wait()
            if let request = queue.sync(execute: { requests.isEmpty ? nil : requests.removeFirst() }) { return request }
        }
    }

    /// From here on a second TERM or INT ends the process as the system does.
    func leaveNextToDefault() {
        queue.sync {
            for source in sources { source.cancel() }
            sources = []
        }
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }
}
