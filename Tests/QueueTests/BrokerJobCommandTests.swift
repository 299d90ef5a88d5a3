import Store
import Testing

@testable import Queue

@Suite("Broker: commands that take ids") struct BrokerJobCommandTests {
    private let desk: BrokerDesk
    private let client: BrokerClient
    private static let unknown = "D-01234567-AAAAAAAAAAAAAAAAAAAAAAAA-ffff"

    init() throws {
        desk = try BrokerDesk()
        client = desk.client()
    }

    private func counters(_ id: String) -> [Reply?] {
        let shown = desk.run(client, "SHOW", id)
        return [shown["nacks"], shown["additional-deliveries"]]
    }

    // MARK: What they share

    @Test(arguments: ["ACKJOB", "FASTACK", "DELJOB", "ENQUEUE", "NACK", "DEQUEUE"])
    func oneBadIDAndNothingIsDone(command: String) {
        let id = desk.add(client, "q", "b")
        #expect(desk.run(client, command) == 0)
        #expect(desk.run(client, command, Self.unknown) == 0)
        let short = String(id.dropLast())
        for bad in ["", "x", short, "X" + id.dropFirst(), id + "0", String(repeating: "D", count: 40)] {
            #expect(desk.run(client, command, id, bad) == .error("BADID Invalid Job ID format."))
        }
        #expect(desk.state(client, id) == "queued")
        #expect(desk.run(client, "QLEN", "q") == 1)
    }

    @Test func oddContentsOfAnIDAreUnknown() {
        let id = desk.add(client, "q", "b")
        var changed = Array(id.utf8)
        changed[20] = changed[20] == 65 ? 66 : 65
        #expect(desk.run(client, "ACKJOB", String(decoding: changed, as: UTF8.self)) == 0)
        #expect(desk.run(client, "ACKJOB", "D-zzzzzzzz-!!!!!!!!!!!!!!!!!!!!!!!!-zzzz") == 0)
        #expect(desk.run(client, "WORKING", "x") == .error("BADID Invalid Job ID format."))
        #expect(desk.run(client, "SHOW", "x") == .error("BADID Invalid Job ID format."))
    }

    @Test(arguments: [("ACKJOB", "acked"), ("FASTACK", "acked"), ("DELJOB", "deleted")])
    func endedJobsAreCountedOnce(command: String, ending: String) {
        let queued = desk.add(client, "q", "b")
        let delayed = desk.add(client, "q", "b", "DELAY", "9")
        let spent = desk.add(client, "p", "b", "RETRY", "0")
        _ = desk.bodies(client, "p")
        #expect(desk.run(client, command, queued, queued, delayed, Self.unknown, spent) == 3)
        #expect(desk.run(client, command, queued) == 0)
        #expect(desk.statistic(client, "q", ending) == 2)
        #expect(desk.statistic(client, "p", ending) == 1)
        #expect(desk.run(client, "SHOW", queued) == .null)
        desk.pass(seconds: 10)
        #expect(desk.bodies(client, "q") == [])
    }

    // MARK: ENQUEUE, NACK, DEQUEUE

    @Test func enqueueBringsBackAtTheOldPlace() {
        let id = desk.add(client, "q", "a")
        desk.add(client, "q", "b")
        #expect(desk.run(client, "ENQUEUE", id) == 0, "it is queued")
        _ = desk.bodies(client, "q")
        #expect(desk.run(client, "ENQUEUE", id, id) == 1)
        #expect(counters(id) == [0, 1])
        #expect(desk.bodies(client, "q") == ["a"])
    }

    @Test func theFirstTimeInTheQueueCountsNothing() {
        let id = desk.add(client, "q", "a", "DELAY", "100")
        #expect(desk.run(client, "ENQUEUE", id) == 1)
        #expect(counters(id) == [0, 0])
        let rejected = desk.add(client, "q", "a", "DELAY", "100")
        #expect(desk.run(client, "NACK", rejected) == 1)
        #expect(counters(rejected) == [1, 0])
    }

    @Test func aDelayedJobThatIsHandedOutAtMostOnceCanBeForcedOut() {
        let id = desk.add(client, "q", "a", "DELAY", "100", "RETRY", "0")
        #expect(desk.run(client, "ENQUEUE", id) == 1)
        #expect(desk.bodies(client, "q") == ["a"])
        #expect(desk.run(client, "ENQUEUE", id) == 0)
    }

    @Test func nackCountsAndPauseDoesNotHinderIt() {
        let id = desk.add(client, "q", "a")
        _ = desk.bodies(client, "q")
        desk.run(client, "PAUSE", "q", "in")
        #expect(desk.run(client, "NACK", id) == 1)
        #expect(desk.run(client, "NACK", id) == 0)
        #expect(counters(id) == [1, 0])
        _ = desk.bodies(client, "q")
        #expect(desk.run(client, "ENQUEUE", id) == 1)
    }

    @Test func nackWithADelayPutsOff() {
        let id = desk.add(client, "q", "a", "RETRY", "1")
        _ = desk.bodies(client, "q")
        #expect(desk.run(client, "nack", id, Self.unknown, "delay", "2500") == 1)
        #expect(desk.state(client, id) == "delayed")
        #expect(desk.run(client, "SHOW", id)["next-requeue-within"] == 2_500)
        desk.pass(milliseconds: 2_499)
        #expect(desk.bodies(client, "q") == [])
        desk.pass(milliseconds: 1)
        #expect(counters(id) == [1, 0])
        #expect(desk.bodies(client, "q") == ["a"])
        #expect(desk.run(client, "NACK", id, "DELAY", "0") == 1)
        #expect(desk.state(client, id) == "queued")
        #expect(
            desk.run(client, "NACK", id, "DELAY", "-1") == .error("ERR DELAY time must be a non negative number"))
        #expect(
            desk.run(client, "NACK", id, "DELAY", "9223372036854775807")
                == .error("ERR DELAY must be at most 2147483647000 milliseconds"))
        #expect(desk.run(client, "NACK", id, "DELAY") == .error("BADID Invalid Job ID format."))
    }

    @Test func dequeueTakesOutUntilTheRetryTime() {
        let id = desk.add(client, "q", "a", "RETRY", "2")
        #expect(desk.run(client, "DEQUEUE", id, id) == 1)
        #expect(desk.state(client, id) == "delayed")
        #expect(desk.statistic(client, "q", "jobs-out") == 0)
        desk.pass(seconds: 2)
        #expect(counters(id) == [0, 1])
        #expect(desk.bodies(client, "q") == ["a"])
        #expect(desk.run(client, "DEQUEUE", id) == 0)
    }

    @Test func dequeueLosesNoJobThatIsHandedOutAtMostOnce() {
        let id = desk.add(client, "q", "a", "RETRY", "0")
        #expect(desk.run(client, "DEQUEUE", id) == 1)
        desk.pass(seconds: 100_000)
        #expect(desk.state(client, id) == "delayed")
        #expect(desk.run(client, "ENQUEUE", id) == 1)
        #expect(desk.bodies(client, "q") == ["a"])
        #expect(desk.run(client, "ENQUEUE", id) == 0)
    }

    // MARK: WORKING

    @Test func workingGivesAWholeRetryTime() {
        let id = desk.add(client, "q", "a", "RETRY", "10")
        _ = desk.bodies(client, "q")
        desk.pass(seconds: 9)
        #expect(desk.run(client, "WORKING", id) == 10)
        desk.pass(seconds: 9)
        #expect(desk.state(client, id) == "in-flight")
        desk.pass(seconds: 1)
        #expect(desk.state(client, id) == "queued")
        #expect(desk.run(client, "WORKING", id) == 10)
        #expect(desk.state(client, id) == "in-flight", "somebody still works on it")
        desk.pass(seconds: 10)
        #expect(counters(id) == [0, 2])
    }

    @Test func workingOnAJobThatNobodyHasPutsItOff() {
        let queued = desk.add(client, "q", "a", "RETRY", "2")
        let delayed = desk.add(client, "q", "b", "RETRY", "2", "DELAY", "50")
        #expect(desk.run(client, "WORKING", queued) == 2)
        #expect(desk.run(client, "WORKING", delayed) == 2)
        #expect(desk.state(client, queued) == "delayed")
        desk.pass(seconds: 2)
        #expect(desk.bodies(client, "q", count: 2) == ["a", "b"])
        let once = desk.add(client, "p", "c", "RETRY", "0")
        #expect(desk.run(client, "WORKING", once) == 0)
        #expect(desk.bodies(client, "p") == ["c"], "not lost")
    }

    @Test func workingHasItsErrors() {
        let unknown = Reply.error("NOJOB Job not known in the context of this node.")
        #expect(desk.run(client, "WORKING", Self.unknown) == unknown)
        let id = desk.add(client, "q", "a", "RETRY", "1", "TTL", "10")
        desk.pass(seconds: 5)
        #expect(desk.run(client, "WORKING", id) == 1)
        desk.pass(milliseconds: 1)
        #expect(
            desk.run(client, "WORKING", id)
                == .error(
                    "TOOLATE Half of job TTL already elapsed, you are no longer allowed to postpone the next delivery.")
        )
        desk.run(client, "ACKJOB", id)
        #expect(desk.run(client, "WORKING", id) == unknown)
        let expired = desk.add(client, "q", "a", "TTL", "1")
        desk.stall(seconds: 1)
        #expect(desk.run(client, "WORKING", expired) == unknown)
        #expect(desk.statistic(client, "q", "expired") == 1)
    }

    // MARK: Dead letters

    @Test func aJobIsHandedOutAtMostSoOften() {
        let id = desk.add(client, "q", "a", "RETRY", "1", "TTL", "50", "MAXDELIVERIES", "2")
        #expect(desk.bodies(client, "q") == ["a"])
        desk.pass(seconds: 1)
        #expect(desk.bodies(client, "q") == ["a"])
        desk.pass(seconds: 1)
        #expect(desk.bodies(client, "q") == [])
        #expect(desk.statistic(client, "q", "dead-lettered") == 1)
        let shown = desk.run(client, "SHOW", id)
        #expect(shown["queue"] == "q.dead" && shown["state"] == "queued" && shown["ttl"] == -1)
        desk.pass(seconds: 100)
        for _ in 0..<3 {
            #expect(desk.run(client, "GETJOB", "FROM", "q.dead") == [["q.dead", .bulk(id), "a"]])
            desk.pass(seconds: 1)
        }
        #expect(desk.run(client, "ACKJOB", id) == 1)
    }

    @Test(arguments: [["NACK"], ["ENQUEUE"], ["NACK", "DELAY", "1000"]])
    func rejectingForTheLastTimeBuriesToo(command: [String]) {
        let waiter = desk.client()
        desk.run(waiter, "GETJOB", "FROM", "morgue")
        let id = desk.add(client, "q", "a", "MAXDELIVERIES", "1", "DEADLETTER", "morgue")
        #expect(desk.bodies(client, "q") == ["a"])
        #expect(desk.run(client, [command[0], id] + command.dropFirst()) == 1)
        #expect(desk.replies(waiter) == [[["morgue", .bulk(id), "a"]]])
        #expect(desk.statistic(client, "q", "dead-lettered") == 1)
    }

    @Test func theNameOfADeadLetterQueueIsNoPartOfTheBody() {
        let id = desk.add(client, "q", "body", "MAXDELIVERIES", "3", "DEADLETTER", "d")
        #expect(desk.run(client, "SHOW", id)["body"] == "body")
        #expect(desk.run(client, "QPEEK", "q", "1") == [["q", .bulk(id), "body"]])
        #expect(desk.bodies(client, "q") == ["body"])
        let empty = desk.add(client, "q", "", "MAXDELIVERIES", "3", "DEADLETTER", "")
        #expect(desk.run(client, "SHOW", empty)["body"] == "")
    }

    @Test func aDeadLetterThatIsMovedBackHasAllItsDeliveriesAgain() {
        let id = desk.add(client, "q", "a", "MAXDELIVERIES", "1")
        _ = desk.bodies(client, "q")
        desk.run(client, "NACK", id)
        #expect(desk.run(client, "QMOVE", "q.dead", "q") == 1)
        #expect(desk.bodies(client, "q") == ["a"])
        desk.run(client, "NACK", id)
        #expect(desk.bodies(client, "q") == [])
        #expect(desk.run(client, "QLEN", "q.dead") == 1)
    }

    // MARK: SHOW

    @Test func showHasThirtyElementsInTheirOrder() {
        let id = desk.add(client, "q", "body", "TTL", "100", "RETRY", "7", "DELAY", "3")
        desk.pass(milliseconds: 500)
        let shown = desk.run(client, "SHOW", id)
        #expect(
            shown == [
                "id", .bulk(id), "queue", "q", "state", "delayed", "repl", 1, "ttl", 99, "ctime",
                1_800_000_000_000_000_000, "delay", 3, "retry", 7, "nacks", 0, "additional-deliveries", 0,
                "nodes-delivered", [.bulk(desk.nodeID)], "nodes-confirmed", [],
                "next-requeue-within", 2_500, "next-awake-within", 2_500, "body", "body",
            ])
        desk.pass(milliseconds: 2_500)
        let queued = desk.run(client, "SHOW", id)
        #expect(queued["next-requeue-within"] == .null && queued["next-awake-within"] == 97_000)
        #expect(desk.run(client, "SHOW", Self.unknown) == .null)
    }
}
