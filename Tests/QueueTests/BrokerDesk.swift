import Message
import Store
import Testing

@testable import Queue

/// A broker with its clients and a clock that stands until it is moved.
final class BrokerDesk {
    let store: SQLiteStore
    let broker: Broker
    private(set) var now = Instant(microseconds: 1_800_000_000_000_000)
    private var lastClient: UInt64 = 0

    init(_ settings: BrokerSettings = BrokerSettings()) throws {
        store = try SQLiteStore()
        broker = Broker(store: store, settings: settings, seed: 1)
    }

    func client(_ user: BrokerUser? = nil) -> BrokerClient {
        lastClient += 1
        let client = BrokerClient(
            id: lastClient, address: "127.0.0.1:\(40_000 + lastClient)", localHost: "127.0.0.1", localPort: 7711,
            isLocalSocket: false, connected: now)
        broker.connect(client)
        if let user { client.user = user }
        return client
    }

    /// Executes words in a turn of their own.
    @discardableResult func run(_ client: BrokerClient, _ words: String...) -> Reply { run(client, words) }

    @discardableResult func run(_ client: BrokerClient, _ words: [String]) -> Reply {
        execute(client, words)
        endTurn()
        return replies(client).last ?? .error("no reply")
    }

    /// Executes words; the turn goes on.
    func execute(_ client: BrokerClient, _ words: String...) { execute(client, words) }

    func execute(_ client: BrokerClient, _ words: [String]) {
        var bytes: [UInt8] = []
        var places: [(start: Int, length: Int)] = []
        for word in words {
            places.append((bytes.count, word.utf8.count))
            bytes += Array(word.utf8)
        }
        bytes.append(0)
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            broker.execute(Arguments(base: base, words: places), for: client, at: now)
        }
    }

    func endTurn() {
        broker.endTurn(at: now)
        #expect(throws: Never.self) { try store.commit() }
    }

    /// Moves the clock and ends a turn there.
    func pass(milliseconds: Int64) {
        now = now.advanced(by: Microseconds(milliseconds * 1_000))
        endTurn()
    }

    func pass(seconds: Int64) { pass(milliseconds: seconds * 1_000) }

    /// Moves the clock, and nothing happens there yet.
    func stall(seconds: Int64) { now = now.advanced(by: Microseconds(seconds * 1_000_000)) }

    /// What the client was answered since it was last asked.
    func replies(_ client: BrokerClient) -> [Reply] {
        defer { client.replies.bytes = [] }
        var reader = ReplyReader(client.replies.bytes)
        return reader.all()
    }

    // MARK: Short forms

    var nodeID: String { String(decoding: broker.jobs.nodeID, as: UTF8.self) }

    /// Adds a job and gives its id.
    @discardableResult func add(_ client: BrokerClient, _ queue: String, _ body: String, _ options: String...) -> String
    {
        let reply = run(client, ["ADDJOB", queue, body, "0"] + options)
        guard case .status(let id) = reply else {
            Issue.record("ADDJOB answered \(reply)")
            return ""
        }
        return id
    }

    /// Bodies that GETJOB NOHANG gives.
    func bodies(_ client: BrokerClient, _ queue: String, count: Int = 1) -> [String] {
        run(client, "GETJOB", "NOHANG", "COUNT", "\(count)", "FROM", queue).elements.map { $0.elements[2].text }
    }

    func state(_ client: BrokerClient, _ id: String) -> String { run(client, "SHOW", id)["state"]?.text ?? "gone" }

    func statistic(_ client: BrokerClient, _ queue: String, _ name: String) -> Reply? {
        run(client, "QSTAT", queue)[name]
    }
}
