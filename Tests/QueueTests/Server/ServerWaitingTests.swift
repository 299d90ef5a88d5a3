import Message
import Testing

@testable import Queue

/// Clients that wait for jobs, and the others meanwhile.
@Suite struct ServerWaitingTests {
    /// `+D-...` and its line end.
    private func addJob(_ bench: ServerBench, _ client: TestClient, _ body: String, to queue: String = "q") throws {
        client.send(command("ADDJOB", queue, body, "0"))
        try bench.turn(until: { client.receive() || client.received.count >= 43 })
        #expect(client.take().hasPrefix("+D-"))
    }

    @Test func aWaitingClientIsServedAndThenGoesOn() throws {
        let bench = try ServerBench()
        let consumer = try bench.client()
        let producer = try bench.client()
        consumer.send(command("GETJOB", "FROM", "q") + "PING\r\n")
        try bench.turn(until: { bench.server.counters.blocked == 1 })
        consumer.send("PING late\r\n")
        try bench.exchange(producer, "PING\r\n", "+PONG\r\n")
        #expect(!consumer.receive() && consumer.received.isEmpty, "its later commands wait")
        try addJob(bench, producer, "body")
        try bench.turn(until: { consumer.receive() || consumer.received.count >= 88 })
        let text = consumer.take()
        #expect(
            text.hasPrefix("*1\r\n*3\r\n$1\r\nq\r\n$40\r\nD-")
                && text.hasSuffix("$4\r\nbody\r\n+PONG\r\n$4\r\nlate\r\n"))
        #expect(bench.server.counters.blocked == 0)
    }

    @Test(arguments: [false, true]) func whoIsGoneIsNeverHandedAJob(byReset: Bool) throws {
        let bench = try ServerBench()
        let producer = try bench.client()
        for round in 0..<20 {
            let consumer = try bench.client()
            consumer.send(command("GETJOB", "FROM", "q\(round)"))
            try bench.turn(until: { bench.server.counters.blocked == 1 })
            // Both before the next turn: it sees the end of one and the command of the other together.
            if byReset { consumer.reset() } else { consumer.close() }
            try addJob(bench, producer, "body", to: "q\(round)")
            try bench.exchange(producer, "QLEN q\(round)\r\n", ":1\r\n")
            #expect(bench.server.counters.blocked == 0 && bench.server.counters.connections == 1)
        }
    }

    @Test func whoHangsUpWithItsQuestionIsNotHandedAJobEither() throws {
        let bench = try ServerBench()
        let producer = try bench.client()
        let consumer = try bench.client()
        consumer.send(command("GETJOB", "FROM", "q"))
        consumer.finishSending()
        try bench.expectEnd(consumer)
        try addJob(bench, producer, "body")
        try bench.exchange(producer, "QLEN q\r\n", ":1\r\n")
    }

    @Test func waitingEndsInTime() throws {
        let bench = try ServerBench()
        let consumer = try bench.client()
        consumer.send(command("GETJOB", "TIMEOUT", "1000", "FROM", "q"))
        try bench.turn(until: { bench.server.counters.blocked == 1 })
        try bench.pass(seconds: 2)
        try bench.expect(consumer, "*-1\r\n")
    }
}
