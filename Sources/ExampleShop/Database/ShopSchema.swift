/// The shop's tables, the service's user, and the log of what was written.
package enum ShopSchema {
    package static let servicePassword = "shop-example-password"

    /// `write_log` is filled by triggers, so a line stands there exactly if the row it tells of was committed. The outside
    /// checker reads it and nothing else of the database.
    package static func create(_ server: PrivateMariaDB) throws(ShopError) {
        let connection = try server.connect(database: nil)
        for statement in statements { try connection.execute(statement) }
    }

    private static let statements = [
        "CREATE DATABASE IF NOT EXISTS shop CHARACTER SET utf8mb4",
        "USE shop",
        """
        CREATE TABLE IF NOT EXISTS customers (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          name VARCHAR(120) NOT NULL,
          country CHAR(2) NULL,
          credit_limit DECIMAL(12,2) NULL,
          default_note TEXT NULL,
          created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS orders (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          number VARCHAR(32) NOT NULL,
          customer_id BIGINT UNSIGNED NOT NULL,
          status ENUM('pending','paid','shipped','cancelled') NOT NULL,
          country CHAR(2) NULL,
          net DECIMAL(12,2) NOT NULL,
          discount DECIMAL(5,4) NULL,
          currency CHAR(3) NOT NULL,
          note TEXT NULL,
          attrs JSON NULL,
          placed_at DATETIME(6) NOT NULL,
          updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
          KEY orders_number (number)
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS order_lines (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          order_id BIGINT UNSIGNED NOT NULL,
          sku VARCHAR(40) NOT NULL,
          quantity INT NOT NULL,
          price DECIMAL(12,4) NULL,
          KEY order_lines_order (order_id)
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS write_log (
          seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          order_id BIGINT UNSIGNED NOT NULL,
          number VARCHAR(32) NOT NULL,
          customer_id BIGINT UNSIGNED NOT NULL,
          status VARCHAR(16) NOT NULL,
          country CHAR(2) NULL,
          content CHAR(32) NOT NULL
        ) ENGINE=InnoDB
        """,
        """
        CREATE TRIGGER IF NOT EXISTS orders_written AFTER INSERT ON orders FOR EACH ROW
        INSERT INTO write_log (order_id, number, customer_id, status, country, content) VALUES (NEW.id, NEW.number,
          NEW.customer_id, NEW.status, NEW.country, MD5(CONCAT_WS('|', NEW.number, NEW.customer_id, NEW.status,
          IFNULL(NEW.country, '~'), NEW.net, IFNULL(NEW.discount, '~'), NEW.currency, IFNULL(NEW.note, '~'),
          IFNULL(NEW.attrs, '~'), NEW.placed_at)))
        """,
        "CREATE USER IF NOT EXISTS waybill@'127.0.0.1' IDENTIFIED BY '\(servicePassword)'",
        "CREATE USER IF NOT EXISTS waybill@'localhost' IDENTIFIED BY '\(servicePassword)'",
        "GRANT PROCESS ON *.* TO waybill@'127.0.0.1', waybill@'localhost'",
        "GRANT SELECT ON shop.* TO waybill@'127.0.0.1', waybill@'localhost'",
        """
        INSERT IGNORE INTO customers (id, name, country, credit_limit, default_note) VALUES
          (1001, 'Metro Versand', 'DE', 50000.00, NULL), (1002, 'Hansa Handel', 'DE', NULL, 'Rampe 4'),
          (1003, 'Liberty Goods', 'US', 20000.00, NULL)
        """,
    ]
}
