import Console
import Glibc

/// Asks a running service over its admin address: one request, one connection, HTTP/1.1, loopback. Blocking, with limits on
/// everything that comes back.
struct AdminClient: Sendable {
    let address: ConsoleAddress
    let token: AdminToken
    /// How long one answer may take to begin and to go on. An audit of millions of messages reads for a while.
    var patienceSeconds = 120

    /// A service that could not be asked.
    enum Failure: Error, Sendable {
        /// Nobody listens, or the connection broke before an answer: nothing was done.
        case unreachable(String)
        /// What came back is no answer of this service.
        case unreadable(String)
    }

    struct Reply: Sendable, Equatable {
        let status: Int
        let body: [UInt8]
    }

    func send(_ method: String, _ target: String, body: [UInt8] = []) throws(Failure) -> Reply {
        let descriptor = try connected()
        defer { close(descriptor) }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(address)\r\nAuthorization: Bearer \(token.revealed)\r\n"
        if method != "GET" { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        head += "Connection: close\r\n\r\n"
        guard write(Array(head.utf8) + body, to: descriptor) else {
            throw .unreachable("the connection to \(address) broke")
        }
        return try AdminReplyReader(descriptor: descriptor).read()
    }

    private func connected() throws(Failure) -> Int32 {
        let isV4 = if case .v4 = address.host { true } else { false }
        let descriptor = socket(isV4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unreachable("no socket: \(Self.reason())") }
        var limit = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else {
            let reason = Self.reason()
            close(descriptor)
            throw .unreachable("nobody answers at \(address): \(reason)")
        }
        return descriptor
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
