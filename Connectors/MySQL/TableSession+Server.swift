/// What is asked of the server beside rows.
extension TableSession {
    func facts() throws(MySQLFailure) -> ServerFacts {
        let names = [
            "server_uuid", "server_uid", "server_id", "hostname", "wsrep_on", "read_only", "auto_increment_increment",
            "auto_increment_offset",
        ]
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        var variables: [String: String] = [:]
        for row in try handle.rows("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))") where row.count == 2 {
            if let name = row[0], let value = row[1] { variables[name.lowercased()] = value }
        }
        // MariaDB makes its uid from the network card and the port, which copies of one container share; MySQL's comes
        // along when a data folder is copied. Servers that replicate from each other always differ in their id.
        let uid = variables["server_uuid"] ?? variables["server_uid"] ?? variables["hostname"] ?? ""
        let uuid = "\(uid) \(variables["server_id"] ?? "")"
        let isOneOfMany = try isReplica() || variables["wsrep_on"] == "ON" || variables["read_only"] == "ON"
        let mayList = try transactions() != nil
        return ServerFacts(
            uuid: uuid, listsTransactions: mayList && !isOneOfMany,
            increment: isOneOfMany ? 1 : Int64(variables["auto_increment_increment"] ?? "") ?? 1,
            offset: Int64(variables["auto_increment_offset"] ?? "") ?? 1)
    }

    /// The open transactions but our own; nil where this user may not see them.
    func transactions() throws(MySQLFailure) -> [OpenTransaction]? {
        do {
            let rows = try handle.rows(
                """
                SELECT trx_mysql_thread_id, trx_id, DATE_FORMAT(trx_started, '%Y%m%d%H%i%s')
                FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()
                """)
            return rows.map { row in
                let numbers = row.map { $0.flatMap { UInt64($0) } ?? 0 } + [0, 0, 0]
                return OpenTransaction(thread: numbers[0], id: numbers[1], started: numbers[2])
            }
        } catch {
            // No PROCESS right, no such table, no such column.
            if [1227, 1045, 1044, 1142, 1109, 1146, 1054].contains(error.code) { return nil }
            throw error
        }
    }

    /// A replica applies later what was committed elsewhere, so that its own transactions say nothing.
    private func isReplica() throws(MySQLFailure) -> Bool {
        let status = try handle.rows("SHOW GLOBAL STATUS WHERE Variable_name IN ('Slaves_running', 'Slave_running')")
        if status.contains(where: { $0.count == 2 && $0[1] != "0" && $0[1] != "OFF" && $0[1] != "" }) { return true }
        guard !handle.serverVersion.contains("MariaDB") else { return false }
        let applying = try? handle.rows(
            "SELECT COUNT(*) FROM performance_schema.replication_applier_status WHERE service_state = 'ON'")
        return applying?.first?.first.flatMap { $0 }.map { $0 != "0" } ?? false
    }
}
