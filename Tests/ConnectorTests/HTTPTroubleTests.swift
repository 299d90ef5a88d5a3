import Connecting
import Foundation
import Glibc
import Testing

/// Receivers that misbehave on the way.
@Suite(.serialized) struct HTTPTroubleTests {
    private static func key(_ request: String) -> Substring? {
        request.split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key") }
    }

    /// libcurl sends again by itself what met a kept-alive connection that was just being closed.
    @Test func aSilentResendCarriesTheSameKeyAndBytes() throws {
        let receiver = HTTPReceiver { _, number in
            number == 2 ? [.close] : [.send("HTTP/1.1 204 X\r\n\r\n")]
        }
        defer { receiver.stop() }
        let probe = DeliveryProbe()
        let connection = try HTTPConnectorTests.open("http://127.0.0.1:\(receiver.port)", probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        connection.send([Dispatch(token: 1, host: 0, request: HTTPConnectorTests.request(key: "first"))])
        _ = try probe.wait(1)
        connection.send([Dispatch(token: 2, host: 0, request: HTTPConnectorTests.request(key: "second"))])
        #expect(try probe.wait(2)[2]?.success?.status == 204)
        let requests = receiver.requests
        try #require(requests.count == 3, "the second one was sent twice")
        #expect(requests[1] == requests[2] && Self.key(requests[2]) == "Idempotency-Key: \"second\"")
    }

    @Test func receiversThatCloseIdleConnectionsUnderLoadLoseNothing() throws {
        // Every third answer says that it is the last one; every seventh connection closes without a word after one.
        let receiver = HTTPReceiver { _, number in
            number % 3 == 0
                ? [.send("HTTP/1.1 204 X\r\nConnection: close\r\n\r\n"), .close]
                : number % 7 == 0 ? [.send("HTTP/1.1 204 X\r\n\r\n"), .close] : [.send("HTTP/1.1 204 X\r\n\r\n")]
        }
        defer { receiver.stop() }
        let probe = DeliveryProbe()
        let connection = try HTTPConnectorTests.open("http://127.0.0.1:\(receiver.port)", probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        for part in 0..<20 {
            connection.send(
                (0..<50).map {
                    let token = UInt64(part * 50 + $0)
                    return Dispatch(token: token, host: 0, request: HTTPConnectorTests.request(key: "k\(token)"))
                })
            _ = try probe.wait((part + 1) * 50)
        }
        let outcomes = try probe.wait(1_000)
        #expect(outcomes.values.allSatisfy { $0.success != nil || $0.failure?.isRetryable == true })
        #expect(outcomes.values.filter { $0.success != nil }.count > 900)
    }

    /// One byte every 50 ms, for ever: the time of the attempt ends it.
    @Test func anAnswerThatDripsIsGivenUpInTime() throws {
        let (listener, port) = HTTPReceiver.listen()
        defer { shutdown(listener, Int32(SHUT_RDWR)) }
        Thread.detachNewThread {
            let peer = accept(listener, nil, nil)
            while peer >= 0, Glibc.send(peer, "H", 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(50_000) }
            close(peer)
        }
        let start = ContinuousClock.now
        let failure = try HTTPConnectorTests.deliver(
            HTTPConnectorTests.request(timeout: 400), to: "http://127.0.0.1:\(port)"
        ).failure
        #expect(failure?.cause == .noAnswer && failure?.outcomeUnknown == true)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func continuesAndBigBodiesAreNotWaitedFor() throws {
        let body = String(repeating: "x", count: 3_000_000)
        let start = ContinuousClock.now
        let result = try HTTPConnectorTests.deliver(HTTPConnectorTests.request(body: body)) { request, _ in
            request.contains("Expect:")
                ? [.send("HTTP/1.1 417 X\r\n\r\n")]
                : [.send("HTTP/1.1 100 Continue\r\n\r\n"), .send("HTTP/1.1 204 X\r\n\r\n")]
        }
        #expect(result.success?.status == 204)
        #expect(ContinuousClock.now - start < .seconds(4))
    }
}
