package import Glibc

/// Where the admin server listens: a numeric address (or `localhost`) and a port; port 0 takes a free one.
package struct ConsoleAddress: Sendable, Hashable, CustomStringConvertible {
    package enum Host: Sendable, Hashable {
        case v4([UInt8])
        case v6([UInt8])
    }

    package let host: Host
    package let port: UInt16

    package init(host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:9990`, `[::1]:9990`, `localhost:0`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var name = String(text[..<colon])
        if name == "localhost" { name = "127.0.0.1" }
        if name.hasPrefix("["), name.hasSuffix("]") {
            guard let bytes = Self.numeric(String(name.dropFirst().dropLast()), AF_INET6, 16) else { return nil }
            self.init(host: .v6(bytes), port: port)
        } else {
            guard let bytes = Self.numeric(name, AF_INET, 4) else { return nil }
            self.init(host: .v4(bytes), port: port)
        }
    }

    package func with(port: UInt16) -> ConsoleAddress { ConsoleAddress(host: host, port: port) }

    package var isLoopback: Bool {
        switch host {
        case .v4(let bytes): bytes.first == 127
        case .v6(let bytes): bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        }
    }

    /// As a Host header writes it.
    var hostText: String {
        switch host {
        case .v4(let bytes): bytes.map(String.init).joined(separator: ".")
        case .v6(let bytes): "[" + Self.text(bytes) + "]"
        }
    }

    package var description: String { "\(hostText):\(port)" }

    private static func numeric(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension ConsoleAddress {
    /// Calls `body` with the address as the socket calls take it.
    package func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { raw in
            let length: Int
            switch host {
            case .v4(let bytes):
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
                length = MemoryLayout<sockaddr_in>.size
                withUnsafeBytes(of: address) { raw.copyMemory(from: $0) }
            case .v6(let bytes):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
                length = MemoryLayout<sockaddr_in6>.size
                withUnsafeBytes(of: address) { raw.copyMemory(from: $0) }
            }
            return raw.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let base = pointer.baseAddress else { preconditionFailure("a socket address has bytes") }
                return body(base, socklen_t(length))
            }
        }
    }

    /// Nil for a family that is not of the internet.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            self.init(
                host: .v4(withUnsafeBytes(of: address.sin_addr) { Array($0) }),
                port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            self.init(
                host: .v6(withUnsafeBytes(of: address.sin6_addr) { Array($0) }),
                port: UInt16(bigEndian: address.sin6_port))
        default: return nil
        }
    }
}
