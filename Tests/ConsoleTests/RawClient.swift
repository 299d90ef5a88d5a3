import Console
import Glibc
import Testing

/// A client that sends exactly the bytes it is given.
struct RawClient {
    let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the server closes.
    func readAll() -> String {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            guard count > 0 else { break }
            all.append(contentsOf: part[..<count])
        }
        return String(decoding: all, as: UTF8.self)
    }

    func close() { Glibc.close(descriptor) }

    /// One exchange: sends, reads until the server closes.
    static func exchange(_ request: String, port: UInt16) throws -> RawReply {
        let client = try RawClient(port: port)
        defer { client.close() }
        client.send(Array(request.utf8))
        return RawReply(client.readAll())
    }
}

struct RawReply: CustomStringConvertible {
    let text: String
    init(_ text: String) { self.text = text }
    var description: String { text }

    /// 0 where there is no status line.
    var status: Int { Int(text.dropFirst(9).prefix(3)) ?? 0 }

    var body: String {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return "" }
        return String(text[end.upperBound...])
    }

    var answerCount: Int { text.ranges(of: "HTTP/1.1 ").count }

    func header(_ name: String) -> String? {
        for line in text.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].drop { $0 == " " }.description
            }
        }
        return nil
    }
}

extension String {
    func ranges(of part: String) -> [Range<String.Index>] { Array(self.ranges(of: part[...])) }
}
