import Connecting
import Foundation
import Testing

@testable import MySQLConnector

@Suite(.serialized, .enabled(if: MySQLTestServer.isInstalled)) struct MySQLEncryptionTests {
    /// A certificate that signs itself, for `localhost`.
    private static func certificate(_ name: String, in folder: String) throws {
        let make = Process()
        make.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        make.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
        ]
        make.standardOutput = FileHandle.nullDevice
        make.standardError = FileHandle.nullDevice
        try make.run()
        make.waitUntilExit()
    }

    private static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    @Test func onlyATrustedCertificateForTheRightNameIsTaken() throws {
        let server = try MySQLTestServer()
        server.stop()
        try Self.certificate("own", in: server.folder)
        try Self.certificate("foreign", in: server.folder)
        let port = Self.freePort()
        try server.start(listening: [
            "--port=\(port)", "--bind-address=127.0.0.1", "--ssl-cert=\(server.folder)/own.pem",
            "--ssl-key=\(server.folder)/own.key",
        ])
        let handle = try server.handle()
        try handle.execute("CREATE OR REPLACE USER tls@'%' REQUIRE SSL")
        func connect(_ host: String, _ authority: String?) throws {
            _ = try MySQLHandle(
                MySQLAddress(
                    endpoint: .tcp(host: host, port: UInt32(port)), user: "tls",
                    encryption: .verified(authority: authority.map { "\(server.folder)/\($0).pem" })))
        }
        try connect("localhost", "own")
        for (host, authority) in [("localhost", "foreign"), ("localhost", nil), ("127.0.0.1", "own")] {
            let failure = #expect(throws: MySQLFailure.self) { try connect(host, authority) }
            #expect(failure?.code == 2026, "\(host) \(authority ?? "system")")
        }
        server.stop()
    }
}
