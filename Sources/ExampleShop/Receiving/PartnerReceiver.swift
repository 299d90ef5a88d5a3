import Glibc

/// A partner's HTTP endpoint on loopback: one thread over poll, keep-alive, with a log of its own.
///
/// What it answers is asked of `behaviour`, on its thread, with the number of requests before this one.
package final class PartnerReceiver: Sendable {
    package typealias Behaviour = @Sendable (_ request: PartnerRequest, _ count: Int) -> PartnerAnswer

    package let port: UInt16
    package let logPath: String
    /// A pipe: what is written to it wakes the thread.
    private let wake: Int32
    private let shared = ReceiverTally()

    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - keepsRequests: keeps every request in memory, for tests that look at bodies.
    package init(
        logPath: String, port: UInt16 = 0, keepsRequests: Bool = false, behaviour: @escaping Behaviour
    ) throws(ShopError) {
        let (listener, port) = try LoopbackPort.listen(on: port)
        self.port = port
        self.logPath = logPath
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ShopError.system(call: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = ends[1]
        let log = try ReceiverLog(path: logPath)
        let loop = ReceiverLoop(listener: listener, wake: ends[0], log: log, behaviour: behaviour) { [shared] in
            shared.count($0, status: $1, keepsRequests: keepsRequests)
        }
        LoopStart(loop, ended: { [shared] in shared.end() }, isStopping: { [shared] in shared.isStopping }).run()
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many requests were answered with each status.
    package var statuses: [Int: Int] { shared.statuses }

    package var requests: [PartnerRequest] { shared.requests }

    /// Closes all connections; nobody listens afterwards.
    package func stop() {
        shared.stop()
        write(wake, "x", 1)
        while !shared.hasEnded { usleep(1_000) }
    }
}

/// Hands the loop to a thread of its own.
private final class LoopStart: @unchecked Sendable {
    // Unchecked: written here, then used by the one new thread alone.
    private let loop: ReceiverLoop
    private let ended: @Sendable () -> Void
    private let isStopping: @Sendable () -> Bool

    init(_ loop: ReceiverLoop, ended: @escaping @Sendable () -> Void, isStopping: @escaping @Sendable () -> Bool) {
        self.loop = loop
        self.ended = ended
        self.isStopping = isStopping
    }

    func run() {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<LoopStart>.fromOpaque(argument!).takeRetainedValue()
                start.loop.run(until: start.isStopping)
                start.ended()
                return nil
            }, box)
        pthread_detach(thread)
    }
}
