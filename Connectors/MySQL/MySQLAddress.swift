package import Connecting

/// Where a server is and how to talk to it: `mysql://user@host:port/database` or `mysql:///database?socket=/path`.
package struct MySQLAddress: Sendable {
    package enum Endpoint: Sendable, Hashable {
        case tcp(host: String, port: UInt32)
        case socket(path: String)
    }

    package enum Encryption: Sendable, Hashable {
        /// The certificate must be valid for the host; `authority` is a file of trusted certificates, else the system's.
        case verified(authority: String?)
        case off
    }

    package let endpoint: Endpoint
    package let user: String
    package let password: Secret?
    package let database: String
    package let encryption: Encryption
    /// Bytes of a row beyond which it is not read.
    package var rowLimit = 16 << 20
    package var patience = MySQLPatience()

    package init(
        endpoint: Endpoint, user: String, password: Secret? = nil, database: String = "", encryption: Encryption
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
        self.encryption = encryption
    }

    package init(_ settings: ConnectionSettings) throws(ConnectionError) {
        func refuse(_ problem: String, _ remedy: String) -> ConnectionError {
            ConnectionError(connection: settings.connection, problem: problem, remedy: remedy)
        }
        guard let url = settings.text("url") else {
            throw refuse("`url` is missing", "write `url \"mysql://user@host:3306/database\"`")
        }
        guard let parts = MySQLURL(url) else {
            throw refuse(
                "`url` is not understood",
                "write `mysql://user@host:port/database` or `mysql:///database?socket=/path`, and the password as `password secret.NAME`"
            )
        }
        if let socket = parts.socket {
            endpoint = .socket(path: socket)
        } else {
            endpoint = .tcp(host: parts.host, port: parts.port)
        }
        user = settings.text("user") ?? parts.user ?? ""
        password = settings.secret("password")
        database = parts.database
        if case .byteCount(let count)? = settings.settings["max_row"] {
            rowLimit = Int(min(max(count, 65_536), 256 << 20))
        }
        switch settings.text("tls") ?? "verify" {
        case "off":
            guard endpoint.isOnThisMachine else {
                throw refuse(
                    "`tls off` would send orders in clear text to `\(parts.host)`",
                    "take `tls off` out; it is allowed for a unix socket or a loopback address only")
            }
            encryption = .off
        default:
            encryption = .verified(authority: settings.text("ca").map { MySQLAddress.path($0, in: settings.folder) })
        }
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
    }
}

extension MySQLAddress.Endpoint {
    /// A unix socket or a loopback address: nothing leaves the machine.
    package var isOnThisMachine: Bool {
        switch self {
        case .socket: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || Self.isLoopback4(host)
        }
    }

    /// 127.0.0.0/8 in dotted form; `127.evil.example` is a name, not an address.
    private static func isLoopback4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// The pieces of a `mysql://` address. A password in it is refused: it would stand in a route file or the environment's
/// listing.
struct MySQLURL {
    var user: String?
    var host = ""
    var port: UInt32 = 3306
    var database = ""
    var socket: String?

    init?(_ text: String) {
        guard text.hasPrefix("mysql://") else { return nil }
        let rest = text.dropFirst("mysql://".count)
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard readAuthority(rest[..<authorityEnd]) else { return nil }
        let pathAndQuery = rest[authorityEnd...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if let path = pathAndQuery.first {
            guard let name = Self.unescape(path.drop { $0 == "/" }) else { return nil }
            database = name
        }
        if pathAndQuery.count == 2 {
            guard readQuery(pathAndQuery[1]) else { return nil }
        }
        if host.isEmpty, socket == nil { return nil }
    }

    private mutating func readAuthority(_ authority: Substring) -> Bool {
        var address = authority
        if let at = authority.lastIndex(of: "@") {
            let name = authority[..<at]
            guard !name.contains(":"), let plain = Self.unescape(name) else { return false }
            user = plain
            address = authority[authority.index(after: at)...]
        }
        if address.hasPrefix("["), let close = address.firstIndex(of: "]") {
            host = String(address[address.index(after: address.startIndex)..<close])
            address = address[address.index(after: close)...]
            if address.isEmpty { return true }
            guard address.hasPrefix(":") else { return false }
            return readPort(address.dropFirst())
        }
        let parts = address.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return false }
        host = parts.first.map(String.init) ?? ""
        return parts.count < 2 || readPort(parts[1])
    }

    private mutating func readPort(_ text: Substring) -> Bool {
        guard let number = UInt16(text), number > 0 else { return false }
        port = UInt32(number)
        return true
    }

    private mutating func readQuery(_ query: Substring) -> Bool {
        for pair in query.split(separator: "&") {
            guard pair.hasPrefix("socket="), let path = Self.unescape(pair.dropFirst("socket=".count)), !path.isEmpty
            else { return false }
            socket = path
        }
        return true
    }

    /// `%2F` and the like; nil for a broken escape, a NUL or bytes that are no UTF-8.
    private static func unescape(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let code = String(validating: rest.prefix(2), as: UTF8.self),
                    let value = UInt8(code, radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }
}
