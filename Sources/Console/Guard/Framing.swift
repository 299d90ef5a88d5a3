/// The headers that say where a request ends, and those that must stand there once.
enum Framing {
    private static let single: Set<String> = [
        "host", "content-length", "transfer-encoding", "authorization", "content-type", "origin", "expect",
    ]

    static func check(_ headers: [RequestHead.Header], isHTTP10: Bool) throws(Refusal) {
        var found: Set<String> = []
        for header in headers where single.contains(header.name) {
            guard found.insert(header.name).inserted else { throw Refusal(400, "`\(header.name)` stands there twice") }
        }
        guard found.contains("host") else { throw Refusal(400, "there is no Host header") }
        guard let encoding = headers.first(where: { $0.name == "transfer-encoding" })?.value else { return }
        if isHTTP10 { throw Refusal(400, "Transfer-Encoding in HTTP/1.0") }
        if found.contains("content-length") { throw Refusal(400, "Content-Length and Transfer-Encoding together") }
        guard encoding.lowercased() == "chunked" else { throw Refusal(400, "an unknown Transfer-Encoding") }
        throw Refusal(411, "bodies need a Content-Length here")
    }

    static func contentLength(_ headers: [RequestHead.Header], limit: Int) throws(Refusal) -> Int {
        guard let text = headers.first(where: { $0.name == "content-length" })?.value else { return 0 }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw Refusal(400, "Content-Length is not a number")
        }
        guard let length = Int(text), length <= limit else {
            throw Refusal(413, "the body is longer than \(limit) bytes")
        }
        return length
    }
}
