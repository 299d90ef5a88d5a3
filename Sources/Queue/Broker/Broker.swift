package import Message
package import Store

/// The state machine behind the queue's door: executes commands of clients against the job index, holds who waits for
/// jobs, and moves jobs when their time comes. No I/O, no clock: the core's thread owns it, executes what clients sent
/// within a turn, calls `endTurn`, commits, and only then lets `replies` out.
package final class Broker {
    package let store: any Store
    package let jobs: any JobIndex
    package var settings: BrokerSettings
    var random: SplitMix
    var time = Instant(microseconds: 0)

    /// The queues that routes declare; nil: there are none.
    package var routeQueues: (any RouteQueues)?

    /// Everybody who is connected, by `BrokerClient.id`.
    package internal(set) var clients: [UInt64: BrokerClient] = [:]

    package init(store: any Store, settings: BrokerSettings, seed: UInt64) {
        self.store = store
        self.settings = settings
        jobs = store.jobs
        random = SplitMix(seed: seed)
    }

    /// A client has connected; until it says who it is it may do what needs no rights.
    package func connect(_ client: BrokerClient) {
        clients[client.id] = client
        if !settings.asksWhoItIs { client.user = .everybody }
    }

    /// The client is gone: it is never handed a job again.
    package func disconnect(_ client: BrokerClient) {
        clients[client.id] = nil
    }

    /// Brings back and ends what is due, serves who waits, answers whose time is over. Once, at the end of each turn.
    package func endTurn(at time: Instant) {
        self.time = time
    }

    /// When `endTurn` is needed next without any command.
    package var nextWake: Instant? { jobs.nextDueTime }

    /// Clients whose replies changed without a command of their own (served, timed out, monitors): the server takes them.
    package var woken: [BrokerClient] = []

    /// SHUTDOWN was asked for.
    package internal(set) var isShutdownAsked = false

    // MARK: Space

    static let freeBytesLeast: Int64 = 256 << 20
    private var isLow = false
    private var nextLook = Instant(microseconds: .min)

    /// Whether jobs are refused for want of space. Looks at the disk at most once a second.
    func isDiskLow() -> Bool {
        guard time >= nextLook else { return isLow }
        nextLook = time.advanced(by: Microseconds(1_000_000))
        isLow = store.freeBytes().map { $0 < Self.freeBytesLeast } ?? false
        return isLow
    }
}
