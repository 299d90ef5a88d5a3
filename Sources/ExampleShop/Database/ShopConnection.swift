import CMariaDB

/// A connection to the private MariaDB: one Swift owner of its C handle. Used by one thread at a time.
package final class ShopConnection {
    private let handle: UnsafeMutablePointer<MYSQL>

    package init(socketPath: String, database: String?, user: String = "root") throws(ShopError) {
        guard let handle = mysql_init(nil) else { throw ShopError.system(call: "mysql_init", code: 0) }
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        guard mysql_real_connect(handle, nil, user, nil, database, 0, socketPath, 0) != nil else {
            let problem = ShopError.sql(
                statement: "connect \(socketPath)", code: mysql_errno(handle),
                reason: String(cString: mysql_error(handle)))
            mysql_close(handle)
            throw problem
        }
        self.handle = handle
    }

    deinit { mysql_close(handle) }

    /// Runs one statement and drops its rows.
    package func execute(_ statement: String) throws(ShopError) {
        _ = try rows(statement)
    }

    /// All rows of one statement as text; NULL is nil.
    @discardableResult
    package func rows(_ statement: String) throws(ShopError) -> [[String?]] {
        guard mysql_real_query(handle, statement, UInt(statement.utf8.count)) == 0 else { throw problem(statement) }
        guard let result = mysql_store_result(handle) else {
            if mysql_field_count(handle) == 0 { return [] }
            throw problem(statement)
        }
        defer { mysql_free_result(result) }
        let columns = Int(mysql_num_fields(result))
        var found: [[String?]] = []
        while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
            found.append(
                (0..<columns).map { column in
                    row[column].map { text in
                        String(
                            decoding: UnsafeRawBufferPointer(start: text, count: Int(lengths[column])), as: UTF8.self)
                    }
                })
        }
        return found
    }

    /// The first cell as a whole number.
    package func number(_ statement: String) throws(ShopError) -> Int {
        guard let cell = try rows(statement).first?.first, let text = cell, let number = Int(text) else {
            throw ShopError.sql(statement: statement, code: 0, reason: "the answer is no whole number")
        }
        return number
    }

    private func problem(_ statement: String) -> ShopError {
        .sql(statement: statement, code: mysql_errno(handle), reason: String(cString: mysql_error(handle)))
    }
}
