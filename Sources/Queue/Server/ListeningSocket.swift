import Glibc

/// A socket that clients connect to. Its one owner: closes it in the end, and takes its file away.
final class ListeningSocket {
    let descriptor: Int32
    /// What it is bound to; nil for a unix socket.
    let address: DoorAddress?
    /// Of a unix socket.
    let path: String?

    private static let backlog: Int32 = 1_024

    private init(takingOwnershipOf descriptor: Int32, address: DoorAddress?, path: String?) {
        self.descriptor = descriptor
        self.address = address
        self.path = path
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    static func internet(_ address: DoorAddress) throws(QueueServerError) -> ListeningSocket {
        let descriptor = socket(address.family, Self.stream, 0)
        guard descriptor >= 0 else { throw failure(on: "\(address)") }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isAny ? 0 : 1) }
        // Accepted sockets inherit these. A machine that vanished while its client waits for jobs is missed after two
        // minutes.
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 20)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
            let failure = failure(on: "\(address)")
            close(descriptor)
            throw failure
        }
        return ListeningSocket(
            takingOwnershipOf: descriptor, address: DoorAddress.local(of: descriptor) ?? address, path: nil)
    }

    /// What a process left there that no longer listens is replaced.
    static func unix(_ path: String) throws(QueueServerError) -> ListeningSocket {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room, !path.utf8.contains(0) else {
            throw .pathTooLong(path: path, bytesMost: room)
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try clear(path, address)
        let descriptor = socket(AF_UNIX, Self.stream, 0)
        guard descriptor >= 0 else { throw failure(at: path) }
        // Nobody can connect before `listen`: its mode is right by then.
        guard with(address, { bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0,
            listen(descriptor, backlog) == 0
        else {
            let failure = failure(at: path)
            close(descriptor)
            throw failure
        }
        return ListeningSocket(takingOwnershipOf: descriptor, address: nil, path: path)
    }

    private static func clear(_ path: String, _ address: sockaddr_un) throws(QueueServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = socket(AF_UNIX, Self.stream, 0)
        guard probe >= 0 else { throw failure(at: path) }
        defer { close(probe) }
        // Only a refusal says that nobody listens: a full backlog, for one, does not.
        guard with(address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .socketInUse(path: path)
        }
        guard unlink(path) == 0 else { throw failure(at: path) }
    }

    private static var stream: Int32 {
        Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    }

    private static func with<R>(_ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func failure(at path: String) -> QueueServerError {
        .cannotListenAt(path: path, message: String(cString: strerror(errno)))
    }

    private static func failure(on address: String) -> QueueServerError {
        .cannotListen(on: address, message: String(cString: strerror(errno)))
    }
}
