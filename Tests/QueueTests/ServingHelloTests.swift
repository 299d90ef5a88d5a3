import Message
import Queue
import Store
import Testing

@Suite struct ServingHelloTests {
    @Test func aloneItListsTheOneNodeWithTheAddressThatTheClientReached() throws {
        let door = try ServingDoor()
        let id = String(decoding: door.broker.jobs.nodeID, as: UTF8.self)
        let node = "$40\r\n\(id)\r\n"
        #expect(
            door.send(door.connect(), "hello")
                == "*3\r\n:1\r\n\(node)*4\r\n\(node)$9\r\n127.0.0.1\r\n$4\r\n7711\r\n$1\r\n1\r\n")
        door.broker.jobs.isLeaving = true
        #expect(door.send(door.connect(), "HELLO").hasSuffix("$4\r\n7711\r\n$3\r\n100\r\n"))
    }

    private static func fields(_ version: Int, id: Int) -> String {
        "$6\r\nserver\r\n$7\r\nwaybill\r\n$7\r\nversion\r\n$5\r\n9.8.7\r\n$5\r\nproto\r\n:\(version)\r\n$2\r\nid\r\n:\(id)\r\n"
            + "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
    }

    @Test func withAVersionItIsRedisHandshake() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, "HELLO 2") == "*14\r\n" + Self.fields(2, id: 1))
        #expect(door.send(client, "CLIENT GETNAME") == "$-1\r\n")
        #expect(door.send(client, "HELLO 3 SETNAME worker-1") == "%7\r\n" + Self.fields(3, id: 1))
        #expect(door.send(client, "CLIENT GETNAME") == "$8\r\nworker-1\r\n")
        #expect(door.send(client, "CLIENT SETNAME ") == "+OK\r\n")
        #expect(door.send(client, "CLIENT GETNAME") == "_\r\n")
        #expect(door.send(client, "HELLO 2").hasPrefix("*14\r\n"))
    }

    @Test(arguments: [
        ("HELLO 4", "NOPROTO unsupported protocol version"), ("HELLO 1", "NOPROTO unsupported protocol version"),
        ("HELLO three", "ERR Protocol version is not an integer or out of range"),
        ("HELLO 3 AUTH x", "ERR Syntax error in HELLO option 'AUTH'"),
        ("HELLO 3 SETNAME", "ERR Syntax error in HELLO option 'SETNAME'"),
        ("HELLO 3 COLOUR blue", "ERR Syntax error in HELLO option 'COLOUR'"),
        ("HELLO 3 AUTH default x", "ERR Client sent AUTH, but no password is set"),
    ])
    func saysWhatIsWrong(_ line: String, _ error: String) throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(door.send(client, line) == "-\(error)\r\n")
        #expect(!client.replies.isRESP3)
    }

    @Test func namesHoldNoSpaces() throws {
        let door = try ServingDoor()
        let words = ["HELLO", "3", "SETNAME", "a b"].map { Array($0.utf8) }
        #expect(
            door.send(door.connect(), words)
                == "-ERR Client names cannot contain spaces, newlines or special characters.\r\n")
    }

    @Test func whoIsNotInMustSayWhoItIs() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let client = door.connect()
        #expect(door.send(client, "HELLO") == "-NOAUTH Authentication required.\r\n")
        #expect(door.send(client, "HELLO 3").hasPrefix("-NOAUTH HELLO must be called with the client already"))
        #expect(!client.replies.isRESP3)
        #expect(door.send(client, "HELLO 3 AUTH default wrong") == "-ERR invalid password\r\n")
        #expect(door.send(client, "HELLO 3 AUTH default s3cret SETNAME x").hasPrefix("%7\r\n"))
        #expect(door.send(client, "PING") == "+PONG\r\n")
    }
}
