import Connecting
import Glibc

/// The checked settings of an HTTP connection.
struct HTTPEndpoint: Sendable {
    /// Scheme, authority and path prefix, without a slash at its end.
    let base: String
    /// Host with port, as `hosts` shows it.
    let authority: String
    let bearer: Secret?
    let user: String?
    let password: Secret?
    let connectTimeoutMilliseconds: Int
    let authorityFile: String?
    let responseLimit: Int
    let userAgent: String

    init(_ settings: ConnectionSettings, userAgent: String) throws(ConnectionError) {
        let name = settings.connection
        func refuse(_ problem: String, _ remedy: String) -> ConnectionError {
            ConnectionError(connection: name, problem: problem, remedy: remedy)
        }
        guard let base = settings.text("base") else {
            throw refuse("it has no `base`", "write `base \"https://api.example\"`")
        }
        (self.base, authority) = try Self.split(base, refuse: refuse)
        bearer = settings.secret("bearer")
        user = settings.text("user")
        password = settings.secret("password")
        self.userAgent = userAgent
        for secret in [bearer, password]
        where secret?.revealed.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) == true {
            throw refuse("a secret holds a line break or another control byte", "store it without a line end")
        }
        if let user, user.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ":") }) {
            throw refuse("`user` holds a colon or a control byte", "basic authentication cannot carry such a name")
        }
        if bearer != nil && user != nil {
            throw refuse("`bearer` and `user` exclude each other", "write one of them")
        }
        if (user == nil) != (password == nil) {
            throw refuse("`user` and `password` belong together", "write both: `user \"name\", password secret.NAME`")
        }
        var connect: Int64 = 5_000
        if case .duration(let milliseconds)? = settings.settings["connect_timeout"] { connect = milliseconds }
        connectTimeoutMilliseconds = Int(min(max(connect, 1), 300_000))
        var limit: Int64 = 65_536
        if case .byteCount(let count)? = settings.settings["max_response"] { limit = count }
        responseLimit = Int(min(max(limit, 0), 1 << 30))
        if let file = settings.text("ca") {
            let path = file.hasPrefix("/") ? file : settings.folder + "/" + file
            guard access(path, R_OK) == 0 else {
                throw refuse("the `ca` file `\(file)` cannot be read", "name a PEM file that Waybill may read")
            }
            authorityFile = path
        } else {
            authorityFile = nil
        }
    }

    private static func split(
        _ base: String, refuse: (String, String) -> ConnectionError
    ) throws(ConnectionError) -> (base: String, authority: String) {
        let rest: Substring
        if base.hasPrefix("https://") {
            rest = base.dropFirst(8)
        } else if base.hasPrefix("http://") {
            rest = base.dropFirst(7)
        } else {
            throw refuse("`base` does not begin with http:// or https://", "write `base \"https://api.example\"`")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.isEmpty { throw refuse("`base` names no host", "write `base \"https://api.example\"`") }
        if authority.utf8.contains(UInt8(ascii: "@")) {
            throw refuse("`base` holds a user", "write `user` and `password secret.NAME` beside it")
        }
        if rest.utf8.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "?") }) {
            throw refuse("`base` holds a query or a fragment", "end it with the host or a path")
        }
        if rest.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "\\") }) {
            throw refuse("`base` holds a byte that cannot stand in a URL", "write it percent-encoded")
        }
        var trimmed = base
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return (trimmed, String(authority))
    }
}
