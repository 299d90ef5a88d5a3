import Connecting
import Foundation
import HTTPConnector
import Testing

@Suite(.serialized) struct HTTPConnectorTests {
    static func open(
        _ base: String, _ more: [String: ConnectionSettings.Setting] = [:], probe: DeliveryProbe
    ) throws -> any DeliveryConnection {
        let settings = ConnectionSettings(
            connection: "acme", settings: more.merging(["base": .text(base)]) { old, _ in old }, folder: "/")
        return try HTTPConnector().open(settings, extents: [], outcomes: probe.receive)
    }

    static func request(
        _ action: String = "post", _ target: String = "/v1/orders", headers: [DeliveryRequest.Header] = [],
        body: String = "{\"a\":1}", key: String = "shop.orders/1 orders/1", timeout: Int64 = 5_000
    ) -> DeliveryRequest {
        DeliveryRequest(
            action: action, target: target, headers: headers, contentType: "application/json", body: Array(body.utf8),
            idempotencyKey: key, timeoutMilliseconds: timeout)
    }

    /// The outcome of one request to a receiver.
    static func deliver(
        _ request: DeliveryRequest = request(), to base: String,
        _ more: [String: ConnectionSettings.Setting] = [:]
    ) throws -> Result<Delivered, DeliveryFailure> {
        let probe = DeliveryProbe()
        let connection = try open(base, more, probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        connection.send([Dispatch(token: 7, host: 0, request: request)])
        return try #require(try probe.wait(1)[7])
    }

    static func deliver(
        _ request: DeliveryRequest = request(), script: @escaping @Sendable (String, Int) -> [HTTPReceiver.Step]
    ) throws -> Result<Delivered, DeliveryFailure> {
        let receiver = HTTPReceiver(script)
        defer { receiver.stop() }
        return try deliver(request, to: "http://127.0.0.1:\(receiver.port)")
    }

    @Test(arguments: [
        (200, true, false, false), (201, true, false, false), (202, true, false, false), (299, true, false, false),
        (301, false, false, false), (302, false, false, false), (307, false, false, false), (400, false, false, false),
        (401, false, false, false), (403, false, false, false), (404, false, false, false), (405, false, false, false),
        (408, false, true, false), (409, false, true, false), (410, false, false, false), (413, false, false, false),
        (422, false, false, false), (425, false, true, false), (429, false, true, true), (431, false, false, false),
        (500, false, true, false), (501, false, false, false), (502, false, true, true), (503, false, true, true),
        (504, false, true, true), (505, false, false, false), (599, false, true, false), (999, false, false, false),
    ])
    func status(_ row: (status: Int, isSuccess: Bool, isRetryable: Bool, concernsHost: Bool)) throws {
        let result = try Self.deliver { _, _ in
            [.send("HTTP/1.1 \(row.status) X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
        }
        #expect((result.success?.status == row.status) == row.isSuccess)
        guard let failure = result.failure else { return }
        #expect(failure.cause == .status(row.status))
        #expect(failure.isRetryable == row.isRetryable)
        #expect(failure.concernsHost == row.concernsHost)
    }

    @Test func answersWithoutLength() throws {
        #expect(try Self.deliver { _, _ in [.send("HTTP/1.1 204 X\r\n\r\n")] }.success?.status == 204)
        #expect(try Self.deliver { _, _ in [.send("HTTP/1.1 304 X\r\n\r\n")] }.failure?.cause == .status(304))
        #expect(try Self.deliver { _, _ in [.send("HTTP/1.0 200 X\r\n\r\nok"), .close] }.success?.status == 200)
        let chunked = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        #expect(try Self.deliver { _, _ in [.send("HTTP/1.1 100 C\r\n\r\n" + chunked)] }.success?.status == 200)
    }

    @Test(arguments: [
        ("7", 7_000 as Int64?), ("99999", 3_600_000), ("Thu, 01 Jan 1998 00:00:00 GMT", 1_000),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3_600_000), ("soon", nil),
    ])
    func retryAfter(_ row: (header: String, milliseconds: Int64?)) throws {
        let result = try Self.deliver { _, _ in
            [.send("HTTP/1.1 503 X\r\nRetry-After: \(row.header)\r\nContent-Length: 0\r\n\r\n")]
        }
        #expect(result.failure?.retryAfterMilliseconds == row.milliseconds)
    }

    @Test func sendsWhatItShould() throws {
        let receiver = HTTPReceiver(answer: "HTTP/1.1 204 X\r\n\r\n")
        defer { receiver.stop() }
        let request = Self.request(
            "put", "/v1/orders/4%2F2?x=1",
            headers: [.init(name: "X-Shop", value: "a b"), .init(name: "X-None", value: "")],
            key: "a\"b\\c")
        _ = try Self.deliver(
            request, to: "http://127.0.0.1:\(receiver.port)/base/", ["bearer": .secret(Secret("t0ken"))])
        let text = try #require(receiver.requests.first)
        #expect(text.hasPrefix("PUT /base/v1/orders/4%2F2?x=1 HTTP/1.1\r\n"))
        for line in [
            "Authorization: Bearer t0ken", "Content-Type: application/json", "Idempotency-Key: \"a\\\"b\\\\c\"",
            "X-Shop: a b", "X-None:", "User-Agent: Waybill/1", "Content-Length: 7",
        ] { #expect(text.contains("\r\n\(line)\r\n"), "\(line)") }
        #expect(!text.contains("Expect"))
        #expect(text.hasSuffix("\r\n\r\n{\"a\":1}"))
    }

    @Test func basicAuthenticationAndMethods() throws {
        let receiver = HTTPReceiver(answer: "HTTP/1.1 204 X\r\n\r\n")
        defer { receiver.stop() }
        let probe = DeliveryProbe()
        let connection = try Self.open(
            "http://127.0.0.1:\(receiver.port)", ["user": .text("u"), "password": .secret(Secret("p"))], probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        for (index, action) in ["get", "post", "delete", "patch", "get"].enumerated() {
            let body = action == "get" || action == "delete" ? "" : "{}"
            connection.send([
                Dispatch(token: UInt64(index), host: 0, request: Self.request(action, "/\(index)", body: body))
            ])
            _ = try probe.wait(index + 1)
        }
        let lines = receiver.requests.map { $0.prefix { $0 != " " } }
        #expect(lines == ["GET", "POST", "DELETE", "PATCH", "GET"])
        #expect(receiver.requests.allSatisfy { $0.contains("Authorization: Basic dTpw\r\n") })
        #expect(receiver.connections == 1)
    }

    @Test(arguments: [
        Self.request(headers: [.init(name: "X", value: "a\r\nY: b")]),
        Self.request(headers: [.init(name: "X\n", value: "a")]),
        Self.request(headers: [.init(name: "X", value: "a\0")]), Self.request(headers: [.init(name: "", value: "a")]),
        Self.request(headers: [.init(name: "Content-Length", value: "0")]),
        Self.request(headers: [.init(name: "Host", value: "evil")]), Self.request(key: "a\nb"),
        Self.request("post", "/a b"), Self.request("post", "/a\r\nX: y"), Self.request("post", "/../x"),
        Self.request("post", "/a/%2e%2E/x"), Self.request("post", "/a#b"), Self.request("purge"),
    ])
    func refuses(_ request: DeliveryRequest) throws {
        let receiver = HTTPReceiver(answer: "HTTP/1.1 204 X\r\n\r\n")
        defer { receiver.stop() }
        let failure = try Self.deliver(request, to: "http://127.0.0.1:\(receiver.port)").failure
        #expect(failure?.cause == .refused)
        #expect(failure?.isRetryable == false)
        #expect(receiver.requests.isEmpty)
    }

    @Test func noAnswer() throws {
        let hung = try Self.deliver(Self.request(timeout: 200)) { _, _ in [.hang] }.failure
        #expect(hung?.cause == .noAnswer && hung?.outcomeUnknown == true && hung?.isRetryable == true)
        let stalled = try Self.deliver(Self.request(timeout: 200)) { _, _ in
            [.send("HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nab"), .hang]
        }.failure
        #expect(stalled?.cause == .noAnswer && stalled?.outcomeUnknown == true)
        let closed = try Self.deliver { _, _ in [.close] }.failure
        #expect(closed?.cause == .noAnswer && closed?.outcomeUnknown == true && closed?.isRetryable == true)
        let rubbish = try Self.deliver { _, _ in [.send("hello\r\n\r\n"), .close] }.failure
        #expect(rubbish?.cause == .noAnswer && rubbish?.outcomeUnknown == true)
    }

    @Test func nobodyThere() throws {
        let (listener, port) = HTTPReceiver.listen()
        close(listener)
        let refused = try Self.deliver(to: "http://127.0.0.1:\(port)").failure
        #expect(refused?.cause == .noAnswer && refused?.outcomeUnknown == false && refused?.concernsHost == true)
        let unknown = try Self.deliver(to: "http://nowhere.invalid").failure
        #expect(unknown?.cause == .noAnswer && unknown?.isRetryable == true && unknown?.concernsHost == true)
    }

    @Test func answersThatDoNotEnd() throws {
        let piece = String(repeating: "x", count: 16_384)
        let body = try Self.deliver { _, _ in
            [.send("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"), .flood("4000\r\n\(piece)\r\n")]
        }
        #expect(body.success?.status == 200)
        let headers = try Self.deliver { _, _ in
            [.send("HTTP/1.1 200 X\r\n"), .flood("X-A: \(String(repeating: "y", count: 1_000))\r\n")]
        }
        #expect(headers.failure?.cause == .noAnswer)
        let informational = try Self.deliver(Self.request(timeout: 2_000)) { _, _ in [.flood("HTTP/1.1 103 X\r\n\r\n")]
        }
        #expect(informational.failure?.cause == .noAnswer)
    }

    @Test func hundredsInFlight() throws {
        let receiver = HTTPReceiver(answer: "HTTP/1.1 204 X\r\n\r\n")
        defer { receiver.stop() }
        let probe = DeliveryProbe()
        let connection = try Self.open("http://127.0.0.1:\(receiver.port)", probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        connection.send((0..<3_000).map { Dispatch(token: $0, host: 0, request: Self.request(key: "k\($0)")) })
        let outcomes = try probe.wait(3_000)
        #expect(outcomes.values.allSatisfy { $0.success?.status == 204 })
        let keys = receiver.requests.compactMap { request in
            request.split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key") }
        }
        #expect(Set(keys).count == 3_000)
        #expect(receiver.connections <= 1_024)
    }

    @Test func closeReportsEverything() throws {
        let receiver = HTTPReceiver { _, _ in [.hang] }
        defer { receiver.stop() }
        let probe = DeliveryProbe()
        let connection = try Self.open("http://127.0.0.1:\(receiver.port)", probe: probe)
        connection.send((0..<40).map { Dispatch(token: $0, host: 0, request: Self.request()) })
        connection.close(graceMilliseconds: 300)
        let outcomes = try probe.wait(40)
        #expect(outcomes.values.allSatisfy { $0.failure?.outcomeUnknown == true })
        connection.send([Dispatch(token: 99, host: 0, request: Self.request())])
        #expect(try probe.wait(41)[99]?.failure?.outcomeUnknown == false)
    }

    @Test(arguments: [
        "ftp://a.example", "a.example", "http://", "http://u:p@a.example", "http://a.example/x#y", "http://a b",
        "http://a.example/?q=1",
    ])
    func refusesBase(_ base: String) {
        #expect(throws: ConnectionError.self) { try Self.open(base, probe: DeliveryProbe()) }
    }
}
