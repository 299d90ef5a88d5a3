import Glibc

/// Where the server listens.
enum Address {
    case internet(host: String, port: UInt16)
    case local(path: String)

    init(_ text: String) throws {
        if text.contains("/") {
            self = .local(path: text)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Trouble("\(text) is neither HOST:PORT nor the path of a socket")
        }
        self = .internet(host: String(text[..<colon]), port: port)
    }

    /// - Returns: a connected socket, still blocking; nil: nobody listens.
    func connect() throws -> Int32? {
        switch self {
        case .internet(let host, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
                throw Trouble("\(host) is no IPv4 address")
            }
            let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
            return Self.connect(descriptor, &address)
        case .local(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
                guard path.utf8.count < place.count else { return false }
                place.copyBytes(from: path.utf8)
                return true
            }
            guard fits else { throw Trouble("\(path) is too long for a socket") }
            return Self.connect(Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0), &address)
        }
    }

    private static func connect<Form>(_ descriptor: Int32, _ address: inout Form) -> Int32? {
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Form>.size))
            }
        }
        if code == 0 { return descriptor }
        close(descriptor)
        return nil
    }
}
