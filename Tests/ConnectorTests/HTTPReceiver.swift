import Foundation
import Glibc
import Synchronization

/// A receiver on a free loopback port that does what a test tells it: it answers, hangs, or closes.
final class HTTPReceiver: Sendable {
    enum Step: Sendable {
        case send(String)
        /// Sends zero bytes until the peer goes away.
        case flood(String)
        case hang
        case close
    }

    let port: UInt16
    private let listener: Int32
    private let script: @Sendable (_ request: String, _ number: Int) -> [Step]
    private let seen = Mutex<(requests: [String], connections: Int)>(([], 0))

    init(_ script: @escaping @Sendable (_ request: String, _ number: Int) -> [Step]) {
        self.script = script
        (listener, port) = Self.listen()
        Thread.detachNewThread { [self] in acceptAll() }
    }

    convenience init(answer: String) { self.init { _, _ in [.send(answer)] } }

    var requests: [String] { seen.withLock { $0.requests } }
    var connections: Int { seen.withLock { $0.connections } }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    static func listen() -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(listener, address, length)
                _ = getsockname(listener, address, &length)
            }
        }
        _ = Glibc.listen(listener, 512)
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private func acceptAll() {
        while true {
            let peer = accept(listener, nil, nil)
            if peer < 0 { break }
            seen.withLock { $0.connections += 1 }
            Thread.detachNewThread { [self] in
                serve(peer)
                close(peer)
            }
        }
        close(listener)
    }

    private func serve(_ peer: Int32) {
        var buffer: [UInt8] = []
        while let request = readRequest(peer, &buffer) {
            let number = seen.withLock { seen in
                seen.requests.append(request)
                return seen.requests.count
            }
            for step in script(request, number) {
                switch step {
                case .send(let text): if !send(peer, text) { return }
                case .flood(let text): while send(peer, text) {}
                case .hang:
                    var byte: UInt8 = 0
                    while recv(peer, &byte, 1, 0) > 0 {}
                case .close: return
                }
            }
        }
    }

    private func send(_ peer: Int32, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(peer, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    private func readRequest(_ peer: Int32, _ buffer: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: buffer, as: UTF8.self)
            if let head = text.range(of: "\r\n\r\n") {
                var length = 0
                for line in text[..<head.lowerBound].split(separator: "\r\n") {
                    let lower = line.lowercased()
                    if lower.hasPrefix("content-length: ") { length = Int(lower.dropFirst(16)) ?? 0 }
                }
                let total = text[..<head.upperBound].utf8.count + length
                if buffer.count >= total {
                    let request = String(decoding: buffer[..<total], as: UTF8.self)
                    buffer.removeFirst(total)
                    return request
                }
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(peer, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            buffer.append(contentsOf: chunk[..<count])
        }
    }
}
