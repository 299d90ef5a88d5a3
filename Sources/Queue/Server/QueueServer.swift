import Glibc
package import Message

/// The queue's door: sockets of clients that speak Disque's protocol, read and written in the core's thread as parts of
/// its turn. `note` takes what the kernel says is ready, `serve` reads and executes, `flush` sends what the turn's commit
/// has made true. Nothing is sent between `serve` and the commit.
package final class QueueServer {
    let settings: QueueServerSettings
    private(set) var encryption: EncryptionContext?
    private(set) var listeners: [ListeningSocket]
    private(set) var poll: EventPoll?
    private(set) var broker: Broker?

    /// By descriptor.
    var connections: [QueueConnection?] = []
    /// Those with something to execute in the next turn, of whom nothing was executed since they sent it.
    var ready: [QueueConnection] = []
    /// Those who sent more than one turn takes up: they go on behind `ready`.
    var greedy: [QueueConnection] = []
    /// The last turn had no time for `greedy`.
    private var owesGreedy = false
    /// Microseconds of a clock that never goes back: bounds the turn.
    var clock: () -> Int64 = { ServerFacts.clock(CLOCK_MONOTONIC) }
    /// Those whose replies go out after the commit.
    var sending: [QueueConnection] = []
    package internal(set) var counters = DoorCounters()
    var facts: ServerFacts
    var time = Instant(microseconds: 0)
    var nextLook = Instant(microseconds: .min)
    /// A listener has connections to accept.
    var hasVisitors = false
    /// No descriptor was left for a connection: accepted again after the next look.
    var isAcceptHeld = false
    var nextClient: UInt64 = 1
    /// Bytes of half-sent requests of all connections.
    var heldInput = 0
    /// Bytes of replies that a socket had no room for, of all connections.
    var heldOutput = 0
    private(set) var isDraining = false
    private var drainEnds = Instant.never

    /// Where every connection is read to: only what is left over is kept.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    /// The words of the command in hand.
    var words: RequestParser.Words = []

    private let possibleConnections: Int

    /// Binds and listens; clients that connect wait until `open`.
    /// - Parameter connectionsMost: so many descriptors are asked of the system.
    package init(_ settings: QueueServerSettings, connectionsMost: Int) throws(QueueServerError) {
        self.settings = settings
        encryption = try settings.encryption.map { value throws(QueueServerError) in try EncryptionContext(value) }
        listeners = []
        facts = ServerFacts(ofThisProcessStartedAt: Instant(microseconds: ServerFacts.clock(CLOCK_REALTIME)))
        let spare = 256
        possibleConnections = max(16, OpenFiles.raise(to: connectionsMost + spare) - spare)
        if let address = settings.address { listeners.append(try .internet(address)) }
        if let path = settings.socketPath { listeners.append(try .unix(path)) }
    }

    deinit { scratch.deallocate() }

    /// What TCP is bound to, with the port that was taken.
    package var address: DoorAddress? { listeners.compactMap(\.address).first }

    /// Fewer than were asked for where the system gives no more descriptors.
    package func connectionsMost(of wanted: Int) -> Int { min(wanted, possibleConnections) }

    /// From here on everything happens in the thread that calls.
    package func open(_ broker: Broker, in poll: EventPoll) {
        self.broker = broker
        self.poll = poll
        broker.monotonicClock = { ServerFacts.clock() }
        for listener in listeners { _ = poll.watch(listener.descriptor, for: .readable, .level) }
    }

    /// Whether files can be used, before a running door is told to.
    package static func check(_ settings: EncryptionSettings) throws(QueueServerError) {
        _ = try EncryptionContext(settings)
    }

    /// Reads its certificate, key and authorities again: for connections from now on. What cannot be used changes nothing.
    package func readCertificateAgain() throws(QueueServerError) {
        guard let files = settings.encryption else { return }
        encryption = try EncryptionContext(files)
    }

    // MARK: The turn

    /// Takes up what the kernel says of a descriptor. A client that is gone while it waits for jobs is forgotten at once.
    package func note(_ descriptor: Int32, _ readiness: EventPoll.Readiness) {
        guard let connection = connection(descriptor) else {
            if listeners.contains(where: { $0.descriptor == descriptor }) { hasVisitors = true }
            return
        }
        if connection.watchesWriting, !readiness.isDisjoint(with: [.writable, .hungUp]) { willSend(connection) }
        if readiness.contains(.hungUp) {
            connection.hasHungUp = true
            if connection.client.isBlocked { return drop(connection) }
        }
        // A handshake may have waited for room to write before it could read on.
        let maySayMore = connection.session?.isEstablished == false
        if readiness.contains(.readable) || readiness.contains(.hungUp) || maySayMore {
            connection.isReadable = true
            if connection.isOpen { isReady(connection) }
        }
    }

    /// Whether there is something to execute that no event will tell of.
    package var hasWorkNow: Bool { !ready.isEmpty || !greedy.isEmpty }

    /// Accepts, reads and executes what is ready, each client so much that all get their turn, for a few milliseconds.
    /// `Broker.endTurn`, the commit and `flush` follow.
    package func serve(at time: Instant) {
        self.time = time
        guard let broker, !isDraining else { return endDrainInTime() }
        if time >= nextLook { lookAround() }
        if hasVisitors { accept(broker) }
        guard hasWorkNow else { return }
        let before = counters.commands
        execute(broker)
        // Who hung up before one of these commands was sent must not be handed a job by it.
        if counters.blocked > 0, counters.commands > before { poll?.wait(milliseconds: 0) { note($0, $1) } }
    }

    /// Who asks for little does not wait for those who ask for much, and the other way round not for ever.
    private func execute(_ broker: Broker) {
        var room = TurnRoom(
            commands: settings.commandsInATurn, bytes: settings.bytesInATurn,
            ends: clock() + settings.microsecondsInATurn)
        let all = settings.clientCommandsInATurn
        let wentFirst = owesGreedy && !greedy.isEmpty
        if wentFirst {
            let first = greedy.removeFirst()
            first.isReady = false
            work(first, broker, &room, commandsMost: all)
        }
        let share = max(Self.leastShare, all / max(1, ready.count))
        var batch: [QueueConnection] = []
        swap(&batch, &ready)
        let left = execute(batch, broker, &room, commandsMost: min(share, all))
        if ready.isEmpty, left.isEmpty {
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &ready)
        } else {
            ready.insert(contentsOf: left, at: 0)
        }
        owesGreedy = !room.isLeft && !wentFirst
        guard !greedy.isEmpty else { return }
        var others: [QueueConnection] = []
        swap(&others, &greedy)
        greedy.insert(contentsOf: execute(others, broker, &room, commandsMost: all), at: 0)
    }

    /// Commands of one client that are executed at once, however many have sent some.
    private static let leastShare = 32

    /// - Returns: those for whom there was no room.
    private func execute(
        _ batch: [QueueConnection], _ broker: Broker, _ room: inout TurnRoom, commandsMost: Int
    ) -> ArraySlice<QueueConnection> {
        for (index, connection) in batch.enumerated() {
            guard room.isLeft else { return batch[index...] }
            connection.isReady = false
            work(connection, broker, &room, commandsMost: commandsMost)
            // Handshakes take time without a command.
            if clock() >= room.ends { room.isOver = true }
        }
        return []
    }

    /// Sends what the commit has made true.
    package func flush() {
        takeWoken()
        guard !sending.isEmpty else { return }
        var batch: [QueueConnection] = []
        swap(&batch, &sending)
        for connection in batch {
            connection.isSending = false
            sendReplies(connection)
        }
        if sending.isEmpty {
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &sending)
        }
    }

    private func takeWoken() {
        guard let broker, !broker.woken.isEmpty else { return }
        for client in broker.woken {
            guard let connection = connection(client.descriptor), connection.client === client else { continue }
            countBlocked(connection)
            willSend(connection)
            if connection.isOpen, connection.hasCommands || connection.isReadable { isReady(connection) }
        }
        broker.woken.removeAll(keepingCapacity: true)
    }

    // MARK: Connections

    func connection(_ descriptor: Int32) -> QueueConnection? {
        let index = Int(descriptor)
        return connections.indices.contains(index) ? connections[index] : nil
    }

    func isReady(_ connection: QueueConnection) {
        guard !connection.isReady else { return }
        connection.isReady = true
        ready.append(connection)
    }

    /// More than was executed of it now.
    func isGreedy(_ connection: QueueConnection) {
        guard !connection.isReady else { return }
        connection.isReady = true
        greedy.append(connection)
    }

    func willSend(_ connection: QueueConnection) {
        guard !connection.isSending else { return }
        connection.isSending = true
        sending.append(connection)
    }

    func countBlocked(_ connection: QueueConnection) {
        let isBlocked = connection.client.isBlocked && !connection.isClosed
        guard isBlocked != connection.isCountedAsBlocked else { return }
        connection.isCountedAsBlocked = isBlocked
        counters.blocked += isBlocked ? 1 : -1
    }

    /// Ends a connection: its client is never handed a job again.
    func drop(_ connection: QueueConnection) {
        guard !connection.isClosed else { return }
        heldInput -= connection.input.count
        holdOutput(of: connection, 0)
        connections[Int(connection.descriptor)] = nil
        connection.close()
        countBlocked(connection)
        counters.connections -= 1
        broker?.disconnect(connection.client)
    }

    /// Ends a connection for its own doing.
    func expel(_ connection: QueueConnection) {
        counters.expelled += 1
        drop(connection)
    }

    // MARK: The end

    /// Accepts and executes nothing more. Replies that are not sent yet still go out, then their connections end; all
    /// others end now.
    package func drain() {
        guard !isDraining else { return }
        isDraining = true
        drainEnds = time.advanced(by: Microseconds(settings.drainSeconds * 1_000_000))
        for listener in listeners { poll?.forget(listener.descriptor) }
        listeners = []
        ready = []
        greedy = []
        for case let connection? in connections {
            guard connection.unsentBytes > 0 else {
                drop(connection)
                continue
            }
            connection.client.closesAfterReplies = true
        }
    }

    package var hasDrained: Bool { isDraining && counters.connections == 0 }

    /// A client that does not read must not hold up the end.
    private func endDrainInTime() {
        guard isDraining, time >= drainEnds else { return }
        for case let connection? in connections { drop(connection) }
    }

    /// Ends every connection, whatever is left to send.
    package func close() {
        drain()
        for case let connection? in connections { drop(connection) }
    }
}

/// What may still be executed: of one client, or in a turn.
struct TurnRoom {
    var commands: Int
    var bytes: Int
    /// Of the turn, by `QueueServer.clock`.
    let ends: Int64
    /// That time has come.
    var isOver = false
    /// How long one client's replies may get.
    var repliesMost = Int.max
    /// Words until the clock is looked at again.
    var wordsUntilLook = TurnRoom.wordsBetweenLooks
    var isLeft: Bool { commands > 0 && bytes > 0 && !isOver }

    static let wordsBetweenLooks = 64

    /// Counts a command.
    mutating func take(words: Int, _ clock: () -> Int64) {
        commands -= 1
        wordsUntilLook -= words
        guard wordsUntilLook <= 0 else { return }
        wordsUntilLook = Self.wordsBetweenLooks
        isOver = clock() >= ends
    }
}
