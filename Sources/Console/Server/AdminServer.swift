import CMicroHTTPD
import Glibc
package import Observing
import Synchronization

/// The admin server: the gate at the door, libmicrohttpd for bodies and answers, workers for what may wait. Owns the
/// library's daemon.
package final class AdminServer: @unchecked Sendable {
    // `daemon`, `thread` and `isRunning` are written in `init`, before other threads see this object, and given up once
    // in `stop`.
    private var daemon: OpaquePointer?
    private var thread = pthread_t()
    private var isRunning = false
    private let isStopped = Atomic<Bool>(false)
    private var gateOrNil: Gate?
    private var gate: Gate {
        guard let gateOrNil else { preconditionFailure("the gate stands from the start on") }
        return gateOrNil
    }

    private let workers: CommandWorkers
    private let settings: ServerSettings
    private var deskOrNil: RequestDesk?
    private var desk: RequestDesk {
        guard let deskOrNil else { preconditionFailure("the desk stands from the start on") }
        return deskOrNil
    }

    /// Where it listens: with the port that was free, where 0 was asked for.
    package var address: ConsoleAddress { gate.address }

    /// Listens when it returns.
    /// - Throws: an address that is not loopback, or that cannot be listened on.
    package init(
        _ address: ConsoleAddress, token: AdminToken, backend: any ConsoleBackend, logger: Logger,
        settings: ServerSettings = ServerSettings()
    ) throws(AdminFileError) {
        guard address.isLoopback else { throw Self.notLoopback(address) }
        self.settings = settings
        workers = CommandWorkers(count: settings.workers, capacity: settings.waitingCommands)
        let entry = Entry()
        gateOrNil = try Gate(address, settings: settings) { descriptor, exchange in
            entry.server?.takeOver(descriptor, exchange)
        }
        deskOrNil = RequestDesk(
            backend: backend, policy: AccessPolicy(token: token, address: gate.address),
            badTokensPerMinute: settings.badTokensPerMinute, logger: logger)
        entry.set(self)
        try startThreads()
    }

    private static func notLoopback(_ address: ConsoleAddress) -> AdminFileError {
        AdminFileError(
            problem:
                "the admin server does not listen on \(address): it speaks no TLS, and its token would be readable",
            remedy: "use --admin 127.0.0.1:PORT and put a TLS proxy (nginx) in front of it")
    }

    private func startThreads() throws(AdminFileError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        daemon = waybill_mhd_start(
            handleRequest, requestCompleted, connectionChanged, context, UInt32(clamping: settings.connections),
            settings.limits.headBytes * 2 + 32_768)
        guard daemon != nil, pthread_create(&thread, nil, gateThread, Unmanaged.passRetained(gate).toOpaque()) == 0
        else { throw AdminFileError(problem: "the admin server cannot start", remedy: "look at the limits (ulimit)") }
        isRunning = true
    }

    /// Closes the door, lets running commands finish and their answers leave, and ends the threads. Call it once the
    /// backend can still answer.
    package func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        guard isRunning else {
            // The start failed half-way.
            workers.stop()
            if daemon != nil { MHD_stop_daemon(daemon) }
            return
        }
        gate.stop()
        pthread_join(thread, nil)
        workers.stop()
        let deadline = MonotonicClock.milliseconds() + 1_000
        while gate.connectionCount > 0, MonotonicClock.milliseconds() < deadline { usleep(1_000) }
        MHD_stop_daemon(daemon)
        daemon = nil
    }

    deinit { stop() }
}

/// Breaks the circle of gate and server: the gate is made first.
private final class Entry: Sendable {
    private let reference = Mutex<Weak>(Weak())
    private struct Weak { weak var server: AdminServer? }
    var server: AdminServer? { reference.withLock { $0.server } }
    func set(_ server: AdminServer) { reference.withLock { $0.server = server } }
}

// MARK: - Requests

extension AdminServer {
    fileprivate func takeOver(_ descriptor: Int32, _ exchange: Exchange) {
        let code = exchange.peer.withSocketAddress { MHD_add_connection(daemon, descriptor, $0, $1) }
        if code != .YES { gate.forget(descriptor) }
    }

    fileprivate func exchange(of connection: OpaquePointer) -> Exchange? {
        descriptor(of: connection).flatMap { gate.exchange($0) }
    }

    fileprivate func descriptor(of connection: OpaquePointer) -> Int32? {
        waybill_mhd_descriptor(connection) >= 0 ? waybill_mhd_descriptor(connection) : nil
    }

    fileprivate func connectionEnds(_ connection: OpaquePointer) {
        if let descriptor = descriptor(of: connection) { gate.forget(descriptor) }
    }

    /// The head is there; the body, if any, is not.
    fileprivate func begin(_ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
        do throws(Refusal) {
            exchange.request = try desk.admit(
                exchange.head, from: exchange.peer, atMilliseconds: MonotonicClock.milliseconds())
            return .YES
        } catch {
            return send(Answer(error), for: exchange, on: connection)
        }
    }

    /// Everything is there.
    fileprivate func finish(_ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
        guard let request = exchange.request else { return .NO }
        if let answer = exchange.answer ?? desk.immediateAnswer(request) {
            return send(answer, for: exchange, on: connection)
        }
        // The answer's deadline begins when there is an answer; until then the backend answers for the time.
        exchange.deadlineMilliseconds = .max
        MHD_suspend_connection(connection)
        let handle = ConnectionHandle(connection)
        let isTaken = workers.run { [desk] in
            exchange.answer = desk.answer(request, body: exchange.body)
            MHD_resume_connection(handle.connection)
        }
        if !isTaken {
            exchange.answer = Answer(ConsoleError.unavailable("the service is busy or stopping"))
            MHD_resume_connection(connection)
        }
        return .YES
    }

    private func send(_ answer: Answer, for exchange: Exchange, on connection: OpaquePointer) -> MHD_Result {
        exchange.deadlineMilliseconds = MonotonicClock.milliseconds() + settings.answerMilliseconds
        var body = answer.body
        let response = MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY)
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", answer.contentType)
        for header in Answer.securityHeaders + answer.headers {
            MHD_add_response_header(response, header.name, header.value)
        }
        return MHD_queue_response(connection, UInt32(clamping: answer.status), response)
    }
}

/// A suspended connection: the library leaves it alone until it is resumed, so another thread may hold it.
private struct ConnectionHandle: @unchecked Sendable {
    let connection: OpaquePointer
    init(_ connection: OpaquePointer) { self.connection = connection }
}

// MARK: - What C calls, in its own threads

private func server(_ context: UnsafeMutableRawPointer?) -> AdminServer? {
    context.map { Unmanaged<AdminServer>.fromOpaque($0).takeUnretainedValue() }
}

private func gateThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Gate>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

/// Called once with the head, once for each part of the body, and once when all is there or the answer is.
private func handleRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let server = server(context), let connection, let uploadSize, let slot else { return .NO }
    guard let held = slot.pointee else {
        guard let exchange = server.exchange(of: connection) else { return .NO }
        slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return server.begin(exchange, connection)
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    guard uploadSize.pointee > 0 else { return server.finish(exchange, connection) }
    let bytes = UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee)
    uploadSize.pointee = 0
    return exchange.append(bytes) ? .YES : .NO
}

private func requestCompleted(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
    guard let held = slot?.pointee else { return }
    slot?.pointee = nil
    Unmanaged<Exchange>.fromOpaque(held).release()
}

private func connectionChanged(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ change: MHD_ConnectionNotificationCode
) {
    guard change == .CONNECTION_NOTIFY_CLOSED, let connection else { return }
    server(context)?.connectionEnds(connection)
}
