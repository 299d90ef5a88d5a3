import Message
import Queue
import Testing

@Suite struct ServingConfigTests {
    private func get(_ door: ServingDoor, _ client: BrokerClient, _ name: String) -> String {
        door.send(client, "CONFIG GET \(name)").split(separator: "\r\n").dropFirst(4).joined(separator: "|")
    }

    @Test(arguments: [
        ("maxclients", "17", "17"), ("timeout", "30", "30"), ("proto-max-bulk-len", "16mb", "16777216"),
        ("client-query-buffer-limit", "1g", "1000000000"), ("queue-name-max-len", "64", "64"), ("maxqueues", "5", "5"),
        ("maxblockedclients", "0", "0"), ("slowlog-log-slower-than", "-1", "-1"), ("slowlog-max-len", "3", "3"),
        ("latency-monitor-threshold", "100", "100"), ("appendonly", "yes", "yes"), ("appendfsync", "always", "always"),
        ("maxmemory", "0", "0"), ("requirepass", "", ""),
    ])
    func whatIsSetIsShown(_ name: String, _ value: String, _ shown: String) throws {
        let door = try ServingDoor()
        let client = door.connect()
        let words = ["CONFIG", "SET", name.uppercased(), value].map { Array($0.utf8) }
        #expect(door.send(client, words) == "+OK\r\n")
        #expect(get(door, client, name) == shown)
    }

    @Test func settingsAct() throws {
        let door = try ServingDoor()
        let client = door.connect()
        for line in [
            "maxclients 17", "proto-max-bulk-len 16mb", "timeout 30", "maxqueues 5", "maxblockedclients 6",
            "queue-name-max-len 64",
        ] { #expect(door.send(client, "CONFIG SET \(line)") == "+OK\r\n") }
        let words = ["CONFIG", "SET", "client-output-buffer-limit", "normal 2mb 0 0"].map { Array($0.utf8) }
        #expect(door.send(client, words) == "+OK\r\n")
        let settings = door.broker.settings
        #expect(settings.connectionsMost == 17 && settings.idleSecondsMost == 30 && settings.queuesMost == 5)
        #expect(settings.bodyBytesMost == 16 << 20 && settings.inputBytesMost == 17 << 20)
        #expect(settings.blockedClientsMost == 6 && settings.queueNameBytesMost == 64)
        #expect(settings.outputBytesMost == 2 << 20)
        #expect(get(door, client, "client-output-buffer-limit") == "normal 2097152 0 0")
    }

    @Test func aPasswordIsNeverShown() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, "CONFIG SET requirepass s3cret") == "+OK\r\n")
        #expect(door.send(client, "PING") == "-NOAUTH Authentication required.\r\n")
        _ = door.send(client, "AUTH s3cret")
        #expect(get(door, client, "requirepass") == "(secret)")
        let long = String(repeating: "x", count: 513)
        #expect(
            door.send(client, "CONFIG SET requirepass \(long)")
                == "-ERR Invalid argument '(secret)' for CONFIG SET 'requirepass'\r\n")
    }

    @Test func patternsChoose() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(
            door.send(client, "CONFIG GET append*")
                == "*4\r\n$11\r\nappendfsync\r\n$6\r\nalways\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n")
        #expect(door.send(client, "CONFIG GET nosuch") == "*0\r\n")
        _ = door.send(client, "HELLO 3")
        #expect(door.send(client, "CONFIG GET maxmemory") == "%1\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n")
        #expect(door.send(client, "CONFIG GET *").hasPrefix("%16\r\n"))
    }

    @Test(arguments: [
        ("CONFIG GET", "Wrong number of arguments for CONFIG GET"),
        ("CONFIG SET maxclients", "Wrong number of arguments for CONFIG SET"),
        ("CONFIG RESETSTAT now", "Wrong number of arguments for CONFIG RESETSTAT"),
        ("CONFIG REWRITE", "The server is running without a config file"),
        ("CONFIG HELP", "CONFIG subcommand must be one of GET, SET, RESETSTAT, REWRITE"),
        ("CONFIG SET hz 10", "Unsupported CONFIG parameter: hz"),
        ("CONFIG SET maxclients 0", "Invalid argument '0' for CONFIG SET 'maxclients'"),
        ("CONFIG SET maxclients many", "Invalid argument 'many' for CONFIG SET 'maxclients'"),
        ("CONFIG SET appendonly no", "Invalid argument 'no' for CONFIG SET 'appendonly'"),
        ("CONFIG SET appendfsync everysec", "Invalid argument 'everysec' for CONFIG SET 'appendfsync'"),
        ("CONFIG SET maxmemory 1gb", "Invalid argument '1gb' for CONFIG SET 'maxmemory'"),
        ("CONFIG SET proto-max-bulk-len 1t", "Invalid argument '1t' for CONFIG SET 'proto-max-bulk-len'"),
        ("CONFIG SET proto-max-bulk-len 600mb", "Invalid argument '600mb' for CONFIG SET 'proto-max-bulk-len'"),
        (
            "CONFIG SET proto-max-bulk-len 99999999999999999999",
            "Invalid argument '99999999999999999999' for CONFIG SET 'proto-max-bulk-len'"
        ),
        (
            "CONFIG SET client-query-buffer-limit 9223372036854775807g",
            "Invalid argument '9223372036854775807g' for CONFIG SET 'client-query-buffer-limit'"
        ),
        (
            "CONFIG SET client-output-buffer-limit 2mb",
            "Invalid argument '2mb' for CONFIG SET 'client-output-buffer-limit'"
        ),
        ("CONFIG SET latency-monitor-threshold -1", "Invalid argument '-1' for CONFIG SET 'latency-monitor-threshold'"),
    ])
    func saysWhatIsWrong(_ line: String, _ error: String) throws {
        let door = try ServingDoor()
        #expect(door.send(door.connect(), line) == "-ERR \(error)\r\n")
    }
}
