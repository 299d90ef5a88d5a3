import Foundation
import Glibc
import Testing

@testable import Queue

/// Unix sockets, IPv6 and TLS.
@Suite struct ServerSocketTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-door-\(UUID())").path
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func aUnixSocketIsForOwnerAndGroupAndReplacesAStaleOne() throws {
        let folder = try Folder()
        let path = folder.path + "/door.sock"
        try abandonSocket(path)
        do {
            let bench = try ServerBench({
                $0.address = nil
                $0.socketPath = path
            })
            var status = stat()
            #expect(lstat(path, &status) == 0 && status.st_mode == S_IFSOCK | 0o660)
            let client = try TestClient(path: path)
            try bench.exchange(client, "PING\r\n", "+PONG\r\n")
            #expect(bench.broker.clients.values.first?.isLocalSocket == true)
            #expect(throws: QueueServerError.socketInUse(path: path)) {
                try ServerBench({ $0.socketPath = path })
            }
        }
        #expect(access(path, F_OK) != 0, "its file goes with it")
        _ = FileManager.default.createFile(atPath: path, contents: Data("order".utf8))
        #expect(throws: QueueServerError.notASocket(path: path)) { try ServerBench({ $0.socketPath = path }) }
        #expect(FileManager.default.contents(atPath: path) == Data("order".utf8))
        let nowhere = folder.path + "/gone/door.sock"
        let error = #expect(throws: QueueServerError.self) { try ServerBench({ $0.socketPath = nowhere }) }
        #expect(error?.description.contains(nowhere) == true && error?.remedy.contains("--disque-socket") == true)
        let long = folder.path + "/" + String(repeating: "x", count: 200)
        #expect(throws: QueueServerError.pathTooLong(path: long, bytesMost: 107)) {
            try ServerBench({ $0.socketPath = long })
        }
    }

    /// As a process leaves it that was killed.
    private func abandonSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    @Test func aTakenPortIsSaidWithWhatToWrite() throws {
        let bench = try ServerBench()
        let taken = try #require(bench.server.address)
        let error = #expect(throws: QueueServerError.self) { try ServerBench({ $0.address = taken }) }
        #expect(error?.description.contains("\(taken)") == true && error?.remedy.contains("--disque") == true)
    }

    @Test func speaksIPv6() throws {
        let loopback = DoorAddress(host: [UInt8](repeating: 0, count: 15) + [1], port: 0)
        guard let bench = try? ServerBench({ $0.address = loopback }) else { return }
        try bench.exchange(try bench.client(), "PING\r\n", "+PONG\r\n")
        #expect(bench.broker.clients.values.first?.address.hasPrefix("[::1]:") == true)
    }

    // MARK: TLS

    /// Its input and output are files: a full pipe would stop it while the server waits for it.
    private func openssl(_ words: [String], input: String = "/dev/null", output: String = "/dev/null") throws -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = words
        process.standardInput = FileHandle(forReadingAtPath: input)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func makeCertificate(_ folder: Folder, _ name: String) throws -> (certificate: String, key: String) {
        let files = (certificate: folder.path + "/\(name).pem", key: folder.path + "/\(name).key")
        let process = try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=localhost", "-keyout", files.key, "-out", files.certificate,
        ])
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return files
    }

    /// What a client of openssl's hears.
    private func ask(
        _ bench: ServerBench, in folder: Folder, _ words: [String], _ request: String
    ) throws -> String {
        let address = try #require(bench.server.address)
        let (input, output) = (folder.path + "/request", folder.path + "/answer")
        for (path, text) in [(input, request), (output, "")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        let process = try openssl(
            ["s_client", "-quiet", "-connect", "\(address)"] + words, input: input, output: output)
        try bench.turn(until: { !process.isRunning })
        return String(decoding: try #require(FileManager.default.contents(atPath: output)), as: UTF8.self)
    }

    @Test func speaksTLS() throws {
        let folder = try Folder()
        let files = try makeCertificate(folder, "server")
        let bench = try ServerBench({
            $0.encryption = EncryptionSettings(certificatePath: files.certificate, keyPath: files.key)
        })
        let body = String(repeating: "b", count: 100_000)
        let request = "PING\r\n" + command("PING", body) + "QUIT\r\n"
        for version in ["-tls1_2", "-tls1_3"] {
            let answer = try ask(
                bench, in: folder, [version, "-CAfile", files.certificate, "-verify_return_error"], request)
            #expect(answer == "+PONG\r\n$100000\r\n\(body)\r\n+OK\r\n")
        }
        let plain = try bench.client()
        plain.send("PING\r\n")
        try bench.turn(until: { plain.receive() })
        #expect(!plain.take().contains("PONG"))
        let silent = try bench.client()
        try bench.turn(until: { bench.server.counters.connections == 1 })
        try bench.pass(seconds: 9)
        #expect(bench.server.counters.connections == 1)
        try bench.pass(seconds: 2)
        try bench.expectEnd(silent)
    }

    @Test func asksClientsForTheirCertificates() throws {
        let folder = try Folder()
        let server = try makeCertificate(folder, "server")
        let friend = try makeCertificate(folder, "friend")
        let stranger = try makeCertificate(folder, "stranger")
        let bench = try ServerBench({
            $0.encryption = EncryptionSettings(
                certificatePath: server.certificate, keyPath: server.key, clientAuthoritiesPath: friend.certificate)
        })
        let request = "PING\r\nQUIT\r\n"
        #expect(
            try ask(bench, in: folder, ["-cert", friend.certificate, "-key", friend.key], request) == "+PONG\r\n+OK\r\n"
        )
        #expect(try ask(bench, in: folder, ["-cert", stranger.certificate, "-key", stranger.key], request) == "")
        #expect(try ask(bench, in: folder, [], request) == "")
        #expect(bench.server.counters.connections == 0)
    }

    @Test func readsItsCertificateAgain() throws {
        let folder = try Folder()
        let old = try makeCertificate(folder, "old")
        let new = try makeCertificate(folder, "new")
        let files = (certificate: folder.path + "/live.pem", key: folder.path + "/live.key")
        func put(_ made: (certificate: String, key: String)) throws {
            for (from, to) in [(made.certificate, files.certificate), (made.key, files.key)] {
                try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to))
            }
        }
        try put(old)
        let bench = try ServerBench({
            $0.encryption = EncryptionSettings(certificatePath: files.certificate, keyPath: files.key)
        })
        func isShown(_ certificate: String) throws -> Bool {
            try ask(bench, in: folder, ["-CAfile", certificate, "-verify_return_error"], "PING\r\nQUIT\r\n")
                == "+PONG\r\n+OK\r\n"
        }
        #expect(try isShown(old.certificate))
        try put(new)
        #expect(try isShown(old.certificate), "not before it is told to")
        try bench.server.readCertificateAgain()
        #expect(try isShown(new.certificate) && !isShown(old.certificate))
        try Data().write(to: URL(fileURLWithPath: files.key))
        #expect(throws: QueueServerError.self) { try bench.server.readCertificateAgain() }
        #expect(try isShown(new.certificate))
    }

    @Test func aCertificateThatCannotBeUsedIsNamed() throws {
        let folder = try Folder()
        let one = try makeCertificate(folder, "one")
        let other = try makeCertificate(folder, "other")
        for (certificate, key, bad) in [
            ("/nowhere.pem", one.key, "/nowhere.pem"), (one.certificate, other.key, other.key),
            (one.certificate, one.certificate, one.certificate),
        ] {
            let error = #expect(throws: QueueServerError.self) {
                try ServerBench({ $0.encryption = EncryptionSettings(certificatePath: certificate, keyPath: key) })
            }
            #expect(error?.description.hasPrefix("\(bad) cannot be used: ") == true, "\(error as Any)")
            #expect(error?.description.contains("no reason") == false, "\(error as Any)")
            #expect(error?.description.contains("unsupported") == false, "\(error as Any)")
        }
    }
}
