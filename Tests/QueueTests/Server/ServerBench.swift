import Foundation
import Glibc
import Message
import Store
import Testing

@testable import Queue

/// A door with its broker and a store in memory, turned by hand: what clients send is executed when the test says so.
final class ServerBench {
    let server: QueueServer
    let broker: Broker
    private let poll = EventPoll()
    private let store: SQLiteStore
    var time = Instant(microseconds: 1_790_000_000_000_000)
    /// Turns that were made.
    private(set) var turns = 0

    init(
        _ change: (inout QueueServerSettings) -> Void = { _ in },
        broker changeBroker: (inout BrokerSettings) -> Void = { _ in }
    ) throws {
        // A closed socket is told of by an error, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        var settings = QueueServerSettings()
        settings.address = DoorAddress(host: [127, 0, 0, 1], port: 0)
        change(&settings)
        var brokerSettings = BrokerSettings()
        changeBroker(&brokerSettings)
        store = try SQLiteStore(inMemory: nil)
        broker = Broker(store: store, settings: brokerSettings, seed: 1)
        server = try QueueServer(settings, connectionsMost: 100)
        // A slow machine must not end a turn early.
        server.clock = { 0 }
        server.open(broker, in: poll)
    }

    func client() throws -> TestClient { try TestClient(try #require(server.address)) }

    /// One turn of what is ready.
    func turn(waitingMilliseconds: Int32 = 0) throws {
        poll.wait(milliseconds: server.hasWorkNow ? 0 : waitingMilliseconds) { server.note($0, $1) }
        server.serve(at: time)
        broker.endTurn(at: time)
        try store.commit()
        server.flush()
        turns += 1
    }

    /// Turns until it is so: it waits for readiness, and gives up after a long time.
    func turn(until isSo: () throws -> Bool, _ location: SourceLocation = #_sourceLocation) throws {
        let end = ContinuousClock.now + .seconds(20)
        while try !isSo() {
            guard ContinuousClock.now < end else {
                Issue.record("it never became so", sourceLocation: location)
                throw Stuck()
            }
            try turn(waitingMilliseconds: 20)
        }
    }

    struct Stuck: Error {}

    /// Turns until the client has received so much, and takes it.
    func expect(_ client: TestClient, _ text: String, _ location: SourceLocation = #_sourceLocation) throws {
        try turn(until: { client.receive() || client.received.count >= text.utf8.count }, location)
        #expect(client.take() == text, sourceLocation: location)
    }

    /// Turns until the server has ended the connection.
    func expectEnd(_ client: TestClient, _ text: String = "", _ location: SourceLocation = #_sourceLocation) throws {
        try turn(until: { client.receive() }, location)
        #expect(client.take() == text, sourceLocation: location)
    }

    func exchange(
        _ client: TestClient, _ request: String, _ reply: String, _ location: SourceLocation = #_sourceLocation
    ) throws {
        client.send(request)
        try expect(client, reply, location)
    }

    /// So much later, with a turn.
    func pass(seconds: Int64) throws {
        time = time.advanced(by: Microseconds(seconds * 1_000_000))
        try turn()
    }
}

/// A socket of a client that never waits.
final class TestClient {
    private(set) var descriptor: Int32
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false

    init(_ address: DoorAddress, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var bytes = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Ends with a reset instead of a goodbye.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// - Returns: how much the kernel took.
    @discardableResult
    func send(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends as much of it as the kernel takes, and keeps the rest.
    func send(_ rest: inout ArraySlice<UInt8>, most: Int = .max) {
        let count = rest.prefix(most).withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count > 0 { rest = rest.dropFirst(count) }
    }

    /// Takes what has arrived.
    /// - Returns: whether the server has ended the connection.
    func receive() -> Bool {
        var part = [UInt8](repeating: 0, count: 65_536)
        while !hasEnded {
            let count = recv(descriptor, &part, part.count, 0)
            if count > 0 {
                received.append(contentsOf: part[..<count])
            } else if count == 0 || errno != EAGAIN {
                hasEnded = true
            } else {
                break
            }
        }
        return hasEnded
    }

    func take() -> String {
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }
}

func command(_ words: String...) -> String {
    "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
}
