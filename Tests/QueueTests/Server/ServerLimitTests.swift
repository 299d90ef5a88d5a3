import Message
import Testing

@testable import Queue

/// What a connection may cost.
@Suite struct ServerLimitTests {
    @Test func tooManyClientsAreTold() throws {
        let bench = try ServerBench(broker: { $0.connectionsMost = 2 })
        let first = try bench.client()
        let second = try bench.client()
        try bench.exchange(first, "PING\r\n", "+PONG\r\n")
        try bench.exchange(second, "PING\r\n", "+PONG\r\n")
        try bench.expectEnd(try bench.client(), "-ERR max number of clients reached\r\n")
        first.close()
        try bench.turn(until: { bench.server.counters.connections == 1 })
        try bench.exchange(try bench.client(), "PING\r\n", "+PONG\r\n")
        #expect(bench.server.counters.refused == 1)
    }

    @Test func whoLeavesItsRepliesUnreadIsClosed() throws {
        let bench = try ServerBench(broker: { $0.outputBytesMost = 100_000 })
        let client = try TestClient(try #require(bench.server.address), receiveBufferBytes: 4_096)
        let request = command("PING", String(repeating: "x", count: 10_000))
        try bench.turn(until: { client.send(request) < 0 && bench.server.counters.connections == 0 })
        #expect(bench.server.counters.expelled == 1 && bench.server.heldOutput == 0)
    }

    @Test func whoReadsSlowlyGetsEverythingInOrder() throws {
        let bench = try ServerBench()
        let client = try TestClient(try #require(bench.server.address), receiveBufferBytes: 4_096)
        let count = 400
        let bodies = (0..<count).map { "\($0)" + String(repeating: "x", count: 10_000) }
        var request = Array(bodies.map { command("PING", $0) }.joined().utf8)[...]
        let answer = bodies.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        try bench.turn(until: {
            client.send(&request)
            return request.isEmpty && bench.server.counters.commands == count
        })
        #expect(bench.server.heldOutput > 0)
        try bench.turn(until: { client.receive() || client.received.count >= answer.utf8.count })
        #expect(client.take() == answer && bench.server.heldOutput == 0)
    }

    @Test func aStrangerMaySayAndHearLittleAndNotForLong() throws {
        let bench = try ServerBench(broker: { $0.password = Array("secret".utf8) })
        let many = try bench.client()
        many.send("*11\r\n")
        try bench.expectEnd(many, "-ERR Protocol error: invalid multibulk length\r\n")
        let long = try bench.client()
        long.send("*2\r\n$4\r\nPING\r\n$16385\r\n")
        try bench.expectEnd(long, "-ERR Protocol error: invalid bulk length\r\n")
        let loud = try bench.client()
        loud.send(String(repeating: "PING\r\n", count: 100))
        try bench.turn(until: { loud.receive() })
        #expect(loud.received.count <= 1_024)
        let friend = try bench.client()
        try bench.exchange(friend, "AUTH secret\r\n", "+OK\r\n")
        let body = String(repeating: "y", count: 20_000)
        try bench.exchange(friend, command("PING", body), "$20000\r\n\(body)\r\n")
        let slow = try bench.client()
        try bench.exchange(slow, "PING\r\n", "-NOAUTH Authentication required.\r\n")
        try bench.pass(seconds: 29)
        #expect(bench.server.counters.connections == 2)
        try bench.pass(seconds: 2)
        try bench.expectEnd(slow)
        try bench.exchange(friend, "PING\r\n", "+PONG\r\n")
    }

    @Test func howLongARequestMayBeChangesForConnectionsThatAreThere() throws {
        let bench = try ServerBench(broker: { $0.inputBytesMost = 1 << 20 })
        let client = try bench.client()
        try bench.exchange(client, command("CONFIG", "SET", "proto-max-bulk-len", "2mb"), "+OK\r\n")
        let body = String(repeating: "b", count: 3 << 19)
        var request = Array(command("PING", body).utf8)[...]
        let answer = "$\(body.utf8.count)\r\n\(body)\r\n"
        try bench.turn(until: {
            client.send(&request, most: 1 << 16)
            return client.receive() || client.received.count >= answer.utf8.count
        })
        #expect(client.take() == answer)
    }

    @Test func whoComesFromAnotherMachineStaysOutsideOnceThereIsNoPassword() throws {
        let near: [[UInt8]] = [
            [127, 0, 0, 1], [127, 9, 9, 9], [UInt8](repeating: 0, count: 15) + [1],
            [UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1],
        ]
        let far: [[UInt8]] = [
            [192, 168, 0, 1], [UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1],
            [0x20, 1] + [UInt8](repeating: 0, count: 14),
            [1, 0] + [UInt8](repeating: 0, count: 13) + [1],
        ]
        var settings = BrokerSettings()
        #expect(QueueServer.mayEnter(from: nil, settings))
        for host in near { #expect(QueueServer.mayEnter(from: DoorAddress(host: host, port: 1), settings)) }
        for host in far { #expect(!QueueServer.mayEnter(from: DoorAddress(host: host, port: 1), settings)) }
        settings.password = Array("secret".utf8)
        for host in near + far { #expect(QueueServer.mayEnter(from: DoorAddress(host: host, port: 1), settings)) }
    }

    @Test func aRequestThatIsNeverFinishedEndsAndAnIdleConnectionStays() throws {
        let bench = try ServerBench()
        let idle = try bench.client()
        try bench.exchange(idle, "PING\r\n", "+PONG\r\n")
        let half = try bench.client()
        half.send("*2\r\n$4\r\nPING\r\n$100\r\nabc")
        try bench.turn(until: { bench.server.heldInput > 0 })
        for _ in 0..<59 { try bench.pass(seconds: 1) }
        #expect(bench.server.counters.connections == 2)
        try bench.pass(seconds: 2)
        try bench.expectEnd(half)
        #expect(bench.server.heldInput == 0)
        try bench.exchange(idle, "PING\r\n", "+PONG\r\n")
    }

    @Test func halfSentRequestsDoNotFillTheMemory() throws {
        let bench = try ServerBench({ $0.inputBytesMost = 100_000 })
        let clients = try (0..<10).map { _ in try bench.client() }
        for client in clients {
            client.send("*2\r\n$4\r\nPING\r\n$100000\r\n" + String(repeating: "z", count: 30_000))
        }
        try bench.turn(until: { clients.count(where: { $0.receive() }) >= 6 })
        #expect(bench.server.heldInput <= 100_000)
    }

    @Test func aQuietConnectionGivesItsMemoryBack() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        try bench.exchange(
            client, String(repeating: "PING\r\n", count: 500), String(repeating: "+PONG\r\n", count: 500))
        let connection = try #require(bench.server.connections.compactMap { $0 }.first)
        #expect(connection.client.replies.bytes.capacity > 1_000)
        for _ in 0..<3 { try bench.pass(seconds: 1) }
        #expect(connection.client.replies.bytes.capacity == 0 && connection.input.capacity == 0)
        try bench.exchange(client, "PING\r\n", "+PONG\r\n")
    }

    @Test func theEndSendsWhatIsCommittedAndClosesEverything() throws {
        let bench = try ServerBench()
        let slow = try TestClient(try #require(bench.server.address), receiveBufferBytes: 4_096)
        let body = String(repeating: "x", count: 3_000_000)
        var request = Array(command("PING", body).utf8)[...]
        try bench.turn(until: {
            slow.send(&request)
            return bench.server.counters.commands == 1
        })
        #expect(bench.server.heldOutput > 0)
        let idle = try bench.client()
        let waiting = try bench.client()
        try bench.exchange(idle, "PING\r\n", "+PONG\r\n")
        waiting.send(command("DEBUG", "SLEEP", "100"))
        try bench.turn(until: { bench.server.counters.blocked == 1 })
        idle.send("PING\r\n")
        bench.server.drain()
        try bench.expectEnd(idle)
        try bench.expectEnd(waiting)
        #expect(!bench.server.hasDrained)
        try bench.turn(until: { slow.receive() })
        #expect(slow.take() == "$\(body.utf8.count)\r\n\(body)\r\n" && bench.server.hasDrained)
        #expect(bench.server.address == nil, "nobody can connect any more")
    }

    @Test func aClientThatDoesNotReadDoesNotHoldUpTheEnd() throws {
        let bench = try ServerBench()
        let slow = try TestClient(try #require(bench.server.address), receiveBufferBytes: 4_096)
        var request = Array(command("PING", String(repeating: "x", count: 7_000_000)).utf8)[...]
        try bench.turn(until: {
            slow.send(&request)
            return bench.server.heldOutput > 0
        })
        bench.server.drain()
        try bench.pass(seconds: 4)
        #expect(!bench.server.hasDrained)
        try bench.pass(seconds: 2)
        #expect(bench.server.hasDrained)
    }
}
