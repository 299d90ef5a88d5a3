import Message
import Queue
import Testing

@Suite struct ServingClientTests {
    private static let syntaxError =
        "-ERR Syntax error, try CLIENT (LIST | KILL | GETNAME | SETNAME | SETINFO | ID | INFO | PAUSE | UNPAUSE | REPLY)\r\n"

    @Test func aConnectionSaysWhatItIs() throws {
        let door = try ServingDoor()
        _ = door.connect()
        let client = door.connect()
        #expect(door.send(client, "CLIENT ID") == ":2\r\n")
        #expect(door.send(client, "CLIENT GETNAME") == "$-1\r\n")
        #expect(door.send(client, "CLIENT SETNAME w1") == "+OK\r\n")
        #expect(door.send(client, "client getname") == "$2\r\nw1\r\n")
        #expect(door.send(client, "CLIENT SETINFO LIB-NAME redis-py") == "+OK\r\n")
        #expect(door.send(client, "CLIENT SETINFO lib-ver 8.1.0") == "+OK\r\n")
        #expect(door.send(client, "CLIENT NO-EVICT on") == "+OK\r\n")
        door.pass(seconds: 3)
        let line = bulkContent(door.send(client, "CLIENT INFO"))
        #expect(
            line
                == "id=2 addr=127.0.0.1:50002 fd=-1 name=w1 age=3 idle=0 flags=N qbuf=0 qbuf-free=0 obl=0 oll=0 omem=0 "
                + "events=r cmd=client user=default resp=2 lib-name=redis-py lib-ver=8.1.0\n")
    }

    @Test func theListHasALineForEachConnection() throws {
        let door = try ServingDoor()
        let (first, second, third) = (door.connect(), door.connect(isLocalSocket: true), door.connect())
        _ = door.send(second, "MONITOR")
        _ = door.send(first, "DEBUG SLEEP 1")
        let text = bulkContent(door.send(third, "CLIENT LIST")) ?? ""
        let lines = text.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].contains("id=1 ") && lines[0].contains(" flags=b ") && lines[0].contains(" cmd=debug "))
        #expect(lines[1].contains("id=2 ") && lines[1].contains(" flags=OU "))
        #expect(door.send(third, "CLIENT LIST TYPE normal").hasPrefix("$"))
        #expect(door.send(third, "CLIENT LIST TYPE pubsub") == "-ERR Unknown client type 'pubsub'\r\n")
    }

    @Test(arguments: [
        ("CLIENT SETNAME a\tb", "-ERR Client names cannot contain spaces, newlines or special characters.\r\n"),
        ("CLIENT SETINFO LIB-NAME a\tb", "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n"),
        ("CLIENT SETINFO COLOUR blue", "-ERR Unrecognized option 'COLOUR'\r\n"),
        ("CLIENT MAINT_NOTIFICATIONS ON", syntaxError), ("CLIENT TRACKING on", syntaxError),
        ("CLIENT REPLY maybe", syntaxError), ("CLIENT NO-EVICT maybe", syntaxError),
        ("CLIENT LIST ID 1 2", syntaxError),
        ("CLIENT PAUSE soon", "-ERR timeout is not an integer or out of range: at most 3600000\r\n"),
        ("CLIENT PAUSE 3600001", "-ERR timeout is not an integer or out of range: at most 3600000\r\n"),
        ("CLIENT PAUSE -1", "-ERR timeout is negative\r\n"), ("CLIENT PAUSE 1 SOME", syntaxError),
        ("CLIENT KILL 127.0.0.1:1", "-ERR No such client\r\n"), ("CLIENT KILL ID", "-ERR No such client\r\n"),
        ("CLIENT KILL ID x TYPE normal", "-ERR value is not an integer or out of range\r\n"),
        ("CLIENT KILL ID 1 TYPE", "-ERR syntax error\r\n"),
        ("CLIENT KILL TYPE master", "-ERR Unknown client type 'master'\r\n"),
        ("CLIENT KILL ID 1 SKIPME maybe", "-ERR syntax error\r\n"),
        ("CLIENT KILL TYPE pubsub SKIPME no", "-ERR Unknown client type 'pubsub'\r\n"),
    ])
    func saysWhatIsWrong(_ line: String, _ error: String) throws {
        let door = try ServingDoor()
        #expect(door.send(door.connect(), line) == error)
    }

    @Test func killsByAddressAndByWhatItIs() throws {
        let door = try ServingDoor()
        let clients = (0..<5).map { _ in door.connect() }
        #expect(door.send(clients[0], "CLIENT KILL 127.0.0.1:50002") == "+OK\r\n")
        #expect(clients[1].isKilled && door.broker.woken.contains { $0 === clients[1] })
        #expect(door.send(clients[0], "CLIENT KILL ID 3 TYPE normal") == ":1\r\n" && clients[2].isKilled)
        #expect(door.send(clients[0], "CLIENT KILL ADDR 127.0.0.1:50004 USER default") == ":1\r\n")
        #expect(clients[3].isKilled && !clients[4].isKilled)
        #expect(door.send(clients[0], "CLIENT KILL TYPE normal SKIPME no") == ":5\r\n")
        #expect(clients[4].isKilled && !clients[0].isKilled && clients[0].closesAfterReplies)
    }

    @Test func repliesCanBeLeftOut() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, "CLIENT REPLY SKIP") == "")
        #expect(door.send(client, "PING") == "" && door.send(client, "PING") == "+PONG\r\n")
        #expect(door.send(client, "CLIENT REPLY OFF") == "")
        #expect(door.send(client, "PING") == "" && door.send(client, "CLIENT REPLY SKIP") == "")
        #expect(door.send(client, "NOSUCH") == "" && door.send(client, "PING a b") == "")
        #expect(door.send(client, "GETJOB FROM q") == "" && !client.isBlocked)
        #expect(door.send(client, "CLIENT REPLY ON") == "+OK\r\n" && door.send(client, "PING") == "+PONG\r\n")
    }

    @Test func aPauseHoldsEverybodyForATime() throws {
        let door = try ServingDoor()
        let (first, second) = (door.connect(), door.connect())
        #expect(door.send(first, "CLIENT PAUSE 1500 ALL") == "+OK\r\n")
        door.pass(seconds: 1)
        let third = door.connect()
        door.endTurn()
        #expect(first.isBlocked && second.isBlocked && third.isBlocked)
        #expect(door.broker.nextWake == door.now.advanced(by: Microseconds(500_000)))
        door.pass(seconds: 0.5)
        door.endTurn()
        #expect(!first.isBlocked && !second.isBlocked && !third.isBlocked)
        #expect(door.broker.woken.count == 3 && door.broker.nextWake == nil)
        #expect(door.take(second) == "")
    }

    @Test func aPauseCanBeEndedByWhoIsNotHeld() throws {
        let door = try ServingDoor()
        let (first, second) = (door.connect(), door.connect())
        _ = door.send(second, "DEBUG SLEEP 60")
        _ = door.send(first, "CLIENT PAUSE 60000")
        #expect(door.send(first, "CLIENT UNPAUSE") == "+OK\r\n")
        #expect(!first.isBlocked && second.isBlocked)
        #expect(door.connect().isBlocked == false)
    }

    @Test func whoIsIdleTooLongIsClosed() throws {
        let door = try ServingDoor()
        let (idle, busy, monitor) = (door.connect(), door.connect(), door.connect())
        _ = door.send(busy, "CONFIG SET timeout 10")
        _ = door.send(monitor, "MONITOR")
        door.pass(seconds: 11)
        _ = door.send(busy, "PING")
        door.broker.take(ServerFacts(), at: door.now)
        #expect(idle.isKilled && !busy.isKilled && !monitor.isKilled)
    }
}
