import Message

/// What the broker keeps for the commands that look at the server and tune it.
struct ServingState {
    /// Microseconds of a clock that never goes back; nil: everything takes 0.
    var clock: (() -> Int64)?
    var facts = ServerFacts()
    /// The facts' counters when CONFIG RESETSTAT was last sent: what INFO subtracts.
    var factsAtReset = ServerFacts()
    var rates = Rates()
    /// When the facts came, and how many commands had been executed then.
    var lastFacts = Instant(microseconds: 0)
    var lastCommands: UInt64 = 0
    var statistics = CommandStatistics()
    var slowLog = SlowLog()
    var latency = LatencyLog()
    /// Clients that see every command; those who are gone leave when it is next used.
    var monitors: [BrokerClient] = []
    /// Clients whose commands wait: DEBUG SLEEP, CLIENT PAUSE.
    var held: [BrokerClient] = []
    /// When the first of them goes on.
    var nextRelease: Instant?
    /// CLIENT PAUSE: who connects until then waits, too.
    var pausedUntil = Instant(microseconds: .min)

    /// Per second, between the last two facts.
    struct Rates {
        var commands = 0.0
        var inputBytes = 0.0
        var outputBytes = 0.0
    }

    var connectionsAccepted: UInt64 { facts.connectionsAccepted &- factsAtReset.connectionsAccepted }
    var connectionsRejected: UInt64 { facts.connectionsRejected &- factsAtReset.connectionsRejected }
    var inputBytes: UInt64 { facts.inputBytes &- factsAtReset.inputBytes }
    var outputBytes: UInt64 { facts.outputBytes &- factsAtReset.outputBytes }

    /// CONFIG RESETSTAT.
    mutating func resetStatistics() {
        statistics.reset()
        lastCommands = 0
        factsAtReset = facts
    }
}
