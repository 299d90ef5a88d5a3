import Testing

@testable import Queue

@Suite("Broker: GETJOB") struct BrokerGetJobTests {
    private let desk: BrokerDesk
    private let client: BrokerClient

    init() throws {
        desk = try BrokerDesk()
        client = desk.client()
    }

    @Test(arguments: [
        (["NOHANG"], "ERR syntax error"), (["FROM"], "ERR syntax error"), (["NOHANG", "FROM"], "ERR syntax error"),
        (["FLURB", "FROM", "q"], "ERR syntax error"), (["COUNT"], "ERR syntax error"),
        (["COUNT", "0", "FROM", "q"], "ERR COUNT must be a number greater than zero"),
        (["COUNT", "x", "FROM", "q"], "ERR COUNT must be a number greater than zero"),
        (["TIMEOUT", "x", "FROM", "q"], "ERR timeout is not an integer or out of range"),
        (["TIMEOUT", "-1", "COUNT", "0", "FROM", "q"], "ERR timeout is negative"),
    ])
    func errors(words: [String], error: String) {
        #expect(desk.run(client, ["GETJOB"] + words) == .error(error))
        #expect(!client.isBlocked)
    }

    @Test func everyWordBehindFromIsAQueue() {
        desk.add(client, "NOHANG", "b")
        #expect(desk.run(client, "getjob", "from", "COUNT", "NOHANG").elements[0].elements[0] == "NOHANG")
    }

    @Test func nothingIsANullArray() {
        #expect(desk.run(client, "GETJOB", "NOHANG", "FROM", "q") == .nullArray)
        #expect(desk.run(client, "QSTAT", "q")["len"] == 0, "asking makes the queue")
    }

    @Test func severalQueuesGiveOneJobInTurn() {
        for body in ["a0", "a1", "a2"] { desk.add(client, "a", body) }
        for body in ["b0", "b1", "b2"] { desk.add(client, "b", body) }
        let bodies = { (reply: Reply) in reply.elements.map { $0.elements[2].text } }
        #expect(bodies(desk.run(client, "GETJOB", "COUNT", "4", "FROM", "b", "a")) == ["b0", "a0", "b1", "a1"])
        #expect(bodies(desk.run(client, "GETJOB", "COUNT", "9", "FROM", "none", "a", "b", "a")) == ["a2", "b2"])
    }

    @Test func theReplyHasRoomForHalfOfWhatMayWait() throws {
        var settings = BrokerSettings()
        settings.outputBytesMost = 1_000
        let desk = try BrokerDesk(settings)
        let client = desk.client()
        for _ in 0..<9 { desk.add(client, "q", String(repeating: "x", count: 200)) }
        #expect(desk.bodies(client, "q", count: 9).count == 2)
        #expect(desk.run(client, "GETJOB", "COUNT", "9", "FROM", "q", "r").elements.count == 2)
        #expect(desk.run(client, "QLEN", "q") == 5)
    }

    @Test func theRetryWindowStartsAtDelivery() {
        let id = desk.add(client, "q", "b", "RETRY", "2")
        desk.pass(milliseconds: 1_600)
        #expect(desk.bodies(client, "q") == ["b"])
        #expect(desk.state(client, id) == "in-flight")
        desk.pass(milliseconds: 1_999)
        #expect(desk.state(client, id) == "in-flight")
        desk.pass(milliseconds: 1)
        #expect(desk.state(client, id) == "queued")
        #expect(
            desk.run(client, "GETJOB", "WITHCOUNTERS", "FROM", "q")
                == [["q", .bulk(id), "b", "nacks", 0, "additional-deliveries", 1]])
    }

    @Test func waitingInTheQueueCountsNothing() {
        let id = desk.add(client, "q", "b", "RETRY", "1")
        desk.pass(milliseconds: 3_500)
        #expect(desk.run(client, "SHOW", id)["additional-deliveries"] == 0)
    }

    @Test func aJobThatComesBackIsFirstAgain() {
        desk.add(client, "q", "a", "RETRY", "1")
        desk.add(client, "q", "b")
        desk.add(client, "q", "c")
        #expect(desk.bodies(client, "q", count: 2) == ["a", "b"])
        desk.pass(seconds: 1)
        #expect(desk.bodies(client, "q", count: 2) == ["a", "c"])
    }

    @Test func atMostOnceIsHandedOutOnce() {
        let id = desk.add(client, "q", "b", "RETRY", "0", "TTL", "5000")
        #expect(desk.bodies(client, "q") == ["b"])
        #expect(desk.state(client, id) == "in-flight")
        #expect(desk.run(client, "SHOW", id)["next-requeue-within"] == .null)
        for command in ["ENQUEUE", "NACK", "DEQUEUE"] { #expect(desk.run(client, command, id) == 0) }
        #expect(desk.run(client, "WORKING", id) == 0)
        desk.pass(seconds: 2_000)
        #expect(desk.bodies(client, "q") == [])
        #expect(desk.run(client, "ACKJOB", id) == 1)
    }

    @Test func aQueuePausedInOutputIsEmpty() {
        desk.add(client, "q", "b")
        desk.run(client, "PAUSE", "q", "out")
        #expect(desk.run(client, "GETJOB", "NOHANG", "FROM", "q") == .nullArray)
        #expect(desk.run(client, "QLEN", "q") == 1)
        let waiter = desk.client()
        desk.run(waiter, "GETJOB", "FROM", "q")
        #expect(waiter.isBlocked)
        desk.run(client, "PAUSE", "q", "none")
        #expect(desk.replies(waiter).first?.elements.count == 1)
        #expect(!waiter.isBlocked)
    }

    @Test func aTimeThatIsOverInAStallEndsTheJobsBeforeTheOthers() {
        for _ in 0..<30 { desk.add(client, "q", "old", "TTL", "1") }
        desk.stall(seconds: 2)
        #expect(desk.run(client, "GETJOB", "COUNT", "9", "NOHANG", "FROM", "q", "r") == .nullArray)
        #expect(desk.statistic(client, "q", "expired") == 30)
    }
}
