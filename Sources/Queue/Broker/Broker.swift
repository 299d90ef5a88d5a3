import Message
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

    // MARK: Queues and who waits for them

    let ids: JobIDCipher
    /// Queues that a command or a timer has met; the index knows all.
    var known: [JobQueueID: BrokerQueue] = [:]
    /// Queues with somebody who waits and, perhaps, a job for it.
    var ready: [BrokerQueue] = []
    var deadlines = WaitDeadlines()
    /// Clients that wait.
    package internal(set) var blockedCount = 0
    /// Places in the lines of queues that they take, all together.
    var placesTaken = 0
    static let placesMost = 1_000_000
    var lastTicket: UInt64 = 0
    /// The queues of the GETJOB that is executed; kept for its capacity.
    var asked: [BrokerQueue] = []
    /// Jobs that may still be moved or ended for their time in this turn.
    var dueBudget = Broker.duePerTurn
    /// The last turn left something undone: the next one follows at once.
    var isBehind = false
    /// When this process saw its first command or turn.
    var started: Instant?
    var nextSweep = Instant(microseconds: .min)
    var sweepCursor: UInt32 = 0

    // MARK: Clients

    /// Everybody who is connected, by `BrokerClient.id`.
    package internal(set) var clients: [UInt64: BrokerClient] = [:]

    /// What the commands that look at the server and tune it need.
    var serving = ServingState()

    package init(store: any Store, settings: BrokerSettings, seed: UInt64) {
        self.store = store
        self.settings = settings
        jobs = store.jobs
        ids = JobIDCipher(key: store.jobs.idKey)
        random = SplitMix(seed: seed)
    }

    /// A client has connected; until it says who it is it may do what needs no rights.
    package func connect(_ client: BrokerClient) {
        clients[client.id] = client
        if !settings.asksWhoItIs { client.user = .everybody }
        if client.connected < serving.pausedUntil { hold(client, until: serving.pausedUntil) }
    }

    /// The client is gone: it is never handed a job again.
    package func disconnect(_ client: BrokerClient) {
        clients[client.id] = nil
        endWait(of: client)
        client.lastQueue = nil
    }

    /// Clients whose replies changed without a command of their own (served, timed out, monitors): the server takes them.
    package var woken: [BrokerClient] = []

    /// SHUTDOWN was asked for.
    package internal(set) var isShutdownAsked = false

    // MARK: Space

    static let freeBytesLeast: Int64 = 256 << 20
    var freeBytes: (any Store) -> Int64? = { $0.freeBytes() }
    private var isLow = false
    private var nextLook = Instant(microseconds: .min)

    /// Whether jobs are refused for want of space. Looks at the disk at most once a second.
    func isDiskLow() -> Bool {
        guard time >= nextLook else { return isLow }
        nextLook = time.advanced(by: Microseconds(1_000_000))
        isLow = freeBytes(store).map { $0 < Self.freeBytesLeast } ?? false
        return isLow
    }
}
