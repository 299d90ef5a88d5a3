import Message
import Queue
import Store

/// A broker over a store in memory, with clients whose commands are words and whose replies are text.
final class ServingDoor {
    let broker: Broker
    /// Microseconds; tests move it.
    var now = Instant(microseconds: 1_790_000_000_000_000)
    private var nextClient: UInt64 = 1

    init(_ prepare: (inout BrokerSettings) -> Void = { _ in }) throws {
        var settings = BrokerSettings()
        settings.version = "9.8.7"
        prepare(&settings)
        broker = Broker(store: try SQLiteStore(inMemory: nil), settings: settings, seed: 1)
    }

    func connect(isLocalSocket: Bool = false) -> BrokerClient {
        let client = BrokerClient(
            id: nextClient, address: "127.0.0.1:\(50_000 + nextClient)", localHost: "127.0.0.1", localPort: 7_711,
            isLocalSocket: isLocalSocket, connected: now)
        nextClient += 1
        broker.connect(client)
        return client
    }

    /// The reply's bytes as text.
    func send(_ client: BrokerClient, _ words: [[UInt8]]) -> String {
        var bytes: [UInt8] = []
        var places: [(start: Int, length: Int)] = []
        for word in words {
            places.append((bytes.count, word.count))
            bytes += word
        }
        bytes.append(0)
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            broker.execute(Arguments(base: base, words: places), for: client, at: now)
        }
        return take(client)
    }

    /// Words are separated by spaces.
    func send(_ client: BrokerClient, _ line: String) -> String {
        send(client, line.split(separator: " ", omittingEmptySubsequences: false).map { Array($0.utf8) })
    }

    /// What the client was answered since it was last asked.
    func take(_ client: BrokerClient) -> String {
        defer { client.replies.bytes = [] }
        return String(decoding: client.replies.bytes, as: UTF8.self)
    }

    func endTurn() { broker.endTurn(at: now) }

    func pass(seconds: Double) { now = now.advanced(by: Microseconds(Int64(seconds * 1_000_000))) }
}

/// The content of a bulk reply.
func bulkContent(_ reply: String) -> String? {
    let bytes = Array(reply.utf8)
    guard bytes.first == UInt8(ascii: "$"), let end = bytes.firstIndex(of: 10), bytes.count >= end + 3 else {
        return nil
    }
    return String(decoding: bytes[(end + 1)..<(bytes.count - 2)], as: UTF8.self)
}
