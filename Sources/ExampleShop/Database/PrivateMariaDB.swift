import Glibc

/// A MariaDB of our own in a folder: unix socket and a loopback port, nobody else's data, stopped by its pid.
package final class PrivateMariaDB {
    package let socketPath: String
    package let port: UInt16
    private let folder: RunFolder
    private let diesWithParent: Bool
    private var server: ChildProcess?

    /// Installs where the folder holds no database yet, starts, and waits until it answers (about 1.1 s).
    package init(in folder: RunFolder, diesWithParent: Bool = false) throws(ShopError) {
        self.folder = folder
        self.diesWithParent = diesWithParent
        // Not the shared one: servers that start at the same time delete each other's temporary tables there.
        mkdir(folder.file("tmp"), 0o700)
        socketPath = try Self.socketPath(folder)
        port = try LoopbackPort.free()
        if access(folder.file("mariadb/mysql"), F_OK) != 0 { try install() }
        try start()
    }

    deinit { stop() }

    package func start() throws(ShopError) {
        let log = folder.file("mariadb.log")
        let server = try ChildProcess(
            [
                "mariadbd", "--no-defaults", "--datadir=\(folder.file("mariadb"))", "--socket=\(socketPath)",
                "--tmpdir=\(folder.file("tmp"))",
                "--port=\(port)", "--bind-address=127.0.0.1", "--skip-log-bin", "--skip-name-resolve",
                "--innodb-buffer-pool-size=256M", "--innodb-flush-log-at-trx-commit=2", "--max-connections=200",
            ] + Self.userArguments, output: log, error: log, diesWithParent: diesWithParent)
        self.server = server
        let deadline = Deadline(milliseconds: 60_000)
        while true {
            if (try? ShopConnection(socketPath: socketPath, database: nil)) != nil { return }
            if let status = server.exitStatus() {
                throw ShopError.ended(program: "mariadbd", status: status, log: log)
            }
            if deadline.isOver { throw ShopError.notReady(program: "mariadbd", seconds: 60, log: log) }
            usleep(20_000)
        }
    }

    /// An orderly end; the data stays and `start()` brings it back on the same port.
    package func stop() {
        server?.stop(graceMilliseconds: 30_000)
        server = nil
    }

    /// A power cut as far as a process can have one.
    package func killNow() {
        server?.killNow()
        server = nil
    }

    package var hasEnded: Bool { server?.exitStatus() != nil }

    /// A connection as the administrator.
    package func connect(database: String? = "shop") throws(ShopError) -> ShopConnection {
        try ShopConnection(socketPath: socketPath, database: database)
    }

    /// For routes: `mysql://waybill@127.0.0.1:PORT/shop`.
    package var url: String { "mysql://waybill@127.0.0.1:\(port)/shop" }

    private func install() throws(ShopError) {
        let log = folder.file("mariadb-install.log")
        let installer = try ChildProcess(
            [
                "mariadb-install-db", "--no-defaults", "--datadir=\(folder.file("mariadb"))", "--skip-test-db",
                "--tmpdir=\(folder.file("tmp"))",
                "--auth-root-authentication-method=normal",
            ] + Self.userArguments, output: log, error: log)
        guard let status = installer.wait(milliseconds: 120_000) else {
            installer.killNow()
            throw ShopError.notReady(program: "mariadb-install-db", seconds: 120, log: log)
        }
        guard status == 0 else { throw ShopError.ended(program: "mariadb-install-db", status: status, log: log) }
    }

    /// As root the server must be told that it may stay root.
    private static var userArguments: [String] { geteuid() == 0 ? ["--user=root"] : [] }

    /// Unix socket paths end at 107 bytes: a deep folder gets its socket in the temporary folder.
    private static func socketPath(_ folder: RunFolder) throws(ShopError) -> String {
        let near = folder.file("mariadb.sock")
        if near.utf8.count < 100 { return near }
        var template = Array("/tmp/waybill-shop-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ShopError.system(call: "mkdtemp", code: errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/mariadb.sock"
    }
}
