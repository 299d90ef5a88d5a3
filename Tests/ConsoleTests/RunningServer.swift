import Console
import Observing

/// A server on a free loopback port for one test.
struct RunningServer {
    static let tokenText = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    let server: AdminServer
    let backend: FakeBackend
    var port: UInt16 { server.address.port }

    init(_ adjust: (inout ServerSettings) -> Void = { _ in }) throws {
        backend = FakeBackend()
        var settings = ServerSettings()
        adjust(&settings)
        server = try AdminServer(
            ConsoleAddress(host: .v4([127, 0, 0, 1]), port: 0), token: AdminToken(Self.tokenText), backend: backend,
            logger: .silent, settings: settings)
    }

    func stop() { server.stop() }

    func send(_ request: String) throws -> RawReply { try RawClient.exchange(request, port: port) }

    /// A request with Host; with the token unless told otherwise.
    func ask(
        _ line: String, headers: [String] = [], token: String? = tokenText, host: String = "localhost",
        body: String = ""
    ) throws -> RawReply {
        var lines = ["\(line) HTTP/1.1", "Host: \(host)"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += headers
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        return try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}
