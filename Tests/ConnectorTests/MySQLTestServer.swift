import Connecting
import Foundation
import Synchronization

@testable import MySQLConnector

/// A MariaDB of our own in a temporary folder, on a unix socket only; ended when the tests end. Each suite has one of
/// its own: suites run at the same time, and some kill connections or the server.
final class MySQLTestServer: Sendable {
    let folder: String
    private let process = Mutex<Int32>(0)
    var socket: String { folder + "/s" }

    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/sbin/mariadbd")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/mariadb-install-db")
    }

    /// - Parameter options: further ones of the server.
    init(listening: [String] = ["--skip-networking"], keepingBinlog: Bool = false) throws {
        var template = Array("/tmp/waybill-mysql-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw MySQLFailure(code: 0, message: "no temporary folder") }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let install = Process()
        install.executableURL = URL(fileURLWithPath: "/usr/bin/mariadb-install-db")
        install.arguments = [
            "--no-defaults", "--datadir=\(folder)/data", "--user=root", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--tmpdir=\(folder)",
        ]
        install.standardOutput = FileHandle.nullDevice
        install.standardError = FileHandle.nullDevice
        try install.run()
        install.waitUntilExit()
        try start(listening: listening, keepingBinlog: keepingBinlog)
        Self.endAtExit(self)
    }

    private static let running = Mutex<[MySQLTestServer]>([])

    private static func endAtExit(_ server: MySQLTestServer) {
        running.withLock { $0.append(server) }
        atexit {
            for server in MySQLTestServer.running.withLock({ $0 }) {
                server.stop()
                try? FileManager.default.removeItem(atPath: server.folder)
            }
        }
    }

    /// Starts the server and returns once it answers.
    func start(listening: [String] = ["--skip-networking"], keepingBinlog: Bool = false) throws {
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/sbin/mariadbd")
        server.arguments =
            [
                "--no-defaults", "--user=root", "--datadir=\(folder)/data", "--socket=\(socket)",
                "--pid-file=\(folder)/pid", "--tmpdir=\(folder)", "--innodb-buffer-pool-size=64M",
            ] + (keepingBinlog ? [] : ["--skip-log-bin"]) + listening
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try server.run()
        process.withLock { $0 = server.processIdentifier }
        for _ in 0..<1_200 {
            if let handle = try? MySQLHandle(address()) {
                try handle.execute("CREATE DATABASE IF NOT EXISTS shop")
                return
            }
            usleep(50_000)
        }
        throw MySQLFailure(code: 0, message: "the server did not start")
    }

    /// Ends the server as `kill -9` would, or cleanly.
    func stop(cleanly: Bool = false) {
        let pid = process.withLock { $0 }
        guard pid > 0 else { return }
        kill(pid, SIGCONT)
        kill(pid, cleanly ? SIGTERM : SIGKILL)
        while kill(pid, 0) == 0 { usleep(10_000) }
        process.withLock { $0 = 0 }
    }

    /// Stops the process where it stands, or lets it go on: to its clients it is a black hole meanwhile.
    func freeze(_ isFrozen: Bool) {
        let pid = process.withLock { $0 }
        if pid > 0 { kill(pid, isFrozen ? SIGSTOP : SIGCONT) }
    }

    func address(user: String = "root", database: String = "") -> MySQLAddress {
        MySQLAddress(endpoint: .socket(path: socket), user: user, database: database, encryption: .off)
    }

    func handle() throws -> MySQLHandle { try MySQLHandle(address(database: "shop")) }

    func settings(user: String = "root", password: String? = nil, socket: String? = nil) -> ConnectionSettings {
        var settings: [String: ConnectionSettings.Setting] = [
            "url": .text("mysql://\(user)@/shop?socket=\(socket ?? self.socket)"), "tls": .word("off"),
        ]
        if let password { settings["password"] = .secret(Secret(password)) }
        return ConnectionSettings(connection: "shop", settings: settings, folder: "")
    }
}

/// What a reader handed on, with waiting for it.
final class MySQLReceiver: Sendable {
    struct State {
        var batches: [SourceBatch] = []
        var conditions: [SourceCondition] = []
    }

    private let state = Mutex(State())
    let reader = Mutex<(any SourceReader)?>(nil)

    var batches: [SourceBatch] { state.withLock { $0.batches } }
    var conditions: [SourceCondition] { state.withLock { $0.conditions } }
    var ids: [Int64] {
        batches.filter { $0.kind == .fresh }.flatMap(\.rows).compactMap { row -> Int64? in
            if case .int(let id) = row.identity { id } else { nil }
        }
    }
    var texts: [String] { batches.filter { $0.kind == .fresh }.flatMap(\.rows).map(\.identityText) }

    func open(
        _ settings: ConnectionSettings, _ request: SourceRequest, position: [UInt8]? = nil, credit: Int = 1_000_000,
        patience: MySQLPatience = MySQLPatience()
    ) throws {
        let opened = try MySQLSource(patience: patience).open(
            settings, request, position: position,
            batches: { batch in self.state.withLock { $0.batches.append(batch) } },
            condition: { condition in self.state.withLock { $0.conditions.append(condition) } })
        reader.withLock { $0 = opened }
        opened.grant(batches: credit)
    }

    func close() { reader.withLock { $0?.close() } }

    /// Whether `isTrue` came true within ten seconds.
    func reaches(_ isTrue: (MySQLReceiver) -> Bool) -> Bool {
        for _ in 0..<1_000 {
            if isTrue(self) { return true }
            usleep(10_000)
        }
        return false
    }
}
