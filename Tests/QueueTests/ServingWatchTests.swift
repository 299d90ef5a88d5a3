import Message
import Queue
import Testing

/// INFO, MONITOR, SLOWLOG, LATENCY: what an operator sees of the server.
@Suite struct ServingWatchTests {
    /// A clock that takes a step with each look: commands take so long.
    private final class SteppingClock {
        var now: Int64 = 0
        var step: Int64 = 0
        func look() -> Int64 {
            now += step
            return now
        }
    }

    private static func facts(_ factor: UInt64 = 1) -> ServerFacts {
        var facts = ServerFacts()
        facts.processID = 4_711
        facts.runID = "abc"
        facts.system = "Linux 6.1 x86_64"
        facts.executable = "/usr/bin/waybill"
        facts.started = Instant(microseconds: 1_789_900_000_000_000)
        facts.tcpPort = 7_711
        facts.usedBytes = 1_572_864
        facts.residentBytes = 3 << 20
        facts.residentBytesPeak = 5 << 30
        facts.storeBytes = 12_345
        facts.cpuUser = Microseconds(1_250_000)
        facts.connectionsAccepted = 10 * factor
        facts.connectionsRejected = 2 * factor
        facts.inputBytes = 10_240 * factor
        facts.outputBytes = 20_480 * factor
        return facts
    }

    private func info(_ door: ServingDoor, _ client: BrokerClient, _ section: String) -> [String] {
        (bulkContent(door.send(client, "INFO \(section)")) ?? "").split(separator: "\r\n").map(String.init)
    }

    @Test func infoHasItsSections() throws {
        let door = try ServingDoor()
        let client = door.connect()
        let wanted = ["Server", "Clients", "Memory", "Jobs", "Queues", "Persistence", "Stats", "CPU"]
        func headers(_ section: String) -> [String] { info(door, client, section).filter { $0.hasPrefix("# ") } }
        #expect(headers("default") == wanted.map { "# " + $0 })
        #expect(headers("all") == (wanted + ["Commandstats"]).map { "# " + $0 })
        #expect(headers("JOBS") == ["# Jobs"])
        #expect(door.send(client, "INFO nosuch") == "$0\r\n\r\n")
        #expect(door.send(client, "INFO").contains("registered_jobs:0\r\n\r\n# Queues\r\nregistered_queues:0\r\n"))
    }

    @Test func infoShowsTheServersFacts() throws {
        let door = try ServingDoor()
        let client = door.connect()
        door.broker.take(Self.facts(), at: door.now)
        let server = info(door, client, "server")
        for line in [
            "disque_version:1.0-rc1", "waybill_version:9.8.7", "process_id:4711", "run_id:abc", "tcp_port:7711",
            "os:Linux 6.1 x86_64", "uptime_in_seconds:100000", "uptime_in_days:1", "executable:/usr/bin/waybill",
        ] { #expect(server.contains(line), "\(line)") }
        #expect(
            info(door, client, "memory") == [
                "# Memory", "used_memory:1572864", "used_memory_human:1.50M", "used_memory_rss:3145728",
                "used_memory_peak:5368709120", "used_memory_peak_human:5.00G", "mem_fragmentation_ratio:2.00",
                "mem_allocator:libc",
            ])
        #expect(info(door, client, "persistence").contains("aof_current_size:12345"))
        #expect(info(door, client, "cpu").contains("used_cpu_user:1.25"))
        #expect(info(door, client, "clients").contains("connected_clients:1"))
    }

    @Test func ratesAreOfTheLastSecondAndCountersCanBeReset() throws {
        let door = try ServingDoor()
        let client = door.connect()
        door.broker.take(Self.facts(), at: door.now)
        for _ in 0..<20 { _ = door.send(client, "PING") }
        door.pass(seconds: 2)
        door.broker.take(Self.facts(3), at: door.now)
        var stats = info(door, client, "stats")
        for line in [
            "total_connections_received:30", "total_commands_processed:20", "instantaneous_ops_per_sec:10",
            "total_net_input_bytes:30720", "instantaneous_input_kbps:10.00", "instantaneous_output_kbps:20.00",
            "rejected_connections:6",
        ] { #expect(stats.contains(line), "\(line)") }
        #expect(door.send(client, "CONFIG RESETSTAT") == "+OK\r\n")
        door.pass(seconds: 1)
        door.broker.take(Self.facts(4), at: door.now)
        stats = info(door, client, "stats")
        #expect(stats.contains("total_connections_received:10") && stats.contains("total_commands_processed:1"))
    }

    @Test func commandsAreCountedWithTheirTime() throws {
        let door = try ServingDoor()
        let clock = SteppingClock()
        clock.step = 5
        door.broker.monotonicClock = clock.look
        let client = door.connect()
        for _ in 0..<2 { _ = door.send(client, "PING") }
        clock.step = 16
        _ = door.send(client, "PING x")
        _ = door.send(client, "NOSUCH")
        #expect(
            info(door, client, "commandstats") == [
                "# Commandstats", "cmdstat_ping:calls=3,usec=26,usec_per_call=8.67",
            ])
    }

    @Test func monitorsSeeCommandsButNoSecrets() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let (monitor, client) = (door.connect(), door.connect())
        _ = door.send(monitor, "AUTH s3cret")
        #expect(door.send(monitor, "MONITOR") == "+OK\r\n")
        door.pass(seconds: 0.000_042)
        func line(_ words: String) -> String { "+1790000000.000042 [127.0.0.1:50002] \(words)\r\n" }
        _ = door.send(client, "AUTH s3cret")
        #expect(door.take(monitor) == line("\"AUTH\" \"(secret)\""))
        _ = door.send(client, "AUTH default s3cret")
        #expect(door.take(monitor) == line("\"AUTH\" \"(secret)\" \"(secret)\""))
        _ = door.send(client, "HELLO 3 SETNAME auth AUTH default s3cret")
        let seen = door.take(monitor)
        #expect(seen.hasPrefix(line("\"HELLO\" \"3\" \"SETNAME\" \"auth\" \"(secret)\"").dropLast(2)))
        #expect(!seen.contains("s3cret"))
        _ = door.send(client, "config set requirepass s3cret2")
        #expect(door.take(monitor) == line("\"config\" \"set\" \"requirepass\" \"(secret)\""))
        _ = door.send(client, "AUTH s3cret2")
        #expect(door.take(monitor) == "", "it has lost its rights")
        _ = door.send(monitor, "AUTH s3cret2")
        _ = door.send(client, [Array("PING".utf8), [0, 10, 34, 92, 0xff, 65]])
        #expect(door.take(monitor) == line("\"PING\" \"\\x00\\n\\\"\\\\\\xffA\""))
        #expect(door.broker.woken.contains { $0 === monitor })
        door.broker.disconnect(monitor)
        _ = door.send(client, "PING")
        #expect(door.take(monitor) == "")
    }

    @Test func slowCommandsAreKept() throws {
        let door = try ServingDoor()
        let clock = SteppingClock()
        door.broker.monotonicClock = clock.look
        let client = door.connect()
        _ = door.send(client, "PING")
        clock.step = 10_000
        _ = door.send(client, "PING \(String(repeating: "x", count: 130))")
        _ = door.send(client, "AUTH s3cret")
        clock.step = 0
        #expect(door.send(client, "SLOWLOG LEN") == ":2\r\n")
        let ping =
            "*4\r\n:0\r\n:1790000000\r\n:10000\r\n*2\r\n$4\r\nPING\r\n$146\r\n"
            + String(repeating: "x", count: 128) + "... (2 more bytes)\r\n"
        let auth = "*4\r\n:1\r\n:1790000000\r\n:10000\r\n*2\r\n$4\r\nAUTH\r\n$8\r\n(secret)\r\n"
        #expect(door.send(client, "SLOWLOG GET") == "*2\r\n" + auth + ping)
        #expect(door.send(client, "SLOWLOG GET -1") == "*2\r\n" + auth + ping)
        #expect(door.send(client, "SLOWLOG GET 1") == "*1\r\n" + auth)
        #expect(door.send(client, "SLOWLOG GET x") == "-ERR value is not an integer or out of range\r\n")
        #expect(
            door.send(client, "SLOWLOG HELP")
                == "-ERR Unknown SLOWLOG subcommand or wrong # of args. Try GET, RESET, LEN.\r\n")
        _ = door.send(client, "CONFIG SET slowlog-max-len 1")
        #expect(door.send(client, "SLOWLOG GET") == "*1\r\n" + auth)
        #expect(door.send(client, "SLOWLOG RESET") == "+OK\r\n" && door.send(client, "SLOWLOG LEN") == ":0\r\n")
        clock.step = 1_000_000
        _ = door.send(client, "CONFIG SET slowlog-log-slower-than -1")
        _ = door.send(client, "PING")
        #expect(door.send(client, "SLOWLOG LEN") == ":0\r\n")
    }

    @Test func aSlowCommandOfManyWordsIsCutOff() throws {
        let door = try ServingDoor()
        let client = door.connect()
        _ = door.send(client, "CONFIG SET slowlog-log-slower-than 0")
        _ = door.send(client, "SLOWLOG RESET")
        _ = door.send(client, "COMMAND INFO" + String(repeating: " ping", count: 40))
        let reply = door.send(client, "SLOWLOG GET 1")
        #expect(reply.contains("\r\n*32\r\n$7\r\nCOMMAND\r\n") && reply.hasSuffix("... (11 more arguments)\r\n"))
    }

    @Test func latencyKeepsTheWorstOfASecond() throws {
        let door = try ServingDoor()
        let clock = SteppingClock()
        door.broker.monotonicClock = clock.look
        let client = door.connect()
        func commit(milliseconds: Int64) throws {
            clock.step = milliseconds * 1_000
            try door.broker.commit(at: door.now)
            clock.step = 0
        }
        try commit(milliseconds: 90)
        #expect(door.send(client, "LATENCY LATEST") == "*0\r\n")
        _ = door.send(client, "CONFIG SET latency-monitor-threshold 20")
        for milliseconds in [19, 30, 50, 40] as [Int64] { try commit(milliseconds: milliseconds) }
        door.pass(seconds: 1)
        try commit(milliseconds: 25)
        #expect(
            door.send(client, "LATENCY LATEST") == "*1\r\n*4\r\n$6\r\ncommit\r\n:1790000001\r\n:25\r\n:50\r\n")
        #expect(
            door.send(client, "LATENCY HISTORY commit")
                == "*2\r\n*2\r\n:1790000000\r\n:50\r\n*2\r\n:1790000001\r\n:25\r\n")
        #expect(door.send(client, "LATENCY HISTORY nosuch") == "*0\r\n")
        let notOffered = "is not offered: read the samples with LATENCY LATEST and LATENCY HISTORY event\r\n"
        #expect(door.send(client, "LATENCY GRAPH commit") == "-ERR LATENCY GRAPH " + notOffered)
        #expect(door.send(client, "LATENCY DOCTOR") == "-ERR LATENCY DOCTOR " + notOffered)
        #expect(door.send(client, "LATENCY GRAPH fork") == "-ERR No samples available for event 'fork'\r\n")
        #expect(door.send(client, "LATENCY NOSUCH") == "-ERR syntax error\r\n")
        #expect(door.send(client, "LATENCY RESET fork") == ":0\r\n")
        #expect(door.send(client, "LATENCY RESET") == ":1\r\n" && door.send(client, "LATENCY LATEST") == "*0\r\n")
    }

    @Test func slowCommandsAreAnEventOfLatency() throws {
        let door = try ServingDoor()
        let clock = SteppingClock()
        door.broker.monotonicClock = clock.look
        let client = door.connect()
        _ = door.send(client, "CONFIG SET latency-monitor-threshold 5")
        clock.step = 7_000
        _ = door.send(client, "PING")
        clock.step = 0
        #expect(
            door.send(client, "LATENCY LATEST") == "*1\r\n*4\r\n$7\r\ncommand\r\n:1790000000\r\n:7\r\n:7\r\n")
    }
}
