import Message
import Store
import Testing

@testable import Queue

/// The queue that a route declares, as the engine would show it.
private final class DeclaredQueue: RouteQueues {
    var version = 1
    var name = "orders"
    var messages: [String] = []
    var pause: PauseState = []
    var refusal: String?
    private(set) var purgedBy = ""

    func queue(named name: UnsafeRawBufferPointer) -> QueueID? {
        name.elementsEqual(self.name.utf8) ? QueueID(rawValue: 7) : nil
    }
    func name(of queue: QueueID) -> [UInt8] { Array(name.utf8) }
    func forEachQueue(_ body: (QueueID) -> Bool) { _ = body(QueueID(rawValue: 7)) }
    func worker(of queue: QueueID) -> String? { "billing" }
    func counts(of queue: QueueID) -> RouteQueueCounts {
        RouteQueueCounts(queued: messages.count, delayed: 2, inFlight: 3, jobsIn: 9, jobsOut: 4, delivered: 1)
    }
    func peek(_ queue: QueueID, count: Int) -> [(id: [UInt8], body: [UInt8])] {
        let ordered = count < 0 ? Array(messages.reversed()) : messages
        return ordered.prefix(count.magnitude > 100 ? 100 : abs(count)).map { (Array("id/\($0)".utf8), Array($0.utf8)) }
    }
    func purge(_ queue: QueueID, by who: String) -> Int {
        purgedBy = who
        defer { messages = [] }
        return messages.count
    }
    func pause(of queue: QueueID) -> PauseState { pause }
    func setPause(_ pause: PauseState, of queue: QueueID) { self.pause = pause }
    func fill(_ queue: QueueID, body: UnsafeRawBufferPointer) -> Result<[UInt8], RouteQueueRefusal> {
        if let refusal { return .failure(RouteQueueRefusal(refusal)) }
        messages.append(String(decoding: body, as: UTF8.self))
        return .success(Array("orders/\(messages.count)\n".utf8))
    }
}

@Suite("Broker: queues of routes") struct BrokerRouteQueueTests {
    private let desk: BrokerDesk
    private let client: BrokerClient
    private let declared = DeclaredQueue()

    init() throws {
        desk = try BrokerDesk()
        client = desk.client()
        desk.broker.routeQueues = declared
    }

    @Test func areFilledAndSeen() {
        #expect(desk.run(client, "ADDJOB", "orders", "a", "0", "RETRY", "5") == .status("orders/1 "))
        #expect(desk.run(client, "ADDJOB", "orders", "b", "0", "MAXLEN", "2", "REPLICATE", "1") == .status("orders/2 "))
        #expect(desk.run(client, "ADDJOB", "orders", "b", "0", "MAXLEN", "2").token == "MAXLEN")
        #expect(desk.run(client, "QLEN", "orders") == 2)
        #expect(desk.run(client, "QPEEK", "orders", "-1") == [["orders", "id/b", "b"]])
        #expect(desk.run(client, "QPEEK", "orders", "0") == [])
        let stat = desk.run(client, "QSTAT", "orders")
        #expect(stat.elements.count == 36)
        #expect(stat["queued"] == 2 && stat["delayed"] == 2 && stat["in-flight"] == 3 && stat["acked"] == 1)
        #expect(stat["jobs-in"] == 9 && stat["jobs-out"] == 4 && stat["pause"] == "none")
        desk.add(client, "jobs", "x")
        #expect(Set(desk.run(client, "QSCAN").elements[1].elements) == ["orders", "jobs"])
        #expect(desk.broker.jobs.jobCount == 1)
    }

    @Test func sayWhyTheyRefuse() {
        declared.refusal = "line 1: `total` is no number"
        #expect(
            desk.run(client, "ADDJOB", "orders", "a", "0") == .error("ERR line 1: `total` is no number"))
        for option in [["DELAY", "1"], ["TTL", "1"], ["RETRY", "0"], ["UNIQUE", "k"], ["MAXDELIVERIES", "1"]] {
            #expect(desk.run(client, ["ADDJOB", "orders", "a", "0"] + option).token == "ERR")
        }
        let worked = Reply.error(
            "ERR the queue 'orders' is declared by a route: its messages are worked by the route billing")
        #expect(desk.run(client, "GETJOB", "NOHANG", "FROM", "jobs", "orders") == worked)
        #expect(desk.run(client, "QMOVE", "orders", "jobs") == worked)
        #expect(desk.run(client, "QMOVE", "jobs", "orders") == worked)
        #expect(desk.run(client, "ADDJOB", "jobs", "a", "0", "MAXDELIVERIES", "1", "DEADLETTER", "orders") == worked)
        #expect(desk.run(client, "QSTAT", "jobs") == .nullArray)
    }

    @Test func takeNoDeadLettersOfJobs() {
        declared.name = "jobs.dead"
        declared.version += 1
        let id = desk.add(client, "jobs", "a", "MAXDELIVERIES", "1")
        _ = desk.bodies(client, "jobs")
        desk.run(client, "NACK", id)
        #expect(desk.run(client, "SHOW", id)["queue"] == "jobs.dead.dead")
    }

    @Test func arePausedAndPurged() {
        #expect(desk.run(client, "PAUSE", "orders", "in") == .status("in"))
        #expect(declared.pause == .input)
        #expect(desk.run(client, "ADDJOB", "orders", "a", "0").token == "PAUSED")
        #expect(desk.run(client, "PAUSE", "orders", "state") == .status("in"))
        #expect(desk.run(client, "PAUSE", "orders", "none") == .status("none"))
        desk.run(client, "ADDJOB", "orders", "a", "0")
        #expect(desk.run(client, "QPURGE", "orders") == 1)
        #expect(declared.purgedBy == "default at \(client.address)")
    }

    @Test func areKnownAsSoonAsTheyAreDeclared() {
        declared.name = "later"
        declared.version = 2
        desk.add(client, "orders", "a")
        #expect(desk.bodies(client, "orders") == ["a"])
        declared.name = "orders"
        declared.version = 3
        #expect(desk.run(client, "GETJOB", "NOHANG", "FROM", "orders").token == "ERR")
        #expect(desk.run(client, "ADDJOB", "orders", "b", "0") == .status("orders/1 "))
    }

    @Test func rightsHoldForThemToo() {
        client.user = BrokerUser(
            name: "u", passwords: [], classes: Set(CommandClass.allCases), queues: ["jobs"])
        for words in [["ADDJOB", "orders", "a", "0"], ["QLEN", "orders"], ["QPURGE", "orders"]] {
            #expect(desk.run(client, words).token == "NOPERM")
        }
        #expect(desk.run(client, "QSCAN").elements[1] == [])
    }
}
