import Glibc
import Message

/// What a socket said to one attempt to read or write.
enum SocketOutcome: Equatable {
    case bytes(Int)
    /// Nothing more until there is something to read.
    case wantsReading
    /// Nothing more until there is room to write.
    case wantsWriting
    /// The other side sends nothing more.
    case ended
    case failed
}

/// A client's socket with what was read of it and not yet understood. The one owner of its descriptor.
final class QueueConnection {
    let descriptor: Int32
    let client: BrokerClient
    /// nil: not encrypted.
    let session: EncryptedSession?
    var parser: RequestParser

    /// What has arrived and was not executed yet: the beginning of a request, or requests that wait for their turn.
    var input: [UInt8] = []
    /// The parser has nothing to say before there are so many bytes of input.
    var inputNeeds = 1
    /// How much of the client's replies is sent.
    var sent = 0
    /// Of its replies: what is counted as waiting for room.
    var heldOutput = 0

    /// Whether the parser has the limits of somebody who has not said who he is.
    var isStranger = true
    /// What the parser's limits were made of, unless it is a stranger's.
    var requestBytesMost = 0
    /// There may be something to read: kept until the socket said that there is not.
    var isReadable = true
    /// The kernel was asked to tell when there is room to write.
    var watchesWriting = false
    /// The other side sends nothing more, or is gone.
    var hasHungUp = false
    /// In the list of those who have work in the next turn.
    var isReady = false
    /// In the list of those whose replies go out with this turn.
    var isSending = false
    /// Counted among those who wait for jobs.
    var isCountedAsBlocked = false
    private(set) var isClosed = false
    var lastReceived: Instant
    /// Nothing happened on it since the last look at all connections.
    var isQuiet = false

    init(
        takingOwnershipOf descriptor: Int32, client: BrokerClient, session: EncryptedSession?, limits: ParserLimits,
        at time: Instant
    ) {
        self.descriptor = descriptor
        self.client = client
        self.session = session
        parser = RequestParser(limits: limits)
        lastReceived = time
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        session?.sayGoodbye()
        Glibc.close(descriptor)
        input = []
    }

    /// Whether commands of it are executed now.
    var isOpen: Bool { !isClosed && !client.isBlocked && !client.closesAfterReplies && !client.isKilled }
    /// Whether `input` may hold a whole command.
    var hasCommands: Bool { input.count >= inputNeeds }
    var unsentBytes: Int { client.replies.count - sent }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> SocketOutcome {
        if let session { return session.receive(into: buffer) }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            if errno == EAGAIN || errno == EWOULDBLOCK { return .wantsReading }
            guard errno == EINTR else { return .failed }
        }
    }

    /// Sends as much as goes without waiting; `.bytes` says how much.
    func sendReplies() -> SocketOutcome {
        let from = sent
        return client.replies.bytes.withUnsafeBytes { all in
            let bytes = UnsafeRawBufferPointer(rebasing: all[from...])
            if let session { return session.send(bytes) }
            while true {
                let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                if count >= 0 { return .bytes(count) }
                if errno == EAGAIN || errno == EWOULDBLOCK { return .wantsWriting }
                guard errno == EINTR else { return .failed }
            }
        }
    }

    /// Gives memory back that only a busy connection needs.
    func rest() {
        if input.isEmpty {
            input = []
            parser = RequestParser(limits: parser.limits)
        }
        if client.replies.bytes.isEmpty { client.replies.bytes = [] }
    }
}
