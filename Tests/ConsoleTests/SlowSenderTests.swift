import Console
import Glibc
import Synchronization
import Testing

/// Whoever takes too long is cut, and disturbs nobody. The times are the server's own, made short.
@Suite struct SlowSenderTests {
    @Test func aHeadThatNeverEndsIsCut() throws {
        let running = try RunningServer { $0.headMilliseconds = 150 }
        defer { running.stop() }
        let client = try RawClient(port: running.port)
        defer { client.close() }
        client.send(Array("GET /health HTTP/1.1\r\nHost: loc".utf8))
        #expect(RawReply(client.readAll()).status == 408)
    }

    @Test func aBodyThatNeverEndsIsCut() throws {
        let running = try RunningServer { $0.bodyMilliseconds = 150 }
        defer { running.stop() }
        let client = try RawClient(port: running.port)
        defer { client.close() }
        client.send(
            Array(
                """
                POST /admin/reload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(RunningServer.tokenText)\r
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{
                """.utf8))
        #expect(RawReply(client.readAll()).status == 0)
        #expect(running.backend.commands.withLock { $0.isEmpty })
    }

    @Test func aThousandHalfOpenOnesDelayNobody() throws {
        let running = try RunningServer { $0.headMilliseconds = 3_000 }
        defer { running.stop() }
        let clients = try (0..<400).map { _ in try RawClient(port: running.port) }
        defer { for client in clients { client.close() } }
        for client in clients { client.send(Array("GET /he".utf8)) }
        var slowest = Duration.zero
        for _ in 0..<50 {
            let took = try ContinuousClock().measure {
                let reply = try running.ask("GET /health")
                #expect(reply.status == 200)
            }
            slowest = max(slowest, took)
        }
        #expect(slowest < .milliseconds(500))
        for client in clients.prefix(5) { #expect(RawReply(client.readAll()).status == 408) }
    }

    @Test func oneConnectionTooManyIsClosed() throws {
        let running = try RunningServer { $0.connections = 3 }
        defer { running.stop() }
        let clients = try (0..<4).map { _ in try RawClient(port: running.port) }
        #expect(clients[3].readAll().isEmpty)
        clients[0].send(Array("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        #expect(RawReply(clients[0].readAll()).status == 200)
        for client in clients { client.close() }
    }

    @Test func aClientThatGoesAwayIsForgotten() throws {
        let running = try RunningServer()
        defer { running.stop() }
        for _ in 0..<20 {
            let client = try RawClient(port: running.port)
            client.send(Array("GET /health HT".utf8))
            client.close()
        }
        #expect(try running.ask("GET /health").status == 200)
    }
}
