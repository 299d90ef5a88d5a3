package import Billing
import Connecting
package import Message
package import Observing
package import Queue
import RouteLanguage
package import Store

/// The one owner of all state. It moves in turns: take up what is ready, decide, commit everything at once, and only
/// then let anything leave. No I/O but the store, no clock, no lock: a turn is a function of its input and the store, so
/// that a whole run can be replayed.
package final class Core {
    let store: any Store
    var rater: Rater
    var random: SplitMix
    var plans: [PlanID: LoadedPlan] = [:]
    /// Routes whose sources are read now.
    var active: [RouteID: (plan: LoadedPlan, route: LoadedRoute)] = [:]

    /// The reader that each route takes batches from.
    package var generations: [RouteID: UInt64] = [:]

    var queues: [QueueID: WorkQueue] = [:]
    var hosts: [Host] = []
    var timers = TimerHeap()
    var inFlight: [UInt64: Work] = [:]
    var nextToken: UInt64 = 1

    var time: TurnTime
    var effects = TurnEffects()
    var log: [Execution.LogLine] = []
    /// How far appended files were written by outcomes of this turn, the furthest last.
    var extents: [ExtentKey: FileExtent] = [:]
    /// Steps that may still be run in this turn, so that no turn is long.
    var budget = 0
    private var limiter = NoticeLimiter()
    var isDraining = false
    var counters = CoreCounters()
    var leftovers: Leftovers?
    /// Retried parts of messages that have ended, by the message's id; nil: not counted since the start.
    var orphans: [String: Int]?
    var expiryCheckedAt = Instant(microseconds: 0)
    static let expiryCheckMicroseconds: Int64 = 10_000_000
    var entryCounts = EntryCounts()
    /// Dead letters of the queues that somebody asked for.
    var deadLetterCounts: [String: Int] = [:]
    /// Batches whose queue takes nothing in for now, in the order they came; their readers wait for credit.
    var held: [ReadBatch] = []
    /// Routes that read jobs, by the queue that they read.
    var jobReaders: [JobReader] = []
    /// What clients of the queue's door add to queues of routes; taken up in this turn.
    var fills: [Fill] = []
    var declaredQueues = DeclaredQueues()
    /// Messages that clients of the queue's door removed, by queue, since the start.
    var purged: [QueueID: UInt64] = [:]
    /// A question from outside of the turn that the store could not answer: the turn is not committed.
    var failure: StoreError?
    /// Jobs that a planted fault removes a turn late.
    var removedLate: [JobNumber] = []
    /// Nothing new is taken up: the disk is nearly full.
    package var isIntakeHeld = false

    private var knownFreeBytes: Int64?
    private var freeBytesReadAt = Instant(microseconds: 0)
    let fault: PlantedFault?
    /// Executes what clients of the queue's door ask; nil: there is no door.
    package let broker: Broker?
    /// What the door counts, for who asks how things are.
    package var doorCounters: (() -> DoorCounters)?
    /// Has the door read its certificate again; says what is wrong with it.
    package var readCertificateAgain: (() -> QueueServerError?)?
    /// Notes which message is in hand, for the case that it crashes the process; nil in simulations.
    let marks: CrashMarks?
    /// Microseconds from a message's reception to the success of a delivery.
    package var latency: Histogram?
    /// A message that traps when its steps run: only the tests of crash marks set one.
    package var trapsOn: String?
    let deadLetterQueue = "dead"

    /// Runs of steps in one turn: about 5 ms.
    package static let runsInATurn = 1_000

    struct Host {
        let connection: String
        let name: String
        var gate = HostGate()
    }

    /// - Parameters:
    ///   - plans: every plan that an entry of the store may refer to, the newest last.
    ///   - hosts: what `Destination.hosts` point into.
    ///   - suspects: messages that crashed the last process.
    package init(
        store: any Store, rater: Rater, plans: [LoadedPlan], hosts: [(connection: String, name: String)], seed: UInt64,
        time: TurnTime, marks: CrashMarks? = nil, suspects: [CrashMarks.Suspect] = [], fault: PlantedFault? = nil,
        broker: Broker? = nil
    ) {
        self.broker = broker
        self.marks = marks
        self.store = store
        self.rater = rater
        self.time = time
        self.fault = fault
        random = SplitMix(seed: seed)
        self.hosts = hosts.map { Host(connection: $0.connection, name: $0.name) }
        for plan in plans { install(plan) }
        if let newest = plans.last { activate(newest) }
        mark(suspects)
        restore()
        broker?.routeQueues = DeclaredQueuesAtDoor(self)
    }

    /// Works everything up, commits, and answers what may leave.
    /// - Parameter serving: executes what clients of the queue's door have sent.
    /// - Throws: `.full` where the disk is full: nothing was lost, call `commitAgain` until it succeeds, before any other turn;
    ///   anything else: exit.
    package func turn(
        _ input: TurnInput, at time: TurnTime, serving: (() -> Void)? = nil
    ) throws(StoreError) -> TurnEffects {
        self.time = time
        counters.turns += 1
        budget = Self.runsInATurn
        if let failure { throw failure }
        try endLeftovers()
        for outcome in input.outcomes { try take(outcome) }
        try wakeDue()
        try endExpired()
        for command in input.commands { try obey(command) }
        try admitBatches(input.batches)
        serving?()
        broker?.endTurn(at: time.now)
        try admitFills()
        try takeJobs()
        try fill()
        for (key, extent) in extents { record(.appended(connection: key.place, extent)) }
        extents.removeAll(keepingCapacity: true)
        return try commitAgain()
    }

    /// Commits what the last turn recorded, as it is.
    package func commitAgain() throws(StoreError) -> TurnEffects {
        if let broker { try broker.commit(at: time.now) } else { try store.commit() }
        for line in log {
            effects.notices.append(Notice(.info, line.text, [.init("step", line.step)]))
        }
        log.removeAll(keepingCapacity: true)
        effects.notices.append(contentsOf: limiter.summaries(at: time.now))
        defer { effects = TurnEffects() }
        return effects
    }

    /// Whether there is work that needs no further input: call another turn at once.
    package var hasWorkNow: Bool {
        !isDraining && hasJobsToTake
            || !isDraining
                && queues.values.contains { queue in
                    queue.hasUnsorted && isHungry(queue)
                        || queue.hosts.contains { queue.waitingCount($0) > 0 && mayTake(queue, $0) }
                }
    }

    /// When the next turn is due without further input.
    package var nextWake: Instant? {
        var wake = timers.next
        if let due = broker?.nextWake { wake = wake.map { min($0, due) } ?? due }
        for queue in queues.values {
            for host in queue.hosts where !queue.isPaused && (queue.hasUnsorted || queue.waitingCount(host) > 0) {
                if let opens = hosts[host.rawValue].gate.opensAt(time.now) {
                    wake = wake.map { min($0, opens) } ?? opens
                }
            }
        }
        return wake
    }

    /// Messages between send and outcome.
    package var inFlightCount: Int { inFlight.count }

    /// Whether the store says of a message that was let out what the core says: its attempt is counted.
    package func hasCounted(_ token: UInt64) -> Bool {
        guard let work = inFlight[token], let stored = store.head(work.id) else { return false }
        return stored.attempt == work.head.attempt && (stored.state == .taken || stored.state == .spent)
    }

    /// Takes nothing up any more; what is in flight is still settled.
    package func drain() { isDraining = true }

    /// Free space for the store, looked at again once a second of turns; nil where it cannot be known.
    func freeBytes() -> Int64? {
        if time.now.microseconds - freeBytesReadAt.microseconds >= 1_000_000 {
            knownFreeBytes = store.freeBytes()
            freeBytesReadAt = time.now
        }
        return knownFreeBytes
    }

    /// Says something about a single message, unless much of its kind was said just now.
    func tell(_ kind: NoticeLimiter.Kind, _ notice: @autoclosure () -> Notice) {
        if limiter.admits(kind, at: time.now) { effects.notices.append(notice()) }
    }

    struct ExtentKey: Hashable {
        let place: String
        let path: String
    }
}
