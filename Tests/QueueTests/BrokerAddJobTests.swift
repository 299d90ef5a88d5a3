import Store
import Testing

@testable import Queue

@Suite("Broker: ADDJOB") struct BrokerAddJobTests {
    private let desk: BrokerDesk
    private let client: BrokerClient

    init() throws {
        desk = try BrokerDesk()
        client = desk.client()
    }

    @Test func repliesWithTheIDAsAStatus() {
        let id = desk.add(client, "q", "body")
        #expect(id.utf8.count == 40)
        #expect(id.hasPrefix("D-\(desk.nodeID.prefix(8))-"))
        #expect(id.hasSuffix("-ffff"))
        #expect(desk.run(client, "GETJOB", "FROM", "q") == [["q", .bulk(id), "body"]])
    }

    @Test(arguments: [
        (["TTL", "86400"], "05a1"), (["TTL", "86400", "RETRY", "0"], "05a0"), (["TTL", "59"], "0001"),
        (["TTL", "120"], "0003"), (["TTL", "120", "RETRY", "0"], "0002"), (["RETRY", "0"], "fffe"),
        (["TTL", "3932100"], "ffff"), (["TTL", "3932100", "RETRY", "0"], "fffe"),
    ])
    func theIDEndsWithTheTimeToLive(options: [String], ending: String) {
        let reply = desk.run(client, ["ADDJOB", "q", "b", "0"] + options)
        #expect(reply.text.hasSuffix("-" + ending))
    }

    @Test(
        arguments: [
            ([], 300), (["TTL", "1"], 1), (["TTL", "19"], 1), (["TTL", "20"], 2), (["TTL", "100"], 10),
            (["TTL", "2999"], 299), (["TTL", "3000"], 300), (["TTL", "99999"], 300), (["RETRY", "7", "retry", "8"], 8),
        ] as [([String], Int64)])
    func retryFollowsFromTheTimeToLive(options: [String], retry: Int64) {
        let id = desk.run(client, ["ADDJOB", "q", "b", "0"] + options).text
        #expect(desk.run(client, "SHOW", id)["retry"] == .integer(retry))
    }

    private static let atMost = "must be at most 2147483647 seconds"

    @Test(arguments: [
        (["0", "REPLICATE", "0"], "ERR REPLICATE must be between 1 and 65535"),
        (["0", "REPLICATE", "65536"], "ERR REPLICATE must be between 1 and 65535"),
        (["0", "REPLICATE", "x"], "ERR REPLICATE must be between 1 and 65535"),
        (["0", "TTL", "0"], "ERR TTL must be a number > 0"), (["0", "TTL", ""], "ERR TTL must be a number > 0"),
        (["0", "RETRY", "-1"], "ERR RETRY time must be a non negative number"),
        (["0", "DELAY", "-1"], "ERR DELAY time must be a non negative number"),
        (["0", "MAXLEN", "0"], "ERR MAXLEN must be a positive number"),
        (["0", "MAXLEN", "-3"], "ERR MAXLEN must be a positive number"),
        (["0", "TTL", "2147483648"], "ERR TTL \(atMost)"), (["0", "RETRY", "4294967296"], "ERR RETRY \(atMost)"),
        (["0", "DELAY", "9223372036854775807"], "ERR DELAY \(atMost)"),
        (["0", "RETRY", "9223372036854775808"], "ERR RETRY time must be a non negative number"),
        (["0", "FLURB"], "ERR syntax error"), (["0", "FLURB", "1"], "ERR syntax error"),
        (["0", "TTL"], "ERR syntax error"), (["0", "ASYNC", "RETRY"], "ERR syntax error"),
        (["x", "FLURB", "1"], "ERR syntax error"), (["x"], "ERR timeout is not an integer or out of range"),
        ([""], "ERR timeout is not an integer or out of range"), (["-1"], "ERR timeout is negative"),
        (["-1", "RETRY", "0", "REPLICATE", "2"], "ERR timeout is negative"),
        (
            ["0", "RETRY", "0", "REPLICATE", "2"],
            "ERR With RETRY set to 0 please explicitly set  REPLICATE to 1 (at-most-once delivery)"
        ),
        (
            ["0", "DELAY", "5", "TTL", "5", "REPLICATE", "2"],
            "ERR The specified DELAY is greater than TTL. Job refused since would never be delivered"
        ),
        (["0", "REPLICATE", "2"], "NOREPL Not enough reachable nodes for the requested replication level"),
        (["0", "REPLICATE", "2", "ASYNC"], "NOREPL Not enough reachable nodes for the requested replication level"),
        (["0", "MAXDELIVERIES", "0"], "ERR MAXDELIVERIES must be between 1 and 32767"),
        (["0", "MAXDELIVERIES", "32768"], "ERR MAXDELIVERIES must be between 1 and 32767"),
        (["0", "WITHIN", "5"], "ERR WITHIN needs UNIQUE"),
        (["0", "UNIQUE", "k", "WITHIN", "0"], "ERR WITHIN must be milliseconds between 1 and 316224000000"),
        (["0", "DEADLETTER", "d"], "ERR DEADLETTER needs MAXDELIVERIES"),
        (["0", "MAXDELIVERIES", "1", "DEADLETTER", "q"], "ERR DEADLETTER must be another queue"),
    ])
    func checksAreInOrder(words: [String], error: String) {
        #expect(desk.run(client, ["ADDJOB", "q", "b"] + words) == .error(error))
        #expect(desk.run(client, "QSTAT", "q") == .nullArray, "nothing was made")
    }

    @Test func oneCopyIsAccepted() {
        desk.add(client, "q", "b", "REPLICATE", "1", "async")
        #expect(desk.run(client, "QLEN", "q") == 1)
    }

    @Test func aNodeThatLeavesKeepsNoCopy() {
        desk.broker.jobs.isLeaving = true
        #expect(
            desk.run(client, "ADDJOB", "q", "b", "0")
                == .error(
                    "NOREPL Not enough reachable nodes for the requested replication level, since I'm unable to hold a"
                        + " copy of the message for the following reason: I'm leaving the cluster"))
    }

    @Test func maxlenCountsQueuedJobsOnly() {
        desk.add(client, "q", "a")
        desk.add(client, "q", "b", "DELAY", "5")
        desk.add(client, "q", "c", "MAXLEN", "2")
        #expect(
            desk.run(client, "ADDJOB", "q", "d", "0", "MAXLEN", "2")
                == .error("MAXLEN Queue is already longer than the specified MAXLEN count"))
        #expect(desk.bodies(client, "q") == ["a"])
        desk.add(client, "q", "d", "MAXLEN", "2")
    }

    @Test func aPausedQueueTakesNothing() {
        desk.run(client, "PAUSE", "q", "in")
        #expect(desk.run(client, "ADDJOB", "q", "b", "0") == .error("PAUSED Queue paused in input, try later"))
        desk.run(client, "PAUSE", "q", "out")
        desk.add(client, "q", "b")
    }

    @Test func limitsAreSettings() throws {
        var settings = BrokerSettings()
        settings.bodyBytesMost = 4
        settings.queueNameBytesMost = 3
        settings.queuesMost = 1
        let desk = try BrokerDesk(settings)
        let client = desk.client()
        #expect(desk.run(client, "ADDJOB", "q", "12345", "0") == .error("ERR the body has 5 bytes, and 4 are allowed"))
        #expect(
            desk.run(client, "ADDJOB", "long", "1", "0")
                == .error("ERR the queue's name has 4 bytes, and 3 are allowed"))
        desk.add(client, "abc", "1234")
        for words in [
            ["ADDJOB", "b", "1", "0"], ["GETJOB", "NOHANG", "FROM", "abc", "b"], ["PAUSE", "b", "in"],
            ["QMOVE", "abc", "b"],
        ] {
            #expect(desk.run(client, words) == .error("ERR there are 1 queues already, and no more are allowed"))
        }
        #expect(desk.bodies(client, "abc") == ["1234"])
    }

    @Test func namesAndBodiesAreAnyBytes() {
        let odd = "\0\r\n\u{ff}"
        let id = desk.add(client, odd, odd)
        let latin = String(String.UnicodeScalarView(odd.utf8.map { Unicode.Scalar($0) }))
        #expect(desk.run(client, "GETJOB", "FROM", odd) == [[.bulk(latin), .bulk(id), .bulk(latin)]])
        desk.add(client, "", "")
        #expect(desk.run(client, "GETJOB", "FROM", "").elements.first?.elements[2] == "")
    }

    // MARK: Unique keys

    @Test func aKnownKeyRepliesWithTheFirstID() {
        let first = desk.add(client, "q", "a", "UNIQUE", "k", "WITHIN", "1000")
        #expect(desk.add(client, "q", "b", "UNIQUE", "k") == first)
        #expect(desk.add(client, "q", "b", "UNIQUE", "k", "TTL", "60") == first)
        #expect(desk.add(client, "other", "b", "UNIQUE", "k") != first, "keys are those of a queue")
        #expect(desk.add(client, "q", "b", "UNIQUE", "l") != first)
        #expect(desk.run(client, "QLEN", "q") == 2)
        desk.run(client, "ACKJOB", first)
        #expect(desk.add(client, "q", "b", "UNIQUE", "k") == first, "acknowledged, and still not added again")
        desk.run(client, "PAUSE", "q", "in")
        #expect(desk.add(client, "q", "b", "UNIQUE", "k", "MAXLEN", "1") == first)
        desk.run(client, "PAUSE", "q", "none")
        desk.pass(milliseconds: 1_001)
        let second = desk.add(client, "q", "c", "UNIQUE", "k")
        #expect(second != first)
        desk.pass(seconds: 86_399)
        #expect(desk.add(client, "q", "d", "UNIQUE", "k") == second, "a day where nothing is said")
        desk.pass(seconds: 2)
        #expect(desk.add(client, "q", "d", "UNIQUE", "k") != second)
    }

    @Test func aKeyIsKnownWithinItsTurn() {
        desk.execute(client, "ADDJOB", "q", "a", "0", "UNIQUE", "k")
        desk.execute(client, "ADDJOB", "q", "a", "0", "UNIQUE", "k")
        desk.endTurn()
        let replies = desk.replies(client)
        #expect(replies.count == 2 && replies[0] == replies[1])
    }

    // MARK: Life

    @Test func creationTimesAlwaysIncrease() {
        var last: Int64 = 0
        for _ in 0..<3 {
            let id = desk.add(client, "q", "b")
            guard case .integer(let created)? = desk.run(client, "SHOW", id)["ctime"] else { return }
            #expect(created > last && created / 1_000_000 == 1_800_000_000_000)
            last = created
        }
    }

    @Test func aDelayedJobComesWhenItIsDue() {
        let id = desk.add(client, "q", "b", "DELAY", "5")
        #expect(desk.state(client, id) == "delayed")
        #expect(desk.run(client, "SHOW", id)["next-requeue-within"] == 5_000)
        desk.pass(milliseconds: 4_999)
        #expect(desk.bodies(client, "q") == [])
        desk.pass(milliseconds: 1)
        #expect(desk.state(client, id) == "queued")
        #expect(
            desk.run(client, "GETJOB", "WITHCOUNTERS", "FROM", "q")
                == [["q", .bulk(id), "b", "nacks", 0, "additional-deliveries", 0]])
    }

    @Test func aDelayedJobKeepsItsPlace() {
        desk.add(client, "q", "first", "DELAY", "1")
        desk.add(client, "q", "second")
        desk.pass(seconds: 1)
        #expect(desk.bodies(client, "q", count: 2) == ["first", "second"])
    }

    @Test func anExpiredJobIsNeverHandedOutAndIsCounted() {
        desk.add(client, "q", "short", "TTL", "1")
        desk.add(client, "q", "long")
        desk.stall(seconds: 3)
        #expect(desk.bodies(client, "q", count: 9) == ["long"])
        #expect(desk.statistic(client, "q", "expired") == 1)
        desk.add(client, "q", "short", "TTL", "2", "RETRY", "0")
        #expect(desk.bodies(client, "q") == ["short"])
        desk.pass(milliseconds: 2_000)
        #expect(desk.statistic(client, "q", "expired") == 2)
        #expect(desk.statistic(client, "q", "in-flight") == 1)
    }

    @Test func aJobWithoutATimeToLiveIsKept() {
        let id = desk.add(client, "q", "b")
        desk.pass(seconds: 40 * 365 * 86_400)
        #expect(desk.run(client, "SHOW", id)["ttl"] == -1)
        #expect(desk.bodies(client, "q") == ["b"])
    }

    @Test func loadjobIsRefused() {
        #expect(
            desk.run(client, "LOADJOB", "x") == .error("ERR LOADJOB is a special command only processed from AOF"))
    }
}
