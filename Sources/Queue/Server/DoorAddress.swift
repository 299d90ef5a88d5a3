import Glibc

/// An internet address with its port: where the door listens, where a client comes from.
package struct DoorAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 bytes, or 16.
    package let host: [UInt8]
    package let port: UInt16

    /// - Precondition: `host` has 4 or 16 bytes.
    package init(host: [UInt8], port: UInt16) {
        precondition(host.count == 4 || host.count == 16, "an address has 4 or 16 bytes")
        self.host = host
        self.port = port
    }

    /// Of this machine only, also where IPv4 is written as IPv6.
    package var isLoopback: Bool {
        if host.count == 4 { return host[0] == 127 }
        if host.prefix(10).allSatisfy({ $0 == 0 }), host[10] == 255, host[11] == 255 { return host[12] == 127 }
        return host.dropLast().allSatisfy { $0 == 0 } && host[15] == 1
    }

    /// Every address of the machine.
    package var isAny: Bool { host.allSatisfy { $0 == 0 } }

    /// `127.0.0.1`, `::1`.
    package var hostText: String {
        if host.count == 4 { return host.map(String.init).joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, host, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    package var description: String { host.count == 4 ? "\(hostText):\(port)" : "[\(hostText)]:\(port)" }
}

extension DoorAddress {
    var family: Int32 { host.count == 4 ? AF_INET : AF_INET6 }

    /// Calls `body` with the address as the socket calls take it.
    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        let length: Int
        if host.count == 4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: host) }
            length = MemoryLayout<sockaddr_in>.size
            withUnsafeMutableBytes(of: &storage) { all in withUnsafeBytes(of: address) { all.copyMemory(from: $0) } }
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: host) }
            length = MemoryLayout<sockaddr_in6>.size
            withUnsafeMutableBytes(of: &storage) { all in withUnsafeBytes(of: address) { all.copyMemory(from: $0) } }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }

    /// Nil for a family that is not of the internet.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            self.init(
                host: withUnsafeBytes(of: address.sin_addr) { Array($0) }, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            self.init(
                host: withUnsafeBytes(of: address.sin6_addr) { Array($0) }, port: UInt16(bigEndian: address.sin6_port))
        default: return nil
        }
    }

    /// The address of a socket's own end.
    static func local(of descriptor: Int32) -> DoorAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? DoorAddress(storage) : nil
    }
}
