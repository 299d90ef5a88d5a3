import Glibc

/// Reads the answer of the admin server, which always says its length and always closes.
struct AdminReplyReader {
    static let headLimit = 64 * 1024
    static let bodyLimit = 256 * 1024 * 1024

    /// A connected socket, or any other descriptor in tests.
    let descriptor: Int32

    func read() throws(AdminClient.Failure) -> AdminClient.Reply {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        var frame: (status: Int, bodyStart: Int, length: Int)?
        while true {
            if frame == nil, let end = Self.endOfHead(bytes) { frame = try Self.frame(bytes[..<end], bodyStart: end) }
            if let frame, bytes.count - frame.bodyStart >= frame.length {
                let end = frame.bodyStart + frame.length
                return AdminClient.Reply(status: frame.status, body: Array(bytes[frame.bodyStart..<end]))
            }
            guard frame != nil || bytes.count < Self.headLimit else { throw .unreadable("a head without an end") }
            let count = Glibc.read(descriptor, &part, part.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw bytes.isEmpty
                    ? .unreachable("the service closed the connection without an answer")
                    : .unreadable("the answer broke off")
            }
            bytes.append(contentsOf: part[..<count])
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        var index = 0
        while index + 4 <= min(bytes.count, headLimit) {
            if bytes[index] == mark[0], bytes[index..<index + 4].elementsEqual(mark) { return index + 4 }
            index += 1
        }
        return nil
    }

    private static func frame(
        _ head: ArraySlice<UInt8>, bodyStart: Int
    ) throws(AdminClient.Failure) -> (status: Int, bodyStart: Int, length: Int) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", words[1].utf8.count == 3, let status = Int(words[1]),
            (200...599).contains(status)
        else { throw .unreadable("no HTTP/1.1 answer") }
        var length: Int?
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            let number = Int(parts[1].drop { $0 == " " })
            guard length == nil, let number, (0...bodyLimit).contains(number) else {
                throw .unreadable("no proper Content-Length")
            }
            length = number
        }
        guard let length else { throw .unreadable("no Content-Length") }
        return (status, bodyStart, length)
    }
}
