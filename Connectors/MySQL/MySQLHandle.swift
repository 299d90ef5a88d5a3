import CMariaDB
import Connecting
import Glibc

/// The one owner of a `MYSQL*`. Used by one thread at a time; only `interruption` may go to another.
package final class MySQLHandle {
    let mysql: UnsafeMutablePointer<MYSQL>

    private static let isLibraryReady: Bool = mysql_server_init(0, nil, nil) == 0

    /// Connects (5 s at most) and sets the session: UTF-8, UTC, reads that do not lock.
    package init(_ address: MySQLAddress) throws(MySQLFailure) {
        guard Self.isLibraryReady, let mysql = mysql_init(nil) else {
            throw MySQLFailure(code: 2008, message: "the MySQL client library has no memory")
        }
        self.mysql = mysql
        Self.setOptions(mysql, address)
        guard Self.connect(mysql, address) else {
            throw failure
        }
        // From here on `deinit` closes the handle, also when this initializer throws.
        try checkEncryption(address)
        keepAlive()
        try execute("SET NAMES utf8mb4")
        try execute("SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES', autocommit = 1")
        try execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    }

    deinit { mysql_close(mysql) }

    /// The descriptor that `shutdown(2)` may be called on to end a wait for the server.
    package var socket: Int32 { Int32(truncatingIfNeeded: mysql_get_socket(mysql)) }

    package var serverVersion: String { String(cString: mysql_get_server_info(mysql)) }

    /// Runs a statement whose rows, if it has any, are dropped.
    package func execute(_ sql: String) throws(MySQLFailure) {
        try send(sql)
        if let result = mysql_store_result(mysql) {
            mysql_free_result(result)
        } else if mysql_errno(mysql) != 0 {
            throw failure
        }
    }

    /// Runs a statement and gives its rows as text, whole: for answers that are known to be small.
    package func rows(_ sql: String) throws(MySQLFailure) -> [[String?]] {
        try send(sql)
        guard let result = mysql_store_result(mysql) else {
            if mysql_errno(mysql) != 0 { throw failure }
            return []
        }
        defer { mysql_free_result(result) }
        let count = Int(mysql_num_fields(result))
        var rows: [[String?]] = []
        while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
            rows.append((0..<count).map { Self.text(row[$0], length: Int(lengths[$0])) })
        }
        if mysql_errno(mysql) != 0 { throw failure }
        return rows
    }

    var failure: MySQLFailure {
        MySQLFailure(code: mysql_errno(mysql), message: String(cString: mysql_error(mysql)))
    }

    private func send(_ sql: String) throws(MySQLFailure) {
        var sql = sql
        let status = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                mysql_real_query(mysql, $0.baseAddress, UInt(bitPattern: $0.count))
            }
        }
        if status != 0 { throw failure }
    }

    private static func text(_ cell: UnsafeMutablePointer<CChar>?, length: Int) -> String? {
        guard let cell else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: cell, count: length), as: UTF8.self)
    }
}

extension MySQLHandle {
    private static func setOptions(_ mysql: UnsafeMutablePointer<MYSQL>, _ address: MySQLAddress) {
        func set(_ option: mysql_option, _ value: UInt32) {
            var value = value
            mysql_options(mysql, option, &value)
        }
        func set(_ option: mysql_option, flag: CChar) {
            var flag = flag
            mysql_options(mysql, option, &flag)
        }
        set(MYSQL_OPT_CONNECT_TIMEOUT, address.patience.connectSeconds)
        set(MYSQL_OPT_READ_TIMEOUT, address.patience.answerSeconds)
        set(MYSQL_OPT_WRITE_TIMEOUT, address.patience.answerSeconds)
        // The library reads a row whole before it says how long it is: so this bounds its memory. A text may take three
        // times its bytes on the way, when it is kept in another character set.
        var packetLimit = address.rowLimit * 3 + 65_536
        mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packetLimit)
        set(MYSQL_OPT_LOCAL_INFILE, 0)
        set(MYSQL_OPT_RECONNECT, flag: 0)
        set(MYSQL_REPORT_DATA_TRUNCATION, flag: 1)
        mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        switch address.endpoint {
        case .tcp: set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
        case .socket: set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_SOCKET.rawValue)
        }
        if case .verified(let authority) = address.encryption {
            set(MYSQL_OPT_SSL_ENFORCE, flag: 1)
            set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, flag: 1)
            mysql_ssl_set(mysql, nil, nil, authority, authority == nil ? "/etc/ssl/certs" : nil, nil)
        }
    }

    private static func connect(_ mysql: UnsafeMutablePointer<MYSQL>, _ address: MySQLAddress) -> Bool {
        let database = address.database.isEmpty ? nil : address.database
        let password = address.password?.revealed
        switch address.endpoint {
        case .tcp(let host, let port):
            return mysql_real_connect(mysql, host, address.user, password, database, port, nil, 0) != nil
        case .socket(let path):
            return mysql_real_connect(mysql, nil, address.user, password, database, 0, path, 0) != nil
        }
    }

    /// The library connects in clear text to a server without TLS unless it verifies; so what came out is looked at.
    private func checkEncryption(_ address: MySQLAddress) throws(MySQLFailure) {
        guard case .verified = address.encryption, mysql_get_ssl_cipher(mysql) == nil else { return }
        throw MySQLFailure(code: 2026, message: "the server offers no TLS")
    }

    /// Finds a peer that is gone without a word within about a minute.
    private func keepAlive() {
        func set(_ level: Int32, _ name: Int32, _ value: Int32) {
            var value = value
            setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }
}
