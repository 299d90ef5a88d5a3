import Message
import Testing

@testable import Queue

@Suite("Broker: rights by queue") struct BrokerRightsTests {
    private let desk: BrokerDesk
    private let root: BrokerClient
    private let client: BrokerClient
    private let own: String
    private let foreign: String

    init() throws {
        desk = try BrokerDesk()
        root = desk.client()
        client = desk.client(
            BrokerUser(
                name: "shop", passwords: [], classes: [.produce, .consume, .observe, .manage],
                queues: ["orders.*", "mail"]))
        own = desk.add(root, "orders.new", "own")
        foreign = desk.add(root, "salaries", "foreign")
    }

    @Test(arguments: [
        ["ADDJOB", "salaries", "b", "0"], ["ADDJOB", "mail", "b", "0", "MAXDELIVERIES", "1", "DEADLETTER", "salaries"],
        ["GETJOB", "NOHANG", "FROM", "salaries"], ["GETJOB", "NOHANG", "FROM", "orders.new", "salaries"],
        ["QLEN", "salaries"], ["QSTAT", "salaries"], ["QPEEK", "salaries", "1"], ["PAUSE", "salaries", "state"],
        ["QPURGE", "salaries"], ["QMOVE", "salaries", "mail"], ["QMOVE", "mail", "salaries"],
        ["JSCAN", "QUEUE", "salaries"], ["QLEN", "orders"], ["QLEN", "mail2"],
    ])
    func othersQueuesAreRefused(words: [String]) {
        #expect(desk.run(client, words).token == "NOPERM")
        #expect(desk.run(root, "QLEN", "salaries") == 1)
        #expect(desk.run(root, "QLEN", "orders.new") == 1)
    }

    @Test(arguments: ["ACKJOB", "FASTACK", "DELJOB", "ENQUEUE", "NACK", "DEQUEUE", "WORKING", "SHOW"])
    func othersJobsAreRefused(command: String) {
        #expect(desk.run(client, command, foreign).token == "NOPERM")
        if !["WORKING", "SHOW"].contains(command) {
            #expect(desk.run(client, command, own, foreign).token == "NOPERM")
        }
        #expect(desk.state(root, foreign) == "queued")
        #expect(desk.state(root, own) == "queued", "nothing was done")
    }

    @Test func scansShowWhatMayBeSeen() {
        desk.add(root, "mail", "b")
        #expect(Set(desk.run(client, "QSCAN").elements[1].elements) == ["orders.new", "mail"])
        let seen = desk.run(client, "JSCAN").elements[1].elements
        #expect(seen.contains(.status(own)) && !seen.contains(.status(foreign)) && seen.count == 2)
    }

    @Test func ownQueuesAreNot() {
        #expect(desk.run(client, "GETJOB", "FROM", "orders.new").elements.count == 1)
        #expect(desk.run(client, "NACK", own) == 1)
        #expect(desk.run(client, "QMOVE", "orders.new", "mail", "IDS", own, foreign).token == "NOPERM")
        #expect(desk.run(client, "QMOVE", "orders.new", "mail", "IDS", own) == 1)
        #expect(desk.run(client, "ACKJOB", own) == 1)
    }

    @Test func rightsThatChangeCountAtOnce() {
        #expect(desk.run(client, "QLEN", "orders.new") == 1)
        client.user = BrokerUser(name: "less", passwords: [], classes: [.produce], queues: ["mail"])
        #expect(desk.run(client, "ADDJOB", "orders.new", "b", "0").token == "NOPERM")
        client.user = nil
        #expect(desk.run(client, "ADDJOB", "orders.new", "b", "0").token == "NOAUTH")
    }
}
