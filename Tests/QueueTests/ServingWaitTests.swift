import Queue
import Testing

/// Clients that wait for jobs while an operator changes what they wait for.
@Suite struct ServingWaitTests {
    private func blocked(_ line: String) throws -> (ServingDoor, BrokerClient) {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let client = door.connect()
        _ = door.send(client, "AUTH s3cret")
        #expect(door.send(client, "GETJOB FROM q") == "" && client.isBlocked)
        let other = door.connect()
        _ = door.send(other, "AUTH s3cret")
        #expect(door.send(other, line) == "+OK\r\n")
        #expect(!client.isBlocked && door.broker.woken.contains { $0 === client })
        return (door, client)
    }

    @Test(arguments: ["DEBUG FLUSHALL", "CLUSTER RESET", "CLUSTER RESET HARD"])
    func getNothingWhereEverythingIsRemoved(_ line: String) throws {
        let (door, client) = try blocked(line)
        #expect(door.take(client) == "*-1\r\n")
    }

    @Test func areSentAwayFromANodeThatLeaves() throws {
        let (door, client) = try blocked("CLUSTER LEAVING yes")
        #expect(
            door.take(client) == "-LEAVING This node is leaving the cluster, please connect to a different one\r\n")
    }

    @Test func areSentAwayWithTheRightsThatTheyLose() throws {
        let (door, client) = try blocked("CONFIG SET requirepass other")
        #expect(door.take(client) == "-NOAUTH Authentication required.\r\n")
        let producer = door.connect()
        _ = door.send(producer, "AUTH other")
        _ = door.send(producer, "ADDJOB q body 0")
        door.endTurn()
        #expect(door.take(client) == "" && door.send(producer, "QLEN q") == ":1\r\n")
    }
}
