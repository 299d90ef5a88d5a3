import Connecting
import HTTPConnector
import Testing

/// `hosts ["https://a.example", "b.example"]`: one connection, several receivers of the same work.
@Suite struct HTTPHostsTests {
    static func open(
        _ settings: [String: ConnectionSettings.Setting], probe: DeliveryProbe = DeliveryProbe()
    ) throws -> any DeliveryConnection {
        try HTTPConnector().open(
            ConnectionSettings(connection: "globex", settings: settings, folder: "/"), extents: [],
            outcomes: probe.receive)
    }

    @Test func `each host is one authority, https where no scheme is written`() throws {
        let connection = try Self.open([
            "hosts": .textList(["https://E.globex.example/v2/", "w.globex.example:8443", "http://127.0.0.1:1"]),
            "balance": .word("least_busy"),
        ])
        defer { connection.close(graceMilliseconds: 0) }
        #expect(connection.hosts == ["e.globex.example", "w.globex.example:8443", "127.0.0.1:1"])
    }

    /// One slot is used for both hosts in turn, with the same target: the URL follows the host.
    @Test func `a request goes to the host that the engine chose`() throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let (east, west) = (HTTPReceiver(answer: answer), HTTPReceiver(answer: answer))
        defer {
            east.stop()
            west.stop()
        }
        let probe = DeliveryProbe()
        let connection = try Self.open(
            ["hosts": .textList(["http://127.0.0.1:\(east.port)/east", "http://127.0.0.1:\(west.port)"])], probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        for (token, host) in [0, 1, 1, 0, 1].enumerated() {
            connection.send([
                Dispatch(token: UInt64(token), host: host, request: HTTPConnectorTests.request("post", "/orders"))
            ])
            #expect(try probe.wait(token + 1)[UInt64(token)]?.success?.status == 200)
        }
        #expect(east.requests.count == 2)
        #expect(east.requests.allSatisfy { $0.hasPrefix("POST /east/orders HTTP/1.1\r\n") })
        #expect(west.requests.count == 3)
        #expect(west.requests.allSatisfy { $0.hasPrefix("POST /orders HTTP/1.1\r\n") })
    }

    @Test func `a failure names its own host`() throws {
        let probe = DeliveryProbe()
        let connection = try Self.open(
            ["hosts": .textList(["http://127.0.0.1:9", "http://127.0.0.2:9"])], probe: probe)
        defer { connection.close(graceMilliseconds: 0) }
        connection.send([
            Dispatch(token: 1, host: 1, request: HTTPConnectorTests.request()),
            Dispatch(token: 2, host: 2, request: HTTPConnectorTests.request()),
            Dispatch(token: 3, host: -1, request: HTTPConnectorTests.request()),
        ])
        let outcomes = try probe.wait(3)
        #expect(outcomes[1]?.failure?.reason == "127.0.0.2:9 does not accept connections")
        #expect(outcomes[2]?.failure?.cause == .refused)
        #expect(outcomes[3]?.failure?.cause == .refused)
    }

    @Test(
        arguments: [
            ([:], "it has neither `base` nor `hosts`"),
            (["base": .text("https://a"), "hosts": .textList(["b"])], "`base` and `hosts` exclude each other"),
            (["hosts": .textList([])], "`hosts` is empty"),
            (["hosts": .textList(["a.example", "https://A.example/x"])], "`hosts` names a.example twice"),
            (["hosts": .textList(["a.example", ""])], "`hosts` names no host"),
            (["hosts": .textList(["ftp://a.example"])], "`hosts` does not begin with http:// or https://"),
            (["hosts": .textList(["me@a.example"])], "`hosts` holds a user"),
            (["hosts": .textList(["a.example?x"])], "`hosts` holds a query or a fragment"),
            (["hosts": .textList(["a example"])], "`hosts` holds a byte that cannot stand in a URL"),
            (["base": .text("a.example")], "`base` does not begin with http:// or https://"),
        ] as [([String: ConnectionSettings.Setting], String)])
    func `what is refused`(_ row: (settings: [String: ConnectionSettings.Setting], problem: String)) {
        #expect {
            try Self.open(row.settings)
        } throws: { error in
            (error as? ConnectionError)?.problem == row.problem
        }
    }
}
