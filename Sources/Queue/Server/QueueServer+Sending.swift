extension QueueServer {
    /// Replies up to this size keep their memory for the next ones while the connection is busy.
    private static let keptReplyBytes = 256 << 10

    func sendReplies(_ connection: QueueConnection) {
        guard !connection.isClosed else { return }
        if connection.client.isKilled { return drop(connection) }
        connection.isQuiet = false
        while connection.unsentBytes > 0 {
            switch connection.sendReplies() {
            case .bytes(let count):
                connection.sent += count
                counters.bytesSent &+= UInt64(count)
            case .wantsWriting, .wantsReading:
                return wait(connection)
            case .ended, .failed:
                return drop(connection)
            }
        }
        finish(connection)
    }

    func holdOutput(of connection: QueueConnection, _ count: Int) {
        heldOutput += count - connection.heldOutput
        connection.heldOutput = count
    }

    private func finish(_ connection: QueueConnection) {
        holdOutput(of: connection, 0)
        connection.sent = 0
        let isKept = connection.client.replies.bytes.capacity <= Self.keptReplyBytes
        connection.client.replies.bytes.removeAll(keepingCapacity: isKept)
        if connection.watchesWriting {
            connection.watchesWriting = false
            poll?.change(connection.descriptor, to: .readable, .edge)
        }
        if connection.client.closesAfterReplies { drop(connection) }
    }

    /// The rest goes when there is room. What is sent is forgotten once it is the greater part.
    private func wait(_ connection: QueueConnection) {
        if connection.sent > connection.client.replies.count / 2 {
            connection.client.replies.bytes.removeFirst(connection.sent)
            connection.sent = 0
        }
        watchWriting(connection)
        checkUnsent(connection)
    }

    /// Replies that nobody reads must not fill the memory. Those of a monitor grow without anything that it does.
    func checkUnsent(_ connection: QueueConnection) {
        guard connection.watchesWriting, let broker else { return }
        holdOutput(of: connection, connection.unsentBytes)
        let isOverAll = heldOutput > settings.outputBytesMost && connection.unsentBytes > 1 << 20
        if connection.unsentBytes > broker.settings.outputBytesMost || isOverAll { expel(connection) }
    }

    func watchWriting(_ connection: QueueConnection) {
        guard !connection.watchesWriting else { return }
        connection.watchesWriting = true
        poll?.change(connection.descriptor, to: [.readable, .writable], .edge)
    }
}
