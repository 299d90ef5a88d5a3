import Message
import Queue
import Testing

@Suite struct ServingLoginTests {
    private static func users() -> [BrokerUser] {
        [
            BrokerUser(
                name: "shop", passwords: [SHA256.digest(Array("fish".utf8)), SHA256.digest(Array("old".utf8))],
                classes: [.produce], queues: ["orders.*"])
        ]
    }

    @Test func withoutAPasswordEverybodyMayDoEverything() throws {
        let door = try ServingDoor()
        let client = door.connect()
        #expect(client.user == .everybody)
        #expect(door.send(client, "AUTH x") == "-ERR Client sent AUTH, but no password is set\r\n")
        #expect(door.send(client, "AUTH default x") == "-ERR Client sent AUTH, but no password is set\r\n")
        #expect(door.send(client, "PING") == "+PONG\r\n" && !client.closesAfterReplies)
    }

    @Test func theOnePasswordLetsIn() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        for line in ["AUTH s3cret", "AUTH default s3cret"] {
            let client = door.connect()
            #expect(door.send(client, "PING") == "-NOAUTH Authentication required.\r\n")
            #expect(door.send(client, line) == "+OK\r\n")
            #expect(door.send(client, "PING") == "+PONG\r\n")
        }
        let client = door.connect()
        #expect(door.send(client, "AUTH") == "-ERR wrong number of arguments for 'auth' command\r\n")
        #expect(door.send(client, "AUTH a b c") == "-ERR wrong number of arguments for 'auth' command\r\n")
    }

    @Test func aWrongPasswordTakesWhatTheRightOneGave() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let client = door.connect()
        _ = door.send(client, "AUTH s3cret")
        #expect(door.send(client, "AUTH s3cre") == "-ERR invalid password\r\n")
        #expect(door.send(client, "PING") == "-NOAUTH Authentication required.\r\n")
    }

    @Test func threeWrongPasswordsInARowCloseTheConnection() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let client = door.connect()
        for word in ["a", "b"] { _ = door.send(client, "AUTH \(word)") }
        _ = door.send(client, "AUTH s3cret")
        for word in ["a", "b"] { _ = door.send(client, "HELLO 3 AUTH default \(word)") }
        #expect(!client.closesAfterReplies)
        #expect(door.send(client, "AUTH nobody s3cret") == "-ERR invalid password\r\n")
        #expect(client.closesAfterReplies)
    }

    @Test func aNamedUserHasItsRightsOnly() throws {
        let door = try ServingDoor { $0.users = Self.users() }
        let client = door.connect()
        #expect(door.send(client, "PING") == "-NOAUTH Authentication required.\r\n")
        #expect(door.send(client, "AUTH fish") == "-ERR Client sent AUTH, but no password is set\r\n")
        #expect(door.send(client, "AUTH shop fisch") == "-ERR invalid password\r\n")
        #expect(door.send(client, "AUTH shop old") == "+OK\r\n")
        #expect(door.send(client, "AUTH shop fish") == "+OK\r\n")
        #expect(client.user?.name == "shop")
        let refusal = "may not administer: such commands are not among its rights\r\n"
        for line in ["CONFIG GET *", "CLIENT LIST", "CLIENT KILL ID 1", "CLUSTER RESET", "DEBUG FLUSHALL", "MONITOR"] {
            #expect(door.send(client, line) == "-NOPERM this user " + refusal, "\(line)")
        }
        for line in ["CLIENT GETNAME", "CLUSTER MYID", "CLUSTER LEAVING", "HELLO", "TIME", "COMMAND COUNT"] {
            #expect(!door.send(client, line).hasPrefix("-"), "\(line)")
        }
    }

    @Test func anotherPasswordTakesTheRightsOfWhoGaveTheOldOne() throws {
        let door = try ServingDoor { $0.users = Self.users() }
        let shop = door.connect()
        _ = door.send(shop, "AUTH shop fish")
        door.broker.change(password: Array("s3cret".utf8), users: door.broker.settings.users)
        let operatorClient = door.connect()
        _ = door.send(operatorClient, "AUTH s3cret")
        #expect(door.send(operatorClient, "CONFIG SET requirepass s3cret") == "+OK\r\n")
        #expect(door.send(operatorClient, "PING") == "-NOAUTH Authentication required.\r\n")
        #expect(door.send(shop, "PING") == "+PONG\r\n")
        #expect(door.send(operatorClient, "AUTH s3cret") == "+OK\r\n")
    }

    @Test func takingThePasswordAwayLetsInWhoConnectsAfterwards() throws {
        let door = try ServingDoor { $0.password = Array("s3cret".utf8) }
        let (stranger, operatorClient) = (door.connect(), door.connect())
        _ = door.send(operatorClient, "AUTH s3cret")
        #expect(
            door.send(operatorClient, [Array("CONFIG".utf8), Array("SET".utf8), Array("requirepass".utf8), []])
                == "+OK\r\n")
        #expect(door.send(operatorClient, "PING") == "+PONG\r\n")
        #expect(stranger.isKilled && door.broker.woken.contains { $0 === stranger })
        #expect(door.send(stranger, "PING") == "-NOAUTH Authentication required.\r\n")
        #expect(door.send(door.connect(), "PING") == "+PONG\r\n")
    }

    @Test func otherRightsHoldAtOnceAndWhoIsGoneLosesThem() throws {
        let door = try ServingDoor { $0.users = Self.users() }
        let client = door.connect()
        _ = door.send(client, "AUTH shop fish")
        let more = BrokerUser(
            name: "shop", passwords: Self.users()[0].passwords, classes: [.produce, .administer], queues: ["*"])
        door.broker.change(password: nil, users: [more])
        #expect(!door.send(client, "CLIENT LIST").hasPrefix("-"))
        let other = BrokerUser(name: "shop", passwords: [], classes: [.produce], queues: ["*"])
        door.broker.change(password: nil, users: [other])
        #expect(door.send(client, "PING") == "-NOAUTH Authentication required.\r\n")
    }
}
