import Billing
import Engine
import Glibc
import Message
import Queue
import Store
import Synchronization
import Testing

/// The queue's door in the core's thread: what leaves, and when.
@Suite struct DoorThreadTests {
    @Test func nothingIsSentBeforeItsCommitHasSucceeded() throws {
        let client = DoorClient()
        let heard = Heard()
        let thread = try start(client, failing: .full) { notice in
            if notice.text.hasPrefix("the disk is full") { heard.early.withLock { $0 = client.waitingBytes } }
        }
        #expect(
            client.ask("*4\r\n$6\r\nADDJOB\r\n$1\r\nq\r\n$4\r\nbody\r\n$1\r\n0\r\n", replyBytes: 43).hasPrefix("+D-"))
        #expect(heard.early.withLock { $0 } == 0, "the disk was full, and nothing had left by then")
        thread.drain(graceMilliseconds: 5_000)
        thread.waitUntilEnded()
    }

    @Test func theEndClosesWhoWaitsAndLosesNoReply() throws {
        let client = DoorClient()
        let thread = try start(client)
        #expect(client.ask("PING\r\n", replyBytes: 7) == "+PONG\r\n")
        client.send("PING\r\nGETJOB FROM q\r\nPING\r\n")
        #expect(client.ask("", replyBytes: 7) == "+PONG\r\n")
        thread.drain(graceMilliseconds: 60_000)
        thread.waitUntilEnded()
        #expect(client.ask("", replyBytes: 1) == "", "closed, long before the grace time is over")
    }

    private final class Heard: Sendable {
        let early = Mutex<Int?>(nil)
    }

    /// A core without routes whose door the client is connected to.
    private func start(
        _ client: DoorClient, failing failure: StoreError? = nil,
        notice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) throws -> CoreThread {
        var settings = QueueServerSettings()
        settings.address = DoorAddress(host: [127, 0, 0, 1], port: 0)
        let server = try QueueServer(settings, connectionsMost: 10)
        try client.connect(port: try #require(server.address).port)
        let store = try SQLiteStore(inMemory: nil)
        let clock = EngineClock()
        let core = Core(
            store: store, rater: Rater(tariffs: []), plans: [], hosts: [], seed: 1, time: clock.read(),
            broker: Broker(store: store, settings: BrokerSettings(), seed: 1))
        try store.commit()
        store.failNextCommit = failure
        let thread = CoreThread(mailbox: Mailbox(), clock: clock, release: { _ in }, notice: notice)
        thread.start(core, door: server)
        return thread
    }
}

/// A client on loopback that waits for its replies, at most ten seconds.
private final class DoorClient: Sendable {
    private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)

    deinit { close(descriptor) }

    func connect(port: UInt16) throws {
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    /// What has arrived and was not taken.
    var waitingBytes: Int {
        var bytes = [UInt8](repeating: 0, count: 100)
        return max(0, recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_PEEK)))
    }

    func send(_ request: String) {
        let bytes = Array(request.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// The reply, or what came of it before the end.
    func ask(_ request: String, replyBytes: Int) -> String {
        if !request.isEmpty { send(request) }
        var reply: [UInt8] = []
        var byte: UInt8 = 0
        while reply.count < replyBytes, recv(descriptor, &byte, 1, 0) == 1 { reply.append(byte) }
        return String(decoding: reply, as: UTF8.self)
    }
}
