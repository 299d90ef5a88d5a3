import Message
import Testing

@testable import Queue

@Suite struct ServerReadingTests {
    @Test func answersCommandsThatComeTogetherInOrder() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        try bench.exchange(
            client, "PING\r\n" + command("PING", "a") + command("NONSENSE") + "PING b\r\n",
            "+PONG\r\n$1\r\na\r\n-ERR unknown command 'NONSENSE'\r\n$1\r\nb\r\n")
        #expect(bench.server.counters.commands == 4 && bench.server.counters.connections == 1)
    }

    @Test func aRequestMeansTheSameInAnyTwoPieces() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        let request = Array((command("PING", "hello") + "\r\nPING x\r\n").utf8)
        for cut in 1..<request.count {
            client.send(String(decoding: request[..<cut], as: UTF8.self))
            try bench.turn(waitingMilliseconds: 1_000)
            client.send(String(decoding: request[cut...], as: UTF8.self))
            try bench.expect(client, "$5\r\nhello\r\n$1\r\nx\r\n")
        }
        #expect(bench.server.heldInput == 0)
    }

    @Test func aLongBodyIsGatheredPieceByPiece() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        let body = String(repeating: "0123456789abcdef", count: 100_000)
        var request = Array((command("PING", body) + "PING\r\n").utf8)[...]
        let answer = "$\(body.utf8.count)\r\n\(body)\r\n+PONG\r\n"
        try bench.turn(until: {
            client.send(&request, most: 40_000)
            return client.receive() || client.received.count >= answer.utf8.count
        })
        #expect(client.take() == answer)
        #expect(bench.server.heldInput == 0 && bench.server.heldOutput == 0)
    }

    @Test func manyCommandsOfOneDoNotKeepAnotherWaiting() throws {
        let bench = try ServerBench({ $0.clientCommandsInATurn = 10 })
        let busy = try bench.client()
        let other = try bench.client()
        try bench.exchange(busy, "PING\r\n", "+PONG\r\n")
        try bench.exchange(other, "PING\r\n", "+PONG\r\n")
        busy.send(String(repeating: "PING\r\n", count: 1_000))
        other.send("PING x\r\n")
        let before = bench.turns
        try bench.expect(other, "$1\r\nx\r\n")
        #expect(bench.turns - before <= 2, "in the first turn, or in the second where its bytes were late")
        try bench.expect(busy, String(repeating: "+PONG\r\n", count: 1_000))
        #expect(bench.turns - before >= 50 && !bench.server.hasWorkNow)
    }

    @Test func aTurnEndsInTimeAndWhoAsksForLittleGoesFirst() throws {
        let bench = try ServerBench({ $0.microsecondsInATurn = 5_000 })
        let busy = try (0..<20).map { _ in try bench.client() }
        let other = try bench.client()
        try bench.exchange(other, "PING\r\n", "+PONG\r\n")
        // Every look at the clock is a millisecond later than the last.
        var microseconds: Int64 = 0
        bench.server.clock = {
            microseconds += 1_000
            return microseconds
        }
        for client in busy { client.send(String(repeating: "PING\r\n", count: 2_000)) }
        for _ in 0..<10 {
            let before = bench.server.counters.commands
            try bench.turn(waitingMilliseconds: 1_000)
            #expect(bench.server.counters.commands - before <= 6 * 64)
        }
        other.send("PING x\r\n")
        let before = bench.turns
        try bench.expect(other, "$1\r\nx\r\n")
        #expect(bench.turns - before <= 8, "\(bench.turns - before) turns behind those who go first, too")
        // Those who always ask for little do not keep away who asked for much.
        for client in busy {
            try bench.turn(until: {
                other.send("PING\r\n")
                return client.receive() || client.received.count >= 7 * 2_000
            })
            #expect(client.take() == String(repeating: "+PONG\r\n", count: 2_000))
        }
        #expect(other.receive() == false)
    }

    @Test func allClientsTogetherLeaveTheTurnShort() throws {
        let bench = try ServerBench({ $0.commandsInATurn = 16 })
        let clients = try (0..<5).map { _ in try bench.client() }
        for client in clients { try bench.exchange(client, "PING\r\n", "+PONG\r\n") }
        let before = bench.server.counters.commands
        for client in clients { client.send(String(repeating: "PING\r\n", count: 10)) }
        try bench.turn(waitingMilliseconds: 1_000)
        #expect(bench.server.counters.commands - before <= 16)
        for client in clients { try bench.expect(client, String(repeating: "+PONG\r\n", count: 10)) }
    }

    @Test func whatCannotBeUnderstoodIsAnsweredAndEndsTheConnection() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("PING\r\n*1\r\n!x\r\nPING\r\n")
        try bench.expectEnd(client, "+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n")
        for request in ["POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
            let browser = try bench.client()
            browser.send(request)
            try bench.turn(until: { browser.receive() })
            #expect(!browser.take().contains("HTTP"))
        }
        #expect(bench.server.counters.connections == 0 && bench.server.counters.expelled == 3)
    }

    @Test func quitIsAnsweredAndWhatFollowsItIsDropped() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("PING\r\nQUIT\r\nPING\r\n")
        try bench.expectEnd(client, "+PONG\r\n+OK\r\n")
    }

    @Test func whoSendsNothingMoreStillGetsItsReplies() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("PING\r\nPING x\r\nPIN")
        client.finishSending()
        try bench.expectEnd(client, "+PONG\r\n$1\r\nx\r\n")
        let silent = try bench.client()
        try bench.turn(until: { bench.server.counters.connections == 1 })
        silent.reset()
        try bench.turn(until: { bench.server.counters.connections == 0 })
    }
}
