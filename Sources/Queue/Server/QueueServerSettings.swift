/// Where the queue's door is, and what a connection may cost before it has said anything useful.
package struct QueueServerSettings: Sendable, Hashable {
    /// Port 0 takes a free one; nil: no TCP.
    package var address: DoorAddress?
    /// Path of a unix socket, mode 0660; nil: none.
    package var socketPath: String?
    /// For TCP; the unix socket is never encrypted.
    package var encryption: EncryptionSettings?

    /// Commands and bytes of one client that one turn takes up; the rest waits for the next turn.
    package var clientCommandsInATurn = 1_024
    package var clientBytesInATurn = 1 << 20
    /// Replies to one client that one turn makes, about: then what it reads of them decides how fast it goes on.
    package var clientRepliesInATurn = 1 << 20
    /// Of all clients together.
    package var commandsInATurn = 16_384
    package var bytesInATurn = 16 << 20
    /// About: the clock is looked at every few commands, and the commit comes on top, which takes about twice as long
    /// again where all of them add jobs.
    package var microsecondsInATurn: Int64 = 3_000
    package var acceptedInATurn = 64

    /// For authenticating, from the connect on, or from when a password changed.
    package var authenticationSeconds: Int64 = 30
    /// For a handshake of TLS.
    package var handshakeSeconds: Int64 = 10
    /// Without a further byte of a request that has begun.
    package var requestSeconds: Int64 = 60
    /// For replies that are not read yet when the service stops.
    package var drainSeconds: Int64 = 5
    /// Replies to a client that has not authenticated.
    package var strangerOutputBytesMost = 1 << 10
    /// Half-sent requests of all clients together: a stranger's is closed above the first, any above the second.
    package var strangerInputBytesMost = 64 << 20
    package var inputBytesMost = 512 << 20
    /// Replies that all clients together leave unread: above it a client that leaves much is closed.
    package var outputBytesMost = 512 << 20

    package init() {}
}

/// Files of the server's certificate.
package struct EncryptionSettings: Sendable, Hashable {
    /// PEM: the certificate, then those that signed it.
    package var certificatePath: String
    /// PEM, without a passphrase.
    package var keyPath: String
    /// PEM: clients must show a certificate that one of these has signed; nil: they need none.
    package var clientAuthoritiesPath: String?
    package init(certificatePath: String, keyPath: String, clientAuthoritiesPath: String? = nil) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.clientAuthoritiesPath = clientAuthoritiesPath
    }
}
