/// Who may ask what: the checks between a well-formed head and the command, in the order in which they are made.
struct AccessPolicy: Sendable {
    let token: AdminToken
    let address: ConsoleAddress

    /// A page that made a browser resolve its own name to this machine sends its own name as Host.
    func checkHost(_ head: RequestHead) throws(Refusal) {
        guard let host = head.header("host"), isOwn(authority: host) else {
            throw Refusal(421, "this host name is not served here")
        }
    }

    /// Whether the request carries the token; nil: it carries none.
    func hasToken(_ head: RequestHead) -> Bool? {
        guard let value = head.header("authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return token.matches(parts[1])
    }

    /// A state change must not be something that a form or a foreign page can send.
    func checkOrigin(_ head: RequestHead) throws(Refusal) {
        if let origin = head.header("origin") {
            guard origin.hasPrefix("http://"), isOwn(authority: String(origin.dropFirst(7))) else {
                throw Refusal(403, "requests from other sites are not served")
            }
        }
        if let site = head.header("sec-fetch-site"), site != "same-origin", site != "none" {
            throw Refusal(403, "requests from other sites are not served")
        }
        let mediaType = head.header("content-type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard mediaType == "application/json" else { throw Refusal(415, "send Content-Type: application/json") }
    }

    /// Loopback names with any port (a tunnel has its own), and the bound address.
    private func isOwn(authority: String) -> Bool {
        let lowered = authority.lowercased()
        let (host, port) = Self.split(lowered)
        guard port.isEmpty || UInt16(port) != nil else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains(host) || host == address.hostText
    }

    private static func split(_ authority: String) -> (host: String, port: String) {
        let searchStart = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[searchStart...].lastIndex(of: ":") else { return (authority, "") }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }
}
