package import Message
package import Store

extension Broker {
    /// A clock for INFO commandstats, SLOWLOG and LATENCY, in microseconds, that never goes back. Without one every
    /// command takes 0.
    package var monotonicClock: (() -> Int64)? {
        get { serving.clock }
        set { serving.clock = newValue }
    }

    /// Runs a command that may be run: shows it to the monitors, counts it, notes it where it was slow.
    func run(_ command: BrokerCommand, place: Int, _ arguments: Arguments, _ client: BrokerClient) {
        if !serving.monitors.isEmpty { showMonitors(arguments, client) }
        let started = serving.clock?() ?? 0
        command.run(self, arguments, client)
        let taken = serving.clock.map { $0() - started } ?? 0
        serving.statistics.count(place, microseconds: taken)
        if serving.slowLog.threshold <= taken || serving.latency.threshold > 0 {
            note(arguments, taken: Microseconds(taken))
        }
    }

    /// CLIENT REPLY OFF and SKIP. A job cannot be handed out to somebody who wants no reply.
    func performSilently(_ arguments: Arguments, _ client: BrokerClient) {
        if client.session.replyMode == .skipNext { client.session.replyMode = .skip }
        let count = client.replies.count
        if Keyword(arguments[0]) != Self.getJob { perform(arguments, client) }
        guard client.session.replyMode != .on else { return }
        client.replies.bytes.removeLast(client.replies.count - count)
        if client.session.replyMode == .skip { client.session.replyMode = .on }
    }

    private static let getJob = Keyword("getjob")

    private func note(_ arguments: Arguments, taken: Microseconds) {
        if serving.slowLog.isSlow(taken) {
            let words = CommandText.words(of: arguments, wordsMost: 32, bytesMost: 128)
            serving.slowLog.note(words, taken: taken, at: time)
        }
        serving.latency.note("command", taken, at: time)
    }

    /// Commits what the turn recorded, and notes how long its clients waited for that: the event `commit` of LATENCY.
    package func commit(at time: Instant) throws(StoreError) {
        guard serving.latency.threshold > 0, let clock = serving.clock else { return try store.commit() }
        let started = clock()
        try store.commit()
        serving.latency.note("commit", Microseconds(clock() - started), at: time)
    }

    /// About once a second: what the broker cannot see by itself. Who was idle for too long is marked as killed.
    package func take(_ facts: ServerFacts, at time: Instant) {
        self.time = time
        let seconds = Double(time.duration(since: serving.lastFacts).count) / 1_000_000
        let commands = serving.statistics.calls
        if seconds > 0, serving.lastFacts.microseconds > 0 {
            serving.rates = ServingState.Rates(
                commands: Double(commands &- min(commands, serving.lastCommands)) / seconds,
                inputBytes: Double(facts.inputBytes &- serving.facts.inputBytes) / seconds,
                outputBytes: Double(facts.outputBytes &- serving.facts.outputBytes) / seconds)
        }
        serving.facts = facts
        serving.lastFacts = time
        serving.lastCommands = commands
        killIdle()
    }

    private func killIdle() {
        guard settings.idleSecondsMost > 0 else { return }
        let limit = Microseconds(Int64(settings.idleSecondsMost) * 1_000_000)
        for client in clients.values where !client.isMonitor {
            if client.isBlocked {
                client.session.lastWaiting = time
            } else if time.duration(since: max(client.lastActive, client.session.lastWaiting)) > limit {
                kill(client)
            }
        }
    }

    /// The server closes the connection without a further reply.
    func kill(_ client: BrokerClient) {
        client.isKilled = true
        woken.append(client)
    }
}
