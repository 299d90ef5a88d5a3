import Console
import Observing
import Synchronization
import Testing

@Suite struct AccessTests {
    static let json = "Content-Type: application/json"

    @Test func onlyTheOpenPathsAreOpen() throws {
        let running = try RunningServer()
        defer { running.stop() }
        for path in ["/health", "/ready", "/admin/ping", "/metrics"] {
            #expect(try running.ask("GET \(path)", token: nil).status == 200, "\(path)")
        }
        let closed = [
            "GET /admin/status", "GET /admin/dead", "GET /admin/dead/1", "GET /admin/audit", "GET /admin/conflicts",
            "GET /admin/bill/report?month=2026-11", "POST /admin/dead/retry", "POST /admin/reload", "POST /admin/stop",
        ]
        for line in closed {
            let reply = try running.ask(line, headers: [Self.json], token: nil)
            #expect(reply.status == 401 && reply.header("www-authenticate") != nil, "\(line): \(reply)")
        }
        #expect(running.backend.commands.withLock { $0.isEmpty })
    }

    @Test func theTokenOpensAndCommandsArriveWhole() throws {
        let running = try RunningServer()
        defer { running.stop() }
        #expect(try running.ask("GET /admin/status").body == "{\"done\":true}\n")
        _ = try running.ask("GET /admin/dead?route=or%C3%A9&after=5&limit=7")
        _ = try running.ask("GET /admin/dead/42")
        _ = try running.ask("GET /admin/audit?format=text")
        _ = try running.ask("GET /admin/bill/report?customer=1001&month=2026-11")
        _ = try running.ask("POST /admin/dead/retry", headers: [Self.json], body: "{\"ids\":[1,2],\"force\":true}")
        _ = try running.ask("POST /admin/dead/retry", headers: [Self.json], body: "{\"all\":true,\"dry_run\":true}")
        _ = try running.ask("POST /admin/reload", headers: [Self.json])
        _ = try running.ask("POST /admin/stop", headers: [Self.json], body: "{\"grace_ms\":5000}")
        #expect(
            running.backend.commands.withLock { $0 } == [
                .status, .deadList(route: "oré", after: 5, limit: 7), .deadShow(42), .audit(limit: 20, format: .text),
                .billReport(customer: "1001", period: "2026-11", format: .json),
                .deadRetry(DeadRetry(selection: .ids([1, 2]), force: true)),
                .deadRetry(DeadRetry(selection: .all, dryRun: true)), .reload, .stop(graceMilliseconds: 5_000),
            ])
    }

    @Test(arguments: [
        "{\"ids\":[]}", "{}", "", "[1]", "{\"ids\":[1],\"all\":true}", "{\"ids\":[1.5]}", "{\"ids\":[-1]}",
        "{\"ids\":[99999999999999999999]}", "{\"all\":false}", "{\"all\":true,\"more\":1}", "{\"route\":7}",
        "{\"all\":tr",
        "{\"all\":true,\"force\":\"yes\"}",
    ])
    func aRetryThatIsNotClearIsRefused(_ body: String) throws {
        let running = try RunningServer()
        defer { running.stop() }
        #expect(try running.ask("POST /admin/dead/retry", headers: [Self.json], body: body).status == 400)
        #expect(running.backend.commands.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        "/admin/dead?limit=0", "/admin/dead?limit=x", "/admin/dead?other=1", "/admin/dead?limit=1&limit=2",
        "/admin/dead?route=%ff", "/admin/bill/report", "/admin/audit?format=xml", "/health?x=1",
    ])
    func parametersAreKnownAndWhole(_ target: String) throws {
        let running = try RunningServer()
        defer { running.stop() }
        #expect(try running.ask("GET \(target)").status == 400)
    }

    @Test func badTokensAreCountedAndTheRightOnePasses() throws {
        let running = try RunningServer { $0.badTokensPerMinute = 5 }
        defer { running.stop() }
        let bad = RunningServer.tokenText.dropLast() + "0"
        let statuses = try (0..<8).map { _ in try running.ask("GET /admin/status", token: String(bad)).status }
        #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429])
        #expect(try running.ask("GET /admin/status", token: String(bad)).header("retry-after") != nil)
        #expect(try running.ask("GET /admin/status").status == 200)
        #expect(try running.ask("GET /admin/status", headers: ["Authorization: Basic eDp5"], token: nil).status == 429)
    }

    @Test(arguments: [
        ("localhost", 200), ("LOCALHOST:9990", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 421),
        ("localhost.evil.example", 421), ("127.0.0.1.evil.example:80", 421), ("localhost:x", 421), ("", 421),
        ("localhost:99999", 421), ("127.0.0.2", 421),
    ])
    func foreignHostsAreMisdirected(_ host: String, _ status: Int) throws {
        let running = try RunningServer()
        defer { running.stop() }
        #expect(try running.ask("GET /health", host: host).status == status)
    }

    @Test(arguments: [
        (["Origin: http://evil.example", json], 403), (["Origin: null", json], 403),
        (["Origin: https://localhost", json], 403), (["Sec-Fetch-Site: cross-site", json], 403),
        (["Content-Type: text/plain"], 415), ([], 415),
        (["Content-Type: application/x-www-form-urlencoded"], 415), (["Content-Type: application/jsonp"], 415),
        (["Origin: http://localhost:9990", "Content-Type: application/json; charset=utf-8"], 200),
    ])
    func stateChangesComeFromHere(_ headers: [String], _ status: Int) throws {
        let running = try RunningServer()
        defer { running.stop() }
        #expect(try running.ask("POST /admin/reload", headers: headers).status == status)
    }

    @Test func errorsShowNothingOfTheInside() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let cases: [(ConsoleError, Int)] = [
            (.notFound("no such dead letter"), 404), (.invalid("x"), 400), (.refused("x"), 409),
            (.unavailable("x"), 503), (.failed("SELECT secret FROM /var/lib/x"), 500),
        ]
        for (error, status) in cases {
            running.backend.error.withLock { $0 = error }
            let reply = try running.ask("GET /admin/status")
            #expect(reply.status == status)
            #expect(!reply.text.contains("SELECT") && !reply.text.lowercased().contains("microhttpd"))
        }
    }

    @Test func everyAnswerHasTheSecurityHeaders() throws {
        let running = try RunningServer()
        defer { running.stop() }
        for line in ["GET /health", "GET /admin/status", "GET /nothing"] {
            let reply = try running.ask(line)
            #expect(reply.header("x-content-type-options") == "nosniff")
            #expect(reply.header("cache-control") == "no-store")
            #expect(reply.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
            #expect(reply.header("access-control-allow-origin") == nil)
        }
    }

    @Test func readinessNamesWhatIsMissing() throws {
        let running = try RunningServer()
        defer { running.stop() }
        running.backend.problems.withLock { $0 = ["shop is away"] }
        let reply = try running.ask("GET /ready", token: nil)
        #expect(reply.status == 503 && reply.body == "{\"ready\":false,\"problems\":[\"shop is away\"],\"notes\":[]}\n")
        #expect(try running.ask("HEAD /health").body.isEmpty)
    }

    @Test func anAddressInUseIsAnError() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let failure = #expect(throws: AdminFileError.self) {
            try AdminServer(
                running.server.address, token: AdminToken(RunningServer.tokenText), backend: FakeBackend(),
                logger: .silent)
        }
        #expect(failure?.description.contains("cannot listen on 127.0.0.1:") == true)
    }

    @Test func onlyLoopbackIsListenedOn() throws {
        for text in ["0.0.0.0:0", "[::]:0", "10.0.0.1:0"] {
            let address = try #require(ConsoleAddress(text))
            #expect(throws: AdminFileError.self) {
                try AdminServer(
                    address, token: AdminToken(RunningServer.tokenText), backend: FakeBackend(), logger: .silent)
            }
        }
        #expect(ConsoleAddress("localhost:9990")?.description == "127.0.0.1:9990")
        #expect(ConsoleAddress("[::1]:9990")?.description == "[::1]:9990")
        for text in ["", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "example.org:1", "[::1:1"] {
            #expect(ConsoleAddress(text) == nil, "\(text)")
        }
    }
}
