import Message

/// What goes back for one request.
struct Answer: Sendable, Hashable {
    let status: Int
    let contentType: String
    let headers: [Refusal.Header]
    let body: [UInt8]

    static let json = "application/json"
    static let text = "text/plain; charset=utf-8"

    init(_ status: Int, contentType: String, headers: [Refusal.Header] = [], body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    init(_ refusal: Refusal) {
        self.init(
            refusal.status, contentType: Self.json, headers: refusal.headers,
            body: Self.errorBody(refusal.status, refusal.reason))
    }

    init(_ error: ConsoleError) {
        switch error {
        case .notFound(let reason): self.init(Refusal(404, reason))
        case .invalid(let reason): self.init(Refusal(400, reason))
        case .refused(let reason): self.init(Refusal(409, reason))
        case .unavailable(let reason): self.init(Refusal(503, reason, headers: [("Retry-After", "1")]))
        case .failed: self.init(Refusal(500, "the service failed to answer; its log says why"))
        }
    }

    /// Sent with every answer: nothing here is for a browser to run, keep or show inside another page.
    static let securityHeaders: [Refusal.Header] = [
        ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("X-Frame-Options", "DENY"),
        ("Connection", "close"),
    ].map { Refusal.Header(name: $0.0, value: $0.1) }

    private static func errorBody(_ status: Int, _ reason: String) -> [UInt8] {
        var bytes = Array("{\"error\":{\"status\":\(status),\"reason\":".utf8)
        JSONText.append(string: reason, to: &bytes)
        bytes.append(contentsOf: "}}\n".utf8)
        return bytes
    }
}
