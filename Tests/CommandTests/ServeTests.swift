import Console
import Foundation
import Glibc
import Message
import Observing
import RouteLanguage
import Store
import Testing

@testable import waybill

/// How a service starts, and what is packaged to start it.
@Suite struct ServeTests {
    private struct Fixed: ConsoleBackend {
        func health() -> Health { Health(problem: "the core has ended") }
        func readiness() -> Readiness { Readiness() }
        func metrics() -> String { "waybill_up 1\n" }
        func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] { [1] }
    }

    @Test func theDoorSaysThatTheServiceStartsUntilTheEngineAnswers() throws {
        let door = BackendDoor()
        #expect(door.health().problem == nil)
        #expect(door.readiness().problems == ["the service is starting"])
        #expect(door.metrics().contains("waybill_up 0"))
        #expect(throws: ConsoleError.unavailable("the service is starting: ask again in a moment")) {
            try door.answer(.status)
        }
        door.open(Fixed())
        #expect(door.health().problem == "the core has ended" && door.readiness().problems.isEmpty)
        #expect(door.metrics() == "waybill_up 1\n")
        #expect(try door.answer(.status) == [1])
    }

    /// The engine names its routes in its first commit: none is there, so it has not begun.
    @Test func aTakenAdminPortEndsTheStartBeforeTheEngineWorks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-serve-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/routes", withIntermediateDirectories: true)
        try Data(Self.route.utf8).write(to: URL(fileURLWithPath: folder + "/routes/a.route"))
        try Data(Self.lock.utf8).write(to: URL(fileURLWithPath: folder + "/routes/shop.lock"))
        try FileManager.default.createDirectory(atPath: folder + "/holder", withIntermediateDirectories: true)
        let holder = try AdminServer(
            ConsoleAddress(host: .v4([127, 0, 0, 1]), port: 0), token: AdminToken.load(folder: folder + "/holder"),
            backend: Fixed(), logger: .silent)
        defer { holder.stop() }
        let taken = try start(folder, admin: holder.address)
        #expect(taken.exitCode == .badConfiguration && taken.problem.contains("cannot listen on"), "\(taken)")
        #expect(try StoreReader(folder: folder + "/data").routes().isEmpty)
        let file = try start(folder, data: "/routes/a.route", admin: holder.address)
        #expect(file.problem.contains("cannot be used") && file.remedy.contains("--data"), "\(file)")
    }

    private func start(
        _ folder: String, data: String = "/data", admin: ConsoleAddress
    ) throws -> CommandFailure {
        let options = ServeOptions(
            routes: folder + "/routes", data: folder + data, admin: admin, disque: nil, graceMilliseconds: 0,
            logLevel: .error, isLogColoured: false, showsProgress: false, environment: [:])
        let failure = #expect(throws: (any Error).self) { try RunningService(options, logger: .silent) }
        return try #require(failure as? CommandFailure)
    }

    /// A folder without a route is a mistake, unless the service is a queue for others.
    @Test func aQueueAloneServesItsClientsAndStops() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-serve-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/routes", withIntermediateDirectories: true)
        let free = ConsoleAddress(host: .v4([127, 0, 0, 1]), port: 0)
        let refused = try start(folder, admin: free)
        #expect(refused.problem.contains("there is no *.route file"), "\(refused)")
        try Data("user worker password-file pass may all on *\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/users"))
        try Data("secret\n".utf8).write(to: URL(fileURLWithPath: folder + "/pass"))
        let door = DoorOptions(address: free, socketPath: folder + "/s", usersFile: folder + "/users")
        let options = ServeOptions(
            routes: folder + "/routes", data: folder + "/data", admin: free, disque: door,
            graceMilliseconds: 5_000, logLevel: .error, isLogColoured: false, showsProgress: false, environment: [:])
        let service = try RunningService(options, logger: .silent)
        #expect(service.routeCount == 0 && service.doorText.hasPrefix("127.0.0.1:"))
        let client = try SocketClient(path: folder + "/s")
        #expect(client.ask("PING\r\n", replyBytes: 34) == "-NOAUTH Authentication required.\r\n")
        #expect(client.ask("AUTH worker secret\r\nPING\r\n", replyBytes: 12) == "+OK\r\n+PONG\r\n")
        try Data("user other password-file pass may all on *\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/users"))
        service.reload()
        #expect(client.ask("PING\r\n", replyBytes: 34) == "-NOAUTH Authentication required.\r\n")
        service.stop()
        #expect(client.ask("PING\r\n", replyBytes: 1) == "" && access(folder + "/s", F_OK) != 0)
    }

    private static let route = """
        connect shop = mysql { url "mysql:///shop?socket=/nowhere", tls off, schema "shop.lock" }
        connect out = file { folder "/tmp" }
        queue outbox
        queue failed
        route orders {
          from shop.orders after .id
          through outbox
          to out append "orders.jsonl" as json
          on error { deadletter failed }
        }

        """
    private static let lock = """
        # mysql 10.11, pulled 2026-11-25, fingerprint 0
        table orders {
          id  bigint  -> int  key
        }

        """

    @Test func aLogSaysEachMistakeOfTheRoutesInALine() {
        let text = "queue outbox\nroute orders {\n  from nowhere.orders after .id\n  breaker partner { stop }\n}\n"
        let sources = SourceSet(routes: [.init(path: "a.route", text: text)], locks: [])
        let diagnostics = Compiler.compile(sources, connectors: Connectors.descriptors).diagnostics
        let lines = DiagnosticLines(files: sources.files).errors(diagnostics)
        #expect(lines.first?.hasPrefix("a.route:3:8: R0202 ") == true, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("a.route:4:3: R0107 ") } && lines.allSatisfy { !$0.contains("\n") })
    }

    @Test func theUnitNeverGivesUpAndKeepsMemoryOutOfTheJournal() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/waybill/Packaging/waybill.service")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for line in [
            "StartLimitIntervalSec=0", "Restart=always", "Environment=SWIFT_BACKTRACE=enable=no",
            "ExecReload=/bin/kill -HUP $MAINPID", "NoNewPrivileges=yes", "ProtectSystem=strict",
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
    }
}
