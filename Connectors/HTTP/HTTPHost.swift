import Connecting

/// One of the hosts that a connection sends to.
struct HTTPHost: Sendable, Hashable {
    /// Scheme, authority and path prefix, without a slash at its end.
    let base: String
    /// Host with port.
    let authority: String

    /// What is wrong with `base` or `hosts`, and what to write.
    struct Refusal: Error {
        let problem: String
        let remedy: String
    }

    /// `base "https://api.example"` is one host; `hosts ["https://a.example", "b.example"]` are several that do the
    /// same work.
    static func all(of settings: ConnectionSettings) throws(Refusal) -> [HTTPHost] {
        let base = settings.text("base")
        guard case .textList(let texts)? = settings.settings["hosts"] else {
            guard let base else {
                throw Refusal(
                    problem: "it has neither `base` nor `hosts`", remedy: "write `base \"https://api.example\"`")
            }
            return [try HTTPHost(base, of: "base")]
        }
        if base != nil { throw Refusal(problem: "`base` and `hosts` exclude each other", remedy: "write one of them") }
        if texts.isEmpty {
            throw Refusal(problem: "`hosts` is empty", remedy: "write `hosts [\"https://api.example\"]`")
        }
        var hosts: [HTTPHost] = []
        for text in texts {
            let host = try HTTPHost(text.contains("://") ? text : "https://" + text, of: "hosts")
            if hosts.contains(where: { $0.authority == host.authority }) {
                throw Refusal(problem: "`hosts` names \(host.authority) twice", remedy: "leave one of them")
            }
            hosts.append(host)
        }
        return hosts
    }

    private init(_ url: String, of setting: String) throws(Refusal) {
        let rest: Substring
        if url.hasPrefix("https://") {
            rest = url.dropFirst(8)
        } else if url.hasPrefix("http://") {
            rest = url.dropFirst(7)
        } else {
            throw Refusal(
                problem: "`\(setting)` does not begin with http:// or https://", remedy: "write \"https://api.example\""
            )
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.isEmpty {
            throw Refusal(problem: "`\(setting)` names no host", remedy: "write \"https://api.example\"")
        }
        if authority.utf8.contains(UInt8(ascii: "@")) {
            throw Refusal(
                problem: "`\(setting)` holds a user", remedy: "write `user` and `password secret.NAME` beside it")
        }
        if rest.utf8.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "?") }) {
            throw Refusal(
                problem: "`\(setting)` holds a query or a fragment", remedy: "end it with the host or a path")
        }
        if rest.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "\\") }) {
            throw Refusal(
                problem: "`\(setting)` holds a byte that cannot stand in a URL", remedy: "write it percent-encoded")
        }
        var trimmed = Substring(url)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        base = String(trimmed)
        // A host's name is the same in any case; two spellings would be two limits for one receiver.
        self.authority = authority.lowercased()
    }
}
