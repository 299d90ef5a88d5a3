import Message
import Store
import Testing

@testable import Queue

@Suite("Broker: clients that wait") struct BrokerWaitingTests {
    private let desk: BrokerDesk
    private let producer: BrokerClient

    init() throws {
        desk = try BrokerDesk()
        producer = desk.client()
    }

    private func waiting(_ words: String...) -> BrokerClient {
        let client = desk.client()
        desk.run(client, ["GETJOB"] + words)
        #expect(client.isBlocked)
        desk.broker.woken = []
        return client
    }

    private func got(_ client: BrokerClient) -> [String] {
        desk.replies(client).flatMap { $0.elements }.map { $0.elements[2].text }
    }

    @Test func theFirstIsServedFirst() {
        let clients = (0..<3).map { _ in waiting("FROM", "q") }
        #expect(desk.statistic(producer, "q", "blocked") == 3)
        desk.add(producer, "q", "a")
        #expect(clients.map { $0.isBlocked } == [false, true, true])
        #expect(desk.broker.woken.map(\.id) == [clients[0].id])
        desk.execute(producer, "ADDJOB", "q", "b", "0")
        desk.execute(producer, "ADDJOB", "q", "c", "0")
        desk.endTurn()
        #expect(clients.map { got($0) } == [["a"], ["b"], ["c"]])
        #expect(desk.broker.blockedCount == 0)
    }

    @Test func oneJobIsAllThatAWaitGives() {
        let client = waiting("COUNT", "5", "WITHCOUNTERS", "FROM", "q", "r")
        for body in ["a", "b"] { desk.execute(producer, "ADDJOB", "r", body, "0") }
        desk.endTurn()
        let reply = desk.replies(client)
        #expect(reply.count == 1 && reply[0].elements.count == 1)
        #expect(reply[0].elements[0].elements.count == 7)
        #expect(desk.run(producer, "QLEN", "r") == 1)
    }

    @Test func theWaitEndsWithItsTimeout() {
        let client = waiting("TIMEOUT", "150", "FROM", "q")
        let long = waiting("TIMEOUT", "9223372036854775807", "FROM", "q")
        let forever = waiting("TIMEOUT", "0", "FROM", "q")
        #expect(desk.broker.nextWake == desk.now.advanced(by: Microseconds(150_000)))
        desk.pass(milliseconds: 149)
        #expect(desk.replies(client) == [])
        desk.pass(milliseconds: 1)
        #expect(desk.replies(client) == [.nullArray])
        #expect(!client.isBlocked)
        #expect(desk.broker.woken.map(\.id) == [client.id])
        #expect(long.isBlocked && forever.isBlocked)
        desk.add(producer, "q", "a")
        #expect(got(long) == ["a"])
    }

    @Test func whoIsGoneIsNeverHandedAJob() {
        let gone = waiting("FROM", "q")
        let stays = waiting("FROM", "q")
        desk.execute(producer, "ADDJOB", "q", "a", "0")
        desk.broker.disconnect(gone)
        desk.endTurn()
        #expect(gone.replies.count == 0)
        #expect(got(stays) == ["a"])
        let killed = waiting("FROM", "q")
        killed.isKilled = true
        desk.add(producer, "q", "b")
        #expect(killed.replies.count == 0)
        #expect(desk.bodies(producer, "q") == ["b"])
    }

    @Test func oneQueueNamedTwiceIsOneWait() {
        let client = waiting("FROM", "q", "r", "q")
        #expect(desk.statistic(producer, "q", "blocked") == 1)
        desk.execute(producer, "ADDJOB", "q", "a", "0")
        desk.execute(producer, "ADDJOB", "r", "b", "0")
        desk.endTurn()
        #expect(got(client) == ["a"])
        #expect(desk.statistic(producer, "r", "blocked") == 0)
        #expect(desk.bodies(producer, "r") == ["b"])
    }

    @Test func whoWaitsIsNotOvertakenByWhoCouldWait() {
        let first = waiting("FROM", "q")
        let second = desk.client()
        desk.execute(producer, "ADDJOB", "q", "a", "0")
        desk.execute(second, "GETJOB", "FROM", "q")
        desk.endTurn()
        #expect(got(first) == ["a"])
        #expect(second.isBlocked)
        desk.execute(producer, "ADDJOB", "q", "b", "0")
        desk.execute(producer, "ADDJOB", "q", "c", "0")
        let third = desk.client()
        desk.execute(third, "GETJOB", "COUNT", "5", "FROM", "q")
        desk.endTurn()
        #expect(got(third) == ["b"], "one is left to who waits")
        #expect(got(second) == ["c"])
    }

    @Test func everythingThatQueuesAJobServes() {
        var clients: [BrokerClient] = []
        let id = desk.add(producer, "q", "a", "RETRY", "5")
        _ = desk.bodies(producer, "q")
        for command in [["NACK", id], ["ENQUEUE", id], ["NACK", id, "DELAY", "10"]] {
            let client = waiting("FROM", "q")
            desk.run(producer, command)
            desk.pass(milliseconds: 10)
            #expect(got(client) == ["a"], "\(command)")
            clients.append(client)
        }
        let client = waiting("FROM", "q")
        desk.pass(seconds: 5)
        #expect(got(client) == ["a"], "the retry time")
        desk.run(producer, "NACK", id)
        let other = waiting("FROM", "r")
        desk.run(producer, "QMOVE", "q", "r")
        #expect(got(other) == ["a"])
        let late = waiting("FROM", "s")
        desk.add(producer, "s", "z", "DELAY", "1")
        #expect(late.isBlocked)
        desk.pass(seconds: 1)
        #expect(got(late) == ["z"])
    }

    @Test func aNodeThatLeavesLetsNobodyWait() {
        let client = waiting("FROM", "q")
        desk.add(producer, "r", "last")
        desk.broker.jobs.isLeaving = true
        desk.broker.endAllWaits { $0.error(Broker.leaving) }
        let leaving = Reply.error("LEAVING This node is leaving the cluster, please connect to a different one")
        #expect(desk.replies(client) == [leaving])
        #expect(desk.run(producer, "GETJOB", "FROM", "r").elements.count == 1)
        #expect(desk.run(producer, "GETJOB", "FROM", "r") == leaving)
        #expect(desk.run(producer, "GETJOB", "NOHANG", "FROM", "r") == .nullArray)
    }

    @Test func removingEverythingEndsAllWaits() {
        let client = waiting("FROM", "q")
        desk.add(producer, "r", "a")
        desk.broker.removeEverything()
        #expect(desk.replies(client) == [.nullArray])
        #expect(desk.run(producer, "QSTAT", "r") == .nullArray)
        desk.add(producer, "r", "b")
        #expect(desk.bodies(producer, "r") == ["b"])
    }

    @Test func notTooManyMayWait() throws {
        var settings = BrokerSettings()
        settings.blockedClientsMost = 1
        let desk = try BrokerDesk(settings)
        let (first, second) = (desk.client(), desk.client())
        desk.run(first, "GETJOB", "FROM", "q")
        #expect(
            desk.run(second, "GETJOB", "FROM", "q")
                == .error("ERR 1 clients wait for jobs already, and no more are allowed"))
        desk.broker.disconnect(first)
        desk.run(second, "GETJOB", "FROM", "q")
        #expect(second.isBlocked)
    }

    @Test func linesForgetWhoLeft() {
        let stays = waiting("TIMEOUT", "60000", "FROM", "q")
        for _ in 0..<1_000 {
            let client = desk.client()
            desk.execute(client, "GETJOB", "TIMEOUT", "50000", "FROM", "q")
            desk.broker.disconnect(client)
        }
        #expect(desk.broker.blockedCount == 1)
        desk.pass(seconds: 60)
        #expect(desk.replies(stays) == [.nullArray])
        #expect(desk.broker.nextWake.map { $0 > desk.now } ?? true)
    }
}
