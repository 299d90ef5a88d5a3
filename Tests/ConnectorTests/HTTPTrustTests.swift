import Connecting
import Foundation
import Testing

/// Certificates that must not be trusted, served by OpenSSL's own server.
@Suite(.serialized) struct HTTPTrustTests {
    /// A folder with a certificate, and `openssl s_server` that serves it until the end of the test.
    final class Server {
        let folder = NSTemporaryDirectory() + "waybill-tls-\(UUID().uuidString)"
        let port: UInt16
        private let process = Process()

        init(name: String, isExpired: Bool = false, protocols: [String] = []) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let (listener, port) = HTTPReceiver.listen()
            close(listener)
            self.port = port
            let make = [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder + "/key", "-out", folder + "/cert",
                "-days", "1", "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(name)",
            ]
            try Self.openssl(make)
            if isExpired {
                let again = [
                    "x509", "-in", folder + "/cert", "-signkey", folder + "/key", "-days", "-1", "-out",
                    folder + "/cert",
                ]
                try Self.openssl(again)
            }
            process.executableURL = Self.program
            process.arguments =
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", folder + "/cert", "-key", folder + "/key",
                    "-www",
                ] + protocols
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            // It says ACCEPT when it listens.
            var text = ""
            while !text.contains("ACCEPT") {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { break }
                text += String(decoding: data, as: UTF8.self)
            }
        }

        private static let program = URL(fileURLWithPath: "/usr/bin/openssl")

        private static func openssl(_ arguments: [String]) throws {
            let process = Process()
            process.executableURL = program
            process.arguments = arguments
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }

        deinit {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(atPath: folder)
        }

        func deliver(trusting: Bool) throws -> Result<Delivered, DeliveryFailure> {
            try HTTPConnectorTests.deliver(
                HTTPConnectorTests.request("get", "/", body: ""), to: "https://127.0.0.1:\(port)",
                trusting ? ["ca": .text(folder + "/cert")] : [:])
        }
    }

    @Test func trustsOnlyWhatChecks() throws {
        let good = try Server(name: "IP:127.0.0.1")
        #expect(try good.deliver(trusting: true).success?.status == 200)
        let selfSigned = try good.deliver(trusting: false).failure
        #expect(
            selfSigned?.cause == .untrusted && selfSigned?.isRetryable == false && selfSigned?.outcomeUnknown == false)
        let wrongHost = try Server(name: "DNS:other.example").deliver(trusting: true).failure
        #expect(wrongHost?.cause == .untrusted)
        let expired = try Server(name: "IP:127.0.0.1", isExpired: true).deliver(trusting: true).failure
        #expect(expired?.cause == .untrusted)
    }

    @Test(arguments: ["-tls1", "-tls1_1"]) func oldProtocolsAreRefused(version: String) throws {
        let old = try Server(name: "IP:127.0.0.1", protocols: [version, "-cipher", "ALL:@SECLEVEL=0"])
        let failure = try old.deliver(trusting: true).failure
        #expect(failure?.cause == .noAnswer && failure?.reason.contains("TLS handshake") == true)
        let new = try Server(name: "IP:127.0.0.1", protocols: ["-tls1_2"])
        #expect(try new.deliver(trusting: true).success != nil)
    }

    @Test func plainReceiverBehindHTTPSIsNoAnswer() throws {
        let receiver = HTTPReceiver { _, _ in [.close] }
        defer { receiver.stop() }
        let failure = try HTTPConnectorTests.deliver(
            HTTPConnectorTests.request(timeout: 500), to: "https://127.0.0.1:\(receiver.port)"
        ).failure
        #expect(failure?.cause == .noAnswer && failure?.isRetryable == true && failure?.outcomeUnknown == false)
    }

    @Test func anUnreadableAuthorityFileIsRefused() {
        #expect(throws: ConnectionError.self) {
            try HTTPConnectorTests.open("https://a.example", ["ca": .text("/nowhere.pem")], probe: DeliveryProbe())
        }
    }
}
