import Testing

@testable import Queue

@Suite("Broker: checks before a command") struct BrokerExecuteTests {
    private static let shop = BrokerUser(name: "shop", passwords: [], classes: [.produce], queues: ["orders.*"])

    @Test(arguments: ["addjob", "ADDJOB", "aDdJoB", "bgrewriteaof", "FastAck"])
    func commandsAreFoundInAnyCase(name: String) {
        var name = name
        let found = name.withUTF8 { CommandTable.index(of: UnsafeRawBufferPointer($0)) }
        #expect(found.map { CommandTable.all[$0].name } == name.lowercased())
    }

    @Test(arguments: [
        "", "addjo", "addjobs", "ad\0job", "addjob\0", "averyveryverylongcommandname", "[ddjob", "@ddjob",
    ])
    func othersAreNot(name: String) {
        var name = name
        #expect(name.withUTF8 { CommandTable.index(of: UnsafeRawBufferPointer($0)) } == nil)
    }

    @Test func everyEntryIsFoundUnderItsName() {
        for (place, command) in CommandTable.all.enumerated() {
            var name = command.name.uppercased()
            #expect(name.withUTF8 { CommandTable.index(of: UnsafeRawBufferPointer($0)) } == place)
        }
    }

    @Test func unknownCommandsAreAnsweredAsTyped() throws {
        let desk = try BrokerDesk()
        #expect(desk.run(desk.client(), "Flurb", "x") == .error("ERR unknown command 'Flurb'"))
    }

    @Test func aWrongNumberOfWordsIsAnsweredBeforeAnythingElse() throws {
        let desk = try BrokerDesk()
        let client = desk.client()
        for words in [["ADDJOB", "q", "b"], ["GETJOB"], ["QLEN"], ["QLEN", "a", "b"], ["WORKING"], ["PAUSE", "q"]] {
            let name = words[0].lowercased()
            #expect(desk.run(client, words) == .error("ERR wrong number of arguments for '\(name)' command"))
        }
        client.user = nil
        #expect(desk.run(client, "QLEN") == .error("ERR wrong number of arguments for 'qlen' command"))
        #expect(desk.run(client, "FLURB") == .error("ERR unknown command 'FLURB'"))
        #expect(desk.run(client, "QLEN", "q") == .error("NOAUTH Authentication required."))
    }

    @Test func quitWorksForEverybody() throws {
        let desk = try BrokerDesk()
        let client = desk.client()
        client.user = nil
        #expect(desk.run(client, "quit", "now") == .status("OK"))
        #expect(client.closesAfterReplies)
    }

    @Test func rightsAreByClassAndQueue() throws {
        let desk = try BrokerDesk()
        let client = desk.client(Self.shop)
        #expect(desk.run(client, "GETJOB", "NOHANG", "FROM", "orders.new").token == "NOPERM")
        #expect(desk.run(client, "QLEN", "orders.new").token == "NOPERM")
        #expect(desk.run(client, "PAUSE", "orders.new", "in").token == "NOPERM")
        #expect(desk.run(client, "ADDJOB", "invoices", "b", "0").token == "NOPERM")
        desk.add(client, "orders.new", "b")
        #expect(desk.run(desk.client(), "QSCAN").elements[1] == ["orders.new"])
    }

    @Test func aDiskThatIsNearlyFullRefusesNewJobsOnly() throws {
        let desk = try BrokerDesk()
        let client = desk.client()
        let id = desk.add(client, "q", "first")
        desk.broker.freeBytes = { _ in 255 << 20 }
        desk.pass(seconds: 2)
        #expect(desk.run(client, "ADDJOB", "q", "second", "0").token == "OOM")
        #expect(desk.bodies(client, "q") == ["first"])
        #expect(desk.run(client, "NACK", id) == 1)
        #expect(desk.run(client, "ACKJOB", id) == 1)
        desk.broker.freeBytes = { _ in 256 << 20 }
        #expect(desk.run(client, "ADDJOB", "q", "second", "0").token == "OOM", "looked at once a second")
        desk.pass(seconds: 1)
        desk.add(client, "q", "second")
    }
}
