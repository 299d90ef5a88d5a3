import Connecting
import Console
import Message
import Observing
import Synchronization
import Testing

@testable import waybill

/// Commands, from their arguments to what they are answered: by a folder at rest, and by a service.
@Suite struct AnswerTests {
    private func arguments(_ line: String, folder: String) throws -> Arguments {
        let words = line.split(separator: " ").map(String.init) + ["--data", folder]
        guard case .run(let arguments) = try ArgumentParser(commands: CommandList.all, environment: [:]).parse(words)
        else { throw CommandFailure(.failed, "help instead of a command") }
        return arguments
    }

    /// What a command prints, and its exit code.
    private func run(_ line: String, folder: String) throws -> (output: String, code: ExitCode) {
        let printed = Mutex<[UInt8]>([])
        let terminal = Terminal(colour: "never") { descriptor, bytes in
            if descriptor == 1 { printed.withLock { $0 += bytes } }
            return true
        }
        let arguments = try arguments(line, folder: folder)
        let code = try arguments.command.run(arguments, terminal)
        return (String(decoding: printed.withLock { $0 }, as: UTF8.self), code)
    }

    @Test func readinessNotesSayWhereGapsAreNotClosedByTransactions() {
        func notes(_ seesTransactions: Bool, _ forgotten: UInt64) -> [String] {
            ServiceBackend.notes(
                on: SourceCondition(
                    state: .idle, gapsOpen: 3, seesTransactions: seesTransactions, positionText: "",
                    gapsForgotten: forgotten))
        }
        #expect(notes(true, 0).isEmpty)
        #expect(notes(false, 0).count == 1 && notes(false, 0)[0].contains("GRANT PROCESS"))
        #expect(notes(true, 7)[0].contains("7 gaps"))
    }

    @Test func aFolderAtRestAnswersWhatOnlyReads() throws {
        let store = try SmallStore()
        defer { store.remove() }
        let status = try JSONText.parse(Array(try run("status --json", folder: store.folder).output.utf8))
        #expect(status["state"]?.asText == "stopped" && status["totals"]?["seen"]?.asInt == 3)
        #expect(status["totals"]?["delivered"]?.asInt == 2 && status["totals"]?["billed"]?.asInt == 2)
        #expect(try run("status", folder: store.folder).output.contains("after id 3"))
        let bill = try run("bill report --customer 1001 --month 2026-11", folder: store.folder).output
        #expect(bill.contains("orders.dach") && bill.contains("1001"), "\(bill)")
        let json = try run("bill report --customer 1001 --month 2026-11 --json", folder: store.folder).output
        let report = try JSONText.parse(Array(json.utf8))
        #expect(report["delivered"]?.asInt == 2 && report["billed"]?.asInt == 2, "\(json)")
        let all = try run("bill report --month 2026-11 --json", folder: store.folder).output
        #expect(try JSONText.parse(Array(all.utf8))["customers"]?.asList.count == 1)
        #expect(try run("audit --conflicts", folder: store.folder).output.contains("shop.orders/4"))
        let audit = try run("audit", folder: store.folder)
        #expect(audit.output.contains("orders: seen 3"), "\(audit.output)")
    }

    @Test func deadLettersAreShownInert() throws {
        let store = try SmallStore()
        defer { store.remove() }
        let list = try run("dead ls", folder: store.folder).output
        #expect(list.contains("shop.orders/3") && !list.contains("\u{1b}"))
        #expect(try run("dead ls --route orders --json", folder: store.folder).output.contains("\"id\":1"))
        #expect(list.contains(":00Z  orders  shop.orders/3"), "\(list)")
        let unknown =
            #expect(throws: (any Error).self) { try run("dead ls --route other", folder: store.folder) }
            as? CommandFailure
        #expect(unknown?.problem == "there is no route `other`; routes: orders")
        #expect(try run("dead show 1", folder: store.folder).output.contains("answered 422"))
        #expect(throws: CommandFailure.self) { try run("dead show 7", folder: store.folder) }
    }

    @Test func aMonthWithoutBillsSaysSoAndAMisspeltOneIsRefused() throws {
        let store = try SmallStore()
        defer { store.remove() }
        let empty = try run("bill report --month 2026-10", folder: store.folder).output
        #expect(empty.contains("Nothing was billed in this period."), "\(empty)")
        #expect(try run("bill lines --month 2026-11", folder: store.folder).output.split(separator: "\n").count == 2)
        let failure =
            #expect(throws: (any Error).self) { try run("bill lines --month 2026x", folder: store.folder) }
            as? CommandFailure
        #expect(failure?.exitCode == .usage && failure?.remedy.contains("2026-11") == true)
    }

    @Test func aRetryThatRefusesEveryLetterFails() throws {
        let store = try SmallStore()
        defer { store.remove() }
        let server = try AdminServer(
            ConsoleAddress(host: .v4([127, 0, 0, 1]), port: 0), token: AdminToken.load(folder: store.folder),
            backend: Refusing(), logger: .silent)
        defer { server.stop() }
        try AdminAddressFile.write(server.address, folder: store.folder)
        #expect(try run("dead retry 9", folder: store.folder).code == .failed)
    }

    private struct Refusing: ConsoleBackend {
        func health() -> Health { Health() }
        func readiness() -> Readiness { Readiness() }
        func metrics() -> String { "" }
        func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
            Array(#"{"count":0,"refused":[{"id":9,"reason":"there is no dead letter 9"}]}"#.utf8)
        }
    }

    @Test func whatChangesSomethingNeedsAService() throws {
        let store = try SmallStore()
        defer { store.remove() }
        for line in ["dead retry 1", "stop", "reload", "status --admin 127.0.0.1:1"] {
            let failure = #expect(throws: (any Error).self) { try run(line, folder: store.folder) } as? CommandFailure
            #expect(
                [.unreachable, .badConfiguration].contains(failure?.exitCode), "\(line): \(String(describing: failure))"
            )
        }
        let nowhere = #expect(throws: (any Error).self) { try run("status", folder: "/nowhere") } as? CommandFailure
        #expect(nowhere?.exitCode == .unreachable && nowhere?.remedy.contains("waybill serve") == true)
        for month in ["2026-13", "soon", "%00"] {
            #expect(throws: CommandFailure.self) { try run("bill report --month \(month)", folder: store.folder) }
        }
    }

    // MARK: With a service

    final class Remembering: ConsoleBackend {
        let commands = Mutex<[ConsoleCommand]>([])
        func health() -> Health { Health() }
        func readiness() -> Readiness { Readiness() }
        func metrics() -> String { "" }
        func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
            commands.withLock { $0.append(command) }
            if case .deadShow = command { throw .notFound("there is no dead letter 9") }
            return Array("{\"count\":2,\"adds_up\":false}\n".utf8)
        }
    }

    @Test func aServiceIsAskedWhereOneRuns() throws {
        let store = try SmallStore()
        defer { store.remove() }
        let backend = Remembering()
        let server = try AdminServer(
            ConsoleAddress(host: .v4([127, 0, 0, 1]), port: 0), token: AdminToken.load(folder: store.folder),
            backend: backend, logger: .silent)
        try AdminAddressFile.write(server.address, folder: store.folder)
        #expect(try run("status --json", folder: store.folder).output == "{\"count\":2,\"adds_up\":false}\n")
        #expect(try run("audit --json", folder: store.folder).code == .failed)
        #expect(try run("dead retry 1 2 --yes", folder: store.folder).code == .ok)
        #expect(try run("bill report --month 2026-11 --customer a&b", folder: store.folder).code == .ok)
        let failure =
            #expect(throws: (any Error).self) { try run("dead show 9", folder: store.folder) } as? CommandFailure
        #expect(failure?.problem == "there is no dead letter 9" && failure?.exitCode == .failed)
        #expect(
            backend.commands.withLock { $0 } == [
                .status, .audit(limit: 20, format: .json), .deadRetry(DeadRetry(selection: .ids([1, 2]))),
                .billReport(customer: "a&b", period: "2026-11", format: .text), .deadShow(9),
            ])
        server.stop()
        // The address file of a service that is gone: the folder answers again.
        #expect(try run("status --json", folder: store.folder).output.contains("\"stopped\""))
    }
}
