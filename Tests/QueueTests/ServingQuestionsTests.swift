import Message
import Queue
import Store
import Testing

@Suite struct ServingQuestionsTests {
    @Test func pingTimeAndCommand() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, "PING") == "+PONG\r\n" && door.send(client, "ping hello") == "$5\r\nhello\r\n")
        #expect(door.send(client, "PING a b") == "-ERR wrong number of arguments for 'ping' command\r\n")
        door.pass(seconds: 0.25)
        #expect(door.send(client, "TIME") == "*2\r\n$10\r\n1790000000\r\n$6\r\n250000\r\n")
        #expect(door.send(client, "COMMAND COUNT") == ":\(CommandTable.all.count)\r\n")
        #expect(
            door.send(client, "COMMAND INFO addJob nosuch")
                == "*2\r\n*6\r\n$6\r\naddjob\r\n:-4\r\n*2\r\n+write\r\n+denyoom\r\n:0\r\n:0\r\n:0\r\n$-1\r\n")
        #expect(door.send(client, "COMMAND").hasPrefix("*\(CommandTable.all.count)\r\n*6\r\n$6\r\naddjob\r\n"))
        let unknown = "-ERR Unknown subcommand or wrong number of arguments.\r\n"
        #expect(door.send(client, "COMMAND DOCS") == unknown && door.send(client, "COMMAND COUNT x") == unknown)
    }

    @Test func aClusterOfOne() throws {
        let door = try ServingDoor()
        let client = door.connect()
        let id = String(decoding: door.broker.jobs.nodeID, as: UTF8.self)
        #expect(door.send(client, "CLUSTER MYID") == "$40\r\n\(id)\r\n")
        #expect(
            bulkContent(door.send(client, "CLUSTER NODES")) == "\(id) 127.0.0.1:7711 myself 0 0 connected\n")
        #expect(
            bulkContent(door.send(client, "CLUSTER INFO"))
                == "cluster_state:ok\r\ncluster_known_nodes:1\r\ncluster_reachable_nodes:0\r\ncluster_size:1\r\n"
                + "cluster_stats_messages_sent:0\r\ncluster_stats_messages_received:0\r\n")
        #expect(door.send(client, "CLUSTER LEAVING") == "+no\r\n")
        #expect(door.send(client, "CLUSTER LEAVING YES") == "+OK\r\n")
        #expect(door.send(client, "CLUSTER LEAVING") == "+yes\r\n" && door.broker.jobs.isLeaving)
        #expect(door.send(client, "CLUSTER NODES").contains(" myself,leaving 0 0 connected"))
        #expect(door.send(client, "CLUSTER SAVECONFIG") == "+OK\r\n")
        #expect(door.send(client, "CLUSTER RESET SOFT") == "+OK\r\n" && door.send(client, "CLUSTER MYID").contains(id))
        #expect(door.send(client, "CLUSTER RESET HARD") == "+OK\r\n" && !door.send(client, "CLUSTER MYID").contains(id))
    }

    @Test(arguments: [
        ("CLUSTER SLOTS", "Wrong CLUSTER subcommand or number of arguments"),
        ("CLUSTER RESET NOW", "syntax error"),
        ("CLUSTER LEAVING maybe", "Wrong argument for CLUSTER LEAVING. Use 'yes' or 'no'"),
        ("CLUSTER MEET 10.0.0.1 x", "Invalid TCP port specified: x"),
        ("CLUSTER MEET 10.0.0.1 60000", "Invalid node address specified: 10.0.0.1:60000"),
        ("CLUSTER MEET 10.0.0.1 0", "Invalid node address specified: 10.0.0.1:0"),
        ("CLUSTER MEET localhost 7711", "Invalid node address specified: localhost:7711"),
        ("CLUSTER MEET 10.0.0.1 7711", "this queue is a cluster of one: it cannot meet other nodes"),
        ("CLUSTER FORGET x", "Invalid node identifier"),
        (
            "CLUSTER FORGET ffffffffffffffffffffffffffffffffffffffff",
            "Unknown node ffffffffffffffffffffffffffffffffffffffff"
        ),
        ("CLUSTER FORGET self", "I tried hard but I can't forget myself..."),
        ("DEBUG NOSUCH", "Unknown DEBUG subcommand or wrong number of arguments for 'NOSUCH'"),
        ("DEBUG SEGFAULT", "DEBUG SEGFAULT is not offered: no client can crash, stop or reload this queue"),
        ("DEBUG RESTART 5", "DEBUG RESTART is not offered: no client can crash, stop or reload this queue"),
        ("DEBUG SLEEP long", "seconds of sleep must be a number from 0 to 3600"),
        ("DEBUG SLEEP nan", "seconds of sleep must be a number from 0 to 3600"),
        ("SHUTDOWN NOW", "syntax error"), ("SHUTDOWN REWRITE-AOF NOW", "syntax error"),
        ("INFO a b", "syntax error"),
    ])
    func saysWhatIsWrong(_ line: String, _ error: String) throws {
        let door = try ServingDoor()
        let line = line.replacing(" self", with: " " + String(decoding: door.broker.jobs.nodeID, as: UTF8.self))
        #expect(door.send(door.connect(), line) == "-ERR \(error)\r\n")
    }

    @Test func debug() throws {
        let door = try ServingDoor()
        let client = door.connect()
        let words = ["DEBUG", "ERROR", "MINE a\r\nb"].map { Array($0.utf8) }
        #expect(door.send(client, words) == "-MINE a  b\r\n")
        #expect(door.send(client, "DEBUG STRUCTSIZE").hasPrefix("+bits:64 "))
        _ = "q".utf8.withContiguousStorageIfAvailable {
            door.broker.jobs.makeQueue(UnsafeRawBufferPointer($0), at: door.now)
        }
        #expect(door.send(client, "DEBUG FLUSHALL") == "+OK\r\n" && door.broker.jobs.queueCount == 0)
    }

    @Test func onlyWhoAsksForItSleeps() throws {
        let door = try ServingDoor()
        let (sleeper, other) = (door.connect(), door.connect())
        #expect(door.send(sleeper, "DEBUG SLEEP 1.5") == "" && sleeper.isBlocked)
        #expect(door.send(other, "PING") == "+PONG\r\n")
        #expect(door.broker.nextWake == door.now.advanced(by: Microseconds(1_500_000)))
        door.pass(seconds: 1.5)
        door.endTurn()
        #expect(door.take(sleeper) == "+OK\r\n" && !sleeper.isBlocked)
        #expect(door.broker.woken.contains { $0 === sleeper })
    }

    @Test(arguments: ["SHUTDOWN", "shutdown rewrite-aof"])
    func shutdownClosesWithoutAReply(_ line: String) throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, line) == "" && client.closesAfterReplies && door.broker.isShutdownAsked)
    }

    @Test func thereIsNoLogToRewrite() throws {
        let door = try ServingDoor()
        #expect(door.send(door.connect(), "BGREWRITEAOF") == "+Nothing to rewrite: the store keeps itself compact\r\n")
    }
}
