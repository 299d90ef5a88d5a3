import Glibc
import Testing

/// A client on a unix socket that waits for its replies, at most ten seconds.
final class SocketClient {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// The reply, or what came of it before the end.
    func ask(_ request: String, replyBytes: Int) -> String {
        let bytes = Array(request.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var reply: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while reply.count < replyBytes {
            let count = recv(descriptor, &part, part.count, 0)
            guard count > 0 else { break }
            reply.append(contentsOf: part[..<count])
        }
        return String(decoding: reply, as: UTF8.self)
    }
}
