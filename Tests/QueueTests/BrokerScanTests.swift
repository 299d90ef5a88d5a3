import Store
import Testing

@testable import Queue

@Suite("Broker: QSCAN and JSCAN") struct BrokerScanTests {
    private let desk: BrokerDesk
    private let client: BrokerClient

    init() throws {
        desk = try BrokerDesk()
        client = desk.client()
    }

    private func names(_ words: String...) -> Set<String> {
        Set(desk.run(client, ["QSCAN"] + words).elements[1].elements.map(\.text))
    }

    /// Pages until the cursor is 0.
    private func pages(_ words: [String]) -> [[Reply]] {
        var pages: [[Reply]] = []
        var cursor = "0"
        repeat {
            let reply = desk.run(client, [words[0], cursor] + words.dropFirst())
            cursor = reply.elements[0].text
            pages.append(reply.elements[1].elements)
        } while cursor != "0" && pages.count < 1_000
        return pages
    }

    @Test func qscanShowsAllNamesInPages() {
        for number in 0..<25 { desk.add(client, "q\(number)", "b") }
        let pages = pages(["QSCAN", "COUNT", "10"])
        #expect(pages.map(\.count).max() == 10)
        #expect(Set(pages.joined()).count == 25)
        #expect(names("BUSYLOOP").count == 25)
        #expect(names("COUNT", "-1").count == 25)
        #expect(desk.run(client, "QSCAN").elements[0] == "0")
        #expect(desk.run(client, "QSCAN", "999999999999") == ["0", []])
    }

    @Test func qscanFiltersByLength() {
        for (name, count) in [("none", 0), ("one", 1), ("two", 2)] {
            desk.run(client, "PAUSE", name, "out")
            for _ in 0..<count { desk.add(client, name, "b") }
        }
        #expect(names("MINLEN", "1") == ["one", "two"])
        #expect(names("minlen", "1", "MAXLEN", "1") == ["one"])
        #expect(names("MAXLEN", "0") == ["none"])
        #expect(names("MAXLEN", "1", "MINLEN", "2") == [])
        #expect(names("MINLEN", "-1", "MAXLEN", "-1", "IMPORTRATE", "-1").count == 3)
        #expect(names("IMPORTRATE", "1") == [])
    }

    @Test(arguments: ["QSCAN", "JSCAN"])
    func cursorsHaveTheirErrors(command: String) {
        let bad = Reply.error("ERR invalid cursor or option name")
        #expect(desk.run(client, command, "x") == bad)
        #expect(desk.run(client, command, "-1") == bad)
        #expect(desk.run(client, command, "COUNT") == bad)
        #expect(desk.run(client, command, "0", "COUNT") == .error("ERR syntax error"))
        #expect(desk.run(client, command, "0", "0") == .error("ERR syntax error"))
        #expect(desk.run(client, command, "FLURB", "1") == bad)
        #expect(
            desk.run(client, command, "COUNT", "x") == .error("ERR value is not an integer or out of range"))
    }

    @Test func jscanGivesIDsAsStatuses() {
        let ids = (0..<25).map { desk.add(client, "q\($0 % 3)", "b\($0)") }
        let pages = pages(["JSCAN", "COUNT", "10"])
        #expect(Set(pages.joined()) == Set(ids.map { .status($0) }))
        #expect(pages.joined().count == 25)
        #expect(desk.run(client, "JSCAN", "BUSYLOOP").elements[1].elements.count == 25)
        #expect(desk.run(client, "JSCAN", "QUEUE", "q0").elements[1].elements.count == 9)
        #expect(desk.run(client, "JSCAN", "QUEUE", "none") == ["0", []])
    }

    @Test func jscanFiltersByState() {
        let flying = desk.add(client, "q", "a")
        _ = desk.bodies(client, "q")
        let spent = desk.add(client, "q", "a", "RETRY", "0")
        _ = desk.bodies(client, "q")
        let queued = desk.add(client, "q", "a")
        let delayed = desk.add(client, "q", "a", "DELAY", "5")
        let expired = desk.add(client, "q", "a", "TTL", "1")
        desk.stall(seconds: 1)
        for (states, ids) in [
            (["queued"], [queued]), (["DELAYED"], [delayed]), (["in-flight"], [flying, spent]),
            (["active"], [flying, spent, delayed]), (["acked"], []), (["wait-repl", "queued"], [queued]), ([], []),
        ] {
            let reply = desk.run(client, ["JSCAN"] + states.flatMap { ["STATE", $0] })
            let expected = states.isEmpty ? [flying, spent, queued, delayed] : ids
            #expect(Set(reply.elements[1].elements.map(\.text)) == Set(expected), "\(states)")
        }
        #expect(desk.run(client, "SHOW", expired) == .null)
        #expect(desk.run(client, "JSCAN", "STATE", "flurb") == .error("ERR Invalid job state name"))
        #expect(desk.run(client, "JSCAN", "REPLY", "flurb") == .error("ERR Invalid REPLY type, try ID or ALL"))
    }

    @Test func jscanShowsWholeJobs() {
        let id = desk.add(client, "q", "b")
        #expect(desk.run(client, "JSCAN", "REPLY", "all").elements[1] == [desk.run(client, "SHOW", id)])
        #expect(desk.run(client, "JSCAN", "REPLY", "id").elements[1] == [.status(id)])
    }

    @Test func aLongReplyEndsEarlyAndSaysWhere() throws {
        var settings = BrokerSettings()
        settings.outputBytesMost = 4_000
        let desk = try BrokerDesk(settings)
        let client = desk.client()
        for number in 0..<20 { desk.add(client, "q", "\(number)" + String(repeating: "x", count: 200)) }
        var (bodies, cursor, rounds) = ([String](), "0", 0)
        repeat {
            let reply = desk.run(client, "JSCAN", cursor, "BUSYLOOP", "REPLY", "all")
            cursor = reply.elements[0].text
            bodies += reply.elements[1].elements.compactMap { $0["body"]?.text }
            rounds += 1
        } while cursor != "0" && rounds < 50
        #expect(bodies.count == 20 && Set(bodies).count == 20)
        #expect(rounds > 3)
    }
}
