package import Message

/// A connection to the broker as the broker sees it: who it is, what it waits for, what it is answered. The server that
/// owns the socket fills `input`, calls `Broker.execute`, and sends `replies` once the turn is on disk.
package final class BrokerClient {
    package let id: UInt64
    /// `127.0.0.1:51234`, or the path of a unix socket.
    package let address: String
    /// The server's own address as this client reached it: what HELLO says.
    package let localHost: String
    package let localPort: Int
    package let isLocalSocket: Bool
    package let connected: Instant

    package var replies = ReplyBuffer()
    /// nil: not yet authenticated.
    package internal(set) var user: BrokerUser? {
        didSet { access = QueueAccess(user) }
    }
    /// What `user` may do.
    private(set) var access = QueueAccess(nil)
    package internal(set) var name: [UInt8] = []
    /// What it waits for; later commands of its input stay unread until it is nil again.
    package internal(set) var wait: BlockedWait?
    /// The queue of its last command, which is likely that of its next.
    var lastQueue: BrokerQueue?
    /// `RouteQueues.version` when `lastQueue` was no queue of a route.
    var routesVersion = 0
    /// The server closes the connection when `replies` have been sent.
    package var closesAfterReplies = false
    /// The server closes it at once (CLIENT KILL).
    package var isKilled = false
    package internal(set) var isMonitor = false
    var session = ClientSession()
    package internal(set) var lastCommand = ""
    package internal(set) var lastActive: Instant
    /// For CLIENT LIST; kept by the server.
    package var descriptor: Int32 = -1
    package var inputBytes = 0

    package init(
        id: UInt64, address: String, localHost: String, localPort: Int, isLocalSocket: Bool, connected: Instant
    ) {
        self.id = id
        self.address = address
        self.localHost = localHost
        self.localPort = localPort
        self.isLocalSocket = isLocalSocket
        self.connected = connected
        lastActive = connected
    }

    /// Waits for jobs, or its commands are put off (DEBUG SLEEP, CLIENT PAUSE).
    package var isBlocked: Bool { wait != nil || session.heldUntil != nil }
}
