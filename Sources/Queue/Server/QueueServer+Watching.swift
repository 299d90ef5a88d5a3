import Message
import Store

extension QueueServer {
    private static let lookMicroseconds: Int64 = 1_000_000

    /// Once a second: ends connections that take too long to say something, and gives memory of quiet ones back.
    func lookAround() {
        nextLook = time.advanced(by: Microseconds(Self.lookMicroseconds))
        resumeAccepting()
        tellFacts()
        for case let connection? in connections {
            checkUnsent(connection)
            if isTooLate(connection) {
                expel(connection)
            } else if connection.isQuiet {
                connection.rest()
            } else {
                connection.isQuiet = true
            }
        }
    }

    private func tellFacts() {
        facts.measureProcess()
        facts.tcpPort = Int(address?.port ?? 0)
        facts.freeBytes = broker?.store.freeBytes()
        facts.connectionsAccepted = counters.accepted
        facts.connectionsRejected = counters.refused
        facts.inputBytes = counters.bytesReceived
        facts.outputBytes = counters.bytesSent
        facts.inputBytesBiggest = 0
        facts.outputBytesLongest = 0
        for case let connection? in connections {
            facts.inputBytesBiggest = max(facts.inputBytesBiggest, connection.input.count)
            facts.outputBytesLongest = max(facts.outputBytesLongest, connection.unsentBytes)
        }
        broker?.take(facts, at: time)
    }

    private func isTooLate(_ connection: QueueConnection) -> Bool {
        if connection.isClosed { return false }
        let client = connection.client
        if let session = connection.session, !session.isEstablished {
            return seconds(since: client.connected) >= settings.handshakeSeconds
        }
        if isStrangerTooLong(connection) { return true }
        return !connection.input.isEmpty && connection.isOpen && !connection.hasCommands
            && seconds(since: connection.lastReceived) >= settings.requestSeconds
    }

    /// Who was known and is not any more, a password having changed, has as long as who has just come.
    private func isStrangerTooLong(_ connection: QueueConnection) -> Bool {
        guard connection.client.user == nil else {
            connection.strangerSince = nil
            return false
        }
        let start = connection.strangerSince ?? time
        connection.strangerSince = start
        return seconds(since: start) >= settings.authenticationSeconds
    }

    private func seconds(since moment: Instant) -> Int64 { time.duration(since: moment).count / 1_000_000 }

    /// Half-sent requests must not fill the memory.
    /// - Returns: false where the connection was ended for it.
    func checkHeld(_ connection: QueueConnection) -> Bool {
        let most = connection.client.user == nil ? settings.strangerInputBytesMost : settings.inputBytesMost
        guard heldInput > most, !connection.input.isEmpty else { return true }
        expel(connection)
        return false
    }
}
