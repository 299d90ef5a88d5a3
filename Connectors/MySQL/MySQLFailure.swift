/// What the server or the client library answered instead of what was asked for.
package struct MySQLFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// MySQL's error number: below 2000 and from 3000 on the server's, 2000 to 2999 the client library's; 0 is ours.
    package let code: UInt32
    package let message: String

    package init(code: UInt32, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { code == 0 ? message : "\(message) (MySQL error \(code))" }
}

extension MySQLFailure {
    /// What a reader of a table does about a failure.
    package enum Treatment: Sendable, Hashable {
        /// Connect again, with growing pauses, for ever.
        case away(reason: String)
        /// Nothing helps until somebody acts; looked at again every 30 s.
        case refused(reason: String)
    }

    package func treatment(table: String, user: String) -> Treatment {
        switch code {
        case 1045, 1698:
            .away(
                reason: "the server refuses user `\(user)`: correct `user` and `password`, or write CREATE USER there")
        case 1044, 1049:
            .away(reason: "\(message): create the database, or write GRANT SELECT ON it TO `\(user)`")
        case 1130:
            .away(reason: "\(message): write CREATE USER for this host on the server")
        case 1040, 1203, 1226:
            .away(reason: "the server has no connection left: raise max_connections; tried again by itself")
        case 1213, 1205, 3024, 1969:
            .away(reason: "the server gave up a read (\(message)); tried again by itself")
        case 1290, 1836:
            .away(reason: "the server is read-only at the moment (\(message)); tried again by itself")
        case 1054:
            .refused(
                reason:
                    "\(message) in table `\(table)`: add the column again, or take it out of the route and pull the schema"
            )
        case 1146:
            .refused(reason: "\(message): create the table, or correct its name in the route and pull the schema")
        case 1142, 1143:
            .refused(reason: "\(message): write GRANT SELECT ON `\(table)` TO `\(user)`")
        case MySQLFailure.unreadableKey, MySQLFailure.otherType:
            .refused(reason: message)
        case MySQLFailure.lostWithinRows:
            .away(reason: "the connection was lost: \(message)")
        case MySQLFailure.altered:
            .away(reason: message)
        case 2002, 2003, 2005:
            .away(reason: "cannot reach the server: \(message)")
        case 2006, 2013, 2055, 1927, 1053:
            .away(reason: "the connection was lost: \(message)")
        case 2026:
            .away(
                reason:
                    "no trusted TLS: \(message); name the server's authority with `ca`, or write `tls off` for a socket or loopback"
            )
        default:
            .away(reason: description)
        }
    }

    /// A key that this reader cannot follow; not a number of MySQL's.
    package static let unreadableKey: UInt32 = 900_001
    /// A column has another type than the lock file says; not a number of MySQL's.
    package static let otherType: UInt32 = 900_002
    /// The columns of a prepared query are of other types than when it was prepared; not a number of MySQL's.
    package static let altered: UInt32 = 900_003

    /// The connection was lost while rows came in; not a number of MySQL's.
    package static let lostWithinRows: UInt32 = 900_004

    /// A row is longer than the server's `max_allowed_packet`, or than ours.
    var isPacketTooLarge: Bool { code == 1153 || code == 2020 }
}
