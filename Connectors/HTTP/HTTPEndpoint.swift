import Connecting
import Glibc

/// The checked settings of an HTTP connection.
struct HTTPEndpoint: Sendable {
    /// Never empty; a request names one by its position.
    let hosts: [HTTPHost]
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
        do throws(HTTPHost.Refusal) {
            hosts = try HTTPHost.all(of: settings)
        } catch {
            throw refuse(error.problem, error.remedy)
        }
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
}
