import Connecting
import Foundation
import Message
import Synchronization
import Testing

@testable import MySQLConnector

@Suite(.serialized, .enabled(if: MySQLTestServer.isInstalled)) struct MySQLServerTests {
    private static let ownServer = try? MySQLTestServer()
    let server: MySQLTestServer

    init() throws { server = try #require(Self.ownServer) }

    static func request(
        _ table: String, _ columns: [(String, String)], after: [Int] = [0], every: Int64 = 50, batch: Int = 500,
        start: SourceRequest.StartPosition = .first
    ) -> SourceRequest {
        SourceRequest(
            table: table, columns: columns.map { .init(name: $0.0, sqlType: $0.1) }, after: after,
            primaryKey: [after.last ?? 0], everyMilliseconds: every, batch: batch, start: start)
    }

    private func orders(_ table: String) throws -> MySQLHandle {
        let handle = try server.handle()
        try handle.execute("DROP TABLE IF EXISTS \(table)")
        try handle.execute("CREATE TABLE \(table) (id BIGINT AUTO_INCREMENT PRIMARY KEY, status VARCHAR(20))")
        return handle
    }

    private static let orderColumns = [("id", "bigint(20)"), ("status", "varchar(20)")]

    @Test func everyTypeArrivesExactly() throws {
        let handle = try server.handle()
        try handle.execute("DROP TABLE IF EXISTS types")
        try handle.execute("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'")
        try handle.execute(Self.typesTable)
        try handle.execute(Self.typesRow)
        try handle.execute("INSERT INTO types (id) VALUES (2)")
        let receiver = MySQLReceiver()
        let columns = Self.typesColumns.map { ($0.name, $0.type) }
        try receiver.open(server.settings(), Self.request("types", columns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids.count == 2 })
        let rows = receiver.batches.flatMap(\.rows)
        for (index, column) in Self.typesColumns.enumerated() {
            #expect(rows[0].values[index] == column.value, "\(column.name)")
            if index > 0 { #expect(rows[1].values[index] == .missing, "\(column.name)") }
        }
    }

    private static let typesColumns: [(name: String, type: String, definition: String, sql: String, value: Value)] = [
        ("id", "bigint(20)", "BIGINT PRIMARY KEY", "1", .int(1)),
        ("big", "bigint(20) unsigned", "BIGINT UNSIGNED", "18446744073709551615", .int(Int128(UInt64.max))),
        ("low", "bigint(20)", "BIGINT", "-9223372036854775808", .int(Int128(Int64.min))),
        ("tiny", "tinyint(4)", "TINYINT", "-128", .int(-128)),
        ("utiny", "tinyint(3) unsigned", "TINYINT UNSIGNED", "255", .int(255)),
        ("small", "smallint(6)", "SMALLINT", "-32768", .int(-32_768)),
        ("medium", "mediumint(9)", "MEDIUMINT", "-8388608", .int(-8_388_608)),
        ("uint", "int(10) unsigned", "INT UNSIGNED", "4294967295", .int(4_294_967_295)),
        ("year", "year(4)", "YEAR", "2026", .int(2_026)),
        (
            "bits", "bit(64)", "BIT(64)", "b'1000000000000000000000000000000000000000000000000000000000000001'",
            .int(Int128(UInt64(1) << 63 | 1))
        ),
        (
            "net", "decimal(12,2)", "DECIMAL(12,2)", "-1234567.80",
            .decimal(ExactDecimal(mantissa: -123_456_780, scale: 2))
        ),
        (
            "huge", "decimal(65,30)", "DECIMAL(65,30)",
            "12345678901234567890123456789012345.123456789012345678901234567890",
            .text("12345678901234567890123456789012345.123456789012345678901234567890")
        ),
        ("f", "float", "FLOAT", "0.5", .float(0.5)),
        ("d", "double", "DOUBLE", "0.1", .float(0.1)),
        ("day", "date", "DATE", "'2026-11-24'", .date(LocalDate(year: 2026, month: 11, day: 24)!)),
        ("zero", "date", "DATE", "'0000-00-00'", .missing),
        ("half", "date", "DATE", "'2026-02-31'", .missing),
        (
            "at", "datetime(6)", "DATETIME(6)", "'2026-11-24 23:59:59.000001'",
            .datetime(LocalDateTime("2026-11-24T23:59:59.000001")!)
        ),
        (
            "stamp", "timestamp(6)", "TIMESTAMP(6) NULL", "'2026-01-01 00:00:00.5'",
            .instant(Instant(microseconds: 1_767_225_600_500_000))
        ),
        (
            "ago", "time(6)", "TIME(6)", "'-838:59:58.999999'",
            .time(LocalTime(microseconds: -3_020_398_999_999))
        ),
        ("name", "varchar(50)", "VARCHAR(50) CHARACTER SET utf8mb4", "'a\\0b 🚚 ü'", .text("a\0b 🚚 ü")),
        ("latin", "varchar(50)", "VARCHAR(50) CHARACTER SET latin1", "'ü'", .text("ü")),
        ("empty", "varchar(50)", "VARCHAR(50)", "''", .text("")),
        ("bin", "varbinary(10)", "VARBINARY(10)", "x'0000FF80'", .bytes([0, 0, 0xff, 0x80])),
        ("blobb", "blob", "BLOB", "x'C328'", .bytes([0xc3, 0x28])),
        ("fixed", "binary(4)", "BINARY(4)", "x'41'", .bytes([0x41, 0, 0, 0])),
        ("long_text", "longtext", "LONGTEXT", "REPEAT('ü', 50000)", .text(String(repeating: "ü", count: 50_000))),
        ("doc", "json", "JSON", "'{\"n\": 1.50}'", .json("{\"n\": 1.50}")),
        ("state", "enum('new','paid')", "ENUM('new','paid')", "'paid'", .text("paid")),
        ("flags", "set('a','b')", "SET('a','b')", "'a,b'", .text("a,b")),
        ("key`word", "int(11)", "INT", "7", .int(7)),
    ]

    private static let typesTable =
        "CREATE TABLE types ("
        + typesColumns.map { "\(TableQueries.quoted($0.name)) \($0.definition)" }.joined(separator: ", ")
        + ")"
    private static let typesRow = "INSERT INTO types VALUES (" + typesColumns.map(\.sql).joined(separator: ", ") + ")"

    @Test func equalRowsHashAlikeAndOthersDoNot() throws {
        let handle = try orders("hashes")
        try handle.execute("INSERT INTO hashes (status) VALUES ('paid'), ('paid'), (NULL), ('')")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("hashes", Self.orderColumns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids.count == 4 })
        let rows = receiver.batches.flatMap(\.rows)
        #expect(rows[0].contentBesidesKey == rows[1].contentBesidesKey)
        #expect(rows[2].contentBesidesKey != rows[3].contentBesidesKey)
        #expect(Set(rows.map(\.content)).count == 4)
    }

    @Test func aLateCommitAndARollbackBesideIt() throws {
        let first = try orders("late")
        let (second, third) = (try server.handle(), try server.handle())
        try first.execute("BEGIN")
        try first.execute("INSERT INTO late (status) VALUES ('late')")
        try second.execute("BEGIN")
        try second.execute("INSERT INTO late (status) VALUES ('never')")
        try second.execute("ROLLBACK")
        try third.execute("INSERT INTO late (status) VALUES ('early')")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("late", Self.orderColumns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [3] })
        try #require(receiver.reaches { $0.conditions.last?.gapsOpen == 1 })
        usleep(600_000)
        #expect(receiver.ids == [3])
        try first.execute("COMMIT")
        #expect(receiver.reaches { $0.ids == [3, 1] && $0.conditions.last?.gapsOpen == 0 })
        #expect(receiver.conditions.last?.seesTransactions == true)
    }

    @Test func aKilledConnectionIsMadeAgain() throws {
        let handle = try orders("killed")
        try handle.execute("INSERT INTO killed (status) VALUES ('a')")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("killed", Self.orderColumns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1] })
        for row in try handle.rows("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()") {
            if let id = row[0] { try? handle.execute("KILL CONNECTION \(id)") }
        }
        try #require(receiver.reaches { $0.conditions.contains { if case .away = $0.state { true } else { false } } })
        try handle.execute("INSERT INTO killed (status) VALUES ('b')")
        #expect(receiver.reaches { $0.ids == [1, 2] })
    }

    @Test func anOutageOfTheServerIsSurvived() throws {
        do {
            let handle = try orders("outage")
            try handle.execute("INSERT INTO outage (status) VALUES ('a'), ('b')")
        }
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("outage", Self.orderColumns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1, 2] })
        server.stop()
        try #require(receiver.reaches { if case .away? = $0.conditions.last?.state { true } else { false } })
        try server.start()
        try server.handle().execute("INSERT INTO outage (status) VALUES ('c')")
        #expect(receiver.reaches { $0.ids == [1, 2, 3] })
    }

    @Test func aPreparedTransactionHoldsItsGapAcrossARestartOfTheServer() throws {
        do {
            let handle = try orders("prepared")
            try handle.execute("XA START 'x'")
            try handle.execute("INSERT INTO prepared (status) VALUES ('late')")
            try handle.execute("XA END 'x'")
            try handle.execute("XA PREPARE 'x'")
            try server.handle().execute("INSERT INTO prepared (status) VALUES ('early')")
        }
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("prepared", Self.orderColumns))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [2] })
        server.stop()
        try server.start()
        let told = receiver.conditions.count
        try #require(receiver.reaches { $0.conditions.count > told && $0.conditions.last?.state == .idle })
        usleep(1_000_000)
        #expect(receiver.ids == [2])
        try server.handle().execute("XA COMMIT 'x'")
        #expect(receiver.reaches { $0.ids == [2, 1] })
    }

    @Test func aMissingColumnIsRefusedByName() throws {
        _ = try orders("narrow")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("narrow", Self.orderColumns + [("net", "decimal(12,2)")]))
        defer { receiver.close() }
        #expect(
            receiver.reaches {
                if case .refused(let reason)? = $0.conditions.last?.state { reason.contains("net") } else { false }
            })
    }

    @Test func aCompositeKeyIsReadInItsOrder() throws {
        let handle = try server.handle()
        try handle.execute("DROP TABLE IF EXISTS parcels")
        try handle.execute("CREATE TABLE parcels (id INT PRIMARY KEY, updated_at DATETIME(6), KEY (updated_at, id))")
        try handle.execute(
            "INSERT INTO parcels VALUES (3, '2026-01-01 10:00:00'), (1, '2026-01-01 10:00:00'), (2, '2026-01-01 09:00:00.5')"
        )
        let receiver = MySQLReceiver()
        let columns = [("updated_at", "datetime(6)"), ("id", "int(11)")]
        try receiver.open(server.settings(), Self.request("parcels", columns, after: [0, 1], batch: 2))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.texts.count == 3 })
        #expect(
            receiver.texts == ["2026-01-01T09:00:00.500000,2", "2026-01-01T10:00:00,1", "2026-01-01T10:00:00,3"])
        let again = MySQLReceiver()
        let position = receiver.batches.last?.position
        try again.open(server.settings(), Self.request("parcels", columns, after: [0, 1]), position: position)
        defer { again.close() }
        try handle.execute("UPDATE parcels SET updated_at = '2026-01-02 00:00:00' WHERE id = 2")
        #expect(again.reaches { $0.texts == ["2026-01-02T00:00:00,2"] })
    }

    @Test func noMoreBatchesThanGranted() throws {
        let handle = try orders("credit")
        try handle.execute("INSERT INTO credit (status) SELECT 'x' FROM seq_1_to_100")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), Self.request("credit", Self.orderColumns, batch: 10), credit: 2)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.batches.count == 2 })
        usleep(300_000)
        #expect(receiver.batches.count == 2)
        receiver.reader.withLock { $0?.grant(batches: 100) }
        #expect(receiver.reaches { $0.ids == Array(1...100) })
    }

    @Test func aUserWithoutTheProcessRightClosesGapsByAge() throws {
        let handle = try orders("blind")
        try handle.execute("CREATE OR REPLACE USER reader@localhost")
        try handle.execute("GRANT SELECT ON shop.* TO reader@localhost")
        try handle.execute("INSERT INTO blind (id) VALUES (1), (3)")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(user: "reader"), Self.request("blind", Self.orderColumns))
        defer { receiver.close() }
        #expect(receiver.reaches { $0.conditions.last?.gapsOpen == 1 })
        #expect(receiver.conditions.last?.seesTransactions == false)
        #expect(receiver.ids == [1, 3])
    }

    @Test func aWrongUserIsSaidInASentence() throws {
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(user: "nobody"), Self.request("late", Self.orderColumns))
        defer { receiver.close() }
        #expect(
            receiver.reaches {
                if case .away(let reason)? = $0.conditions.last?.state { reason.contains("`nobody`") } else { false }
            })
    }

    @Test func theSchemaIsPulled() throws {
        let handle = try server.handle()
        try handle.execute("DROP TABLE IF EXISTS pulled")
        try handle.execute(
            "CREATE TABLE pulled (id BIGINT UNSIGNED PRIMARY KEY, net DECIMAL(12,2) NOT NULL, doc JSON, KEY (net))")
        let schema = try MySQLSchema.pull(handle)
        let columns = schema.columns.filter { $0.table == "pulled" }
        #expect(columns.map(\.name) == ["id", "net", "doc"])
        #expect(columns.map(\.sqlType) == ["bigint(20) unsigned", "decimal(12,2)", "json"])
        #expect(columns.map(\.isNullable) == [false, false, true])
        #expect(columns.map(\.isPrimaryKey) == [true, false, false])
        #expect(columns.map(\.isIndexed) == [true, true, false])
        #expect(schema.serverVersion.contains("MariaDB"))
    }

    @Test func aServerWithoutTLSIsRefused() throws {
        let address = MySQLAddress(
            endpoint: .socket(path: server.socket), user: "root", encryption: .verified(authority: nil))
        let failure = #expect(throws: MySQLFailure.self) { try MySQLHandle(address) }
        #expect(failure?.code == 2026)
    }

    /// Printed, not judged: `swift test -c release --filter pageSpeed`.
    @Test func pageSpeed() throws {
        let handle = try server.handle()
        try handle.execute("DROP TABLE IF EXISTS speed")
        try handle.execute(
            """
            CREATE TABLE speed (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id INT, status VARCHAR(20),
            net DECIMAL(12,2), country CHAR(2), note VARCHAR(200), created_at DATETIME(6), updated_at DATETIME)
            """)
        try handle.execute(
            """
            INSERT INTO speed (customer_id, status, net, country, note, created_at, updated_at)
            SELECT seq % 1000, 'paid', seq / 7, 'DE', 'leave it at the back door', NOW(6), NOW() FROM seq_1_to_200000
            """)
        let columns = [
            ("id", "bigint(20)"), ("customer_id", "int(11)"), ("status", "varchar(20)"), ("net", "decimal(12,2)"),
            ("country", "char(2)"), ("note", "varchar(200)"), ("created_at", "datetime(6)"), ("updated_at", "datetime"),
        ]
        let session = try TableSession(server.address(database: "shop"), Self.request("speed", columns))
        let clock = ContinuousClock()
        let (start, cpu) = (clock.now, Foundation.clock())
        var cursor: RowIdentity?
        var count = 0
        while true {
            let page = try session.page(after: cursor, limit: 500)
            guard let last = page.rows.last else { break }
            count += page.rows.count
            cursor = last.identity
        }
        let seconds =
            Double((clock.now - start).components.attoseconds) / 1e18 + Double((clock.now - start).components.seconds)
        let cpuMicroseconds = Double(Foundation.clock() - cpu) / Double(count)
        print("page speed: \(Int(Double(count) / seconds)) rows/s, \(cpuMicroseconds) us CPU a row")
        #expect(count == 200_000)
    }
}

@Suite struct MySQLAddressTests {
    private func settings(_ url: String, tls: String? = nil) -> ConnectionSettings {
        var settings: [String: ConnectionSettings.Setting] = ["url": .text(url)]
        if let tls { settings["tls"] = .word(tls) }
        return ConnectionSettings(connection: "shop", settings: settings, folder: "/routes")
    }

    @Test func urls() throws {
        #expect(
            try MySQLAddress(settings("mysql://u@db.example/shop")).endpoint == .tcp(host: "db.example", port: 3306))
        #expect(try MySQLAddress(settings("mysql://u@[::1]:3307/shop")).endpoint == .tcp(host: "::1", port: 3307))
        #expect(try MySQLAddress(settings("mysql:///shop?socket=/run/s")).endpoint == .socket(path: "/run/s"))
        #expect(try MySQLAddress(settings("mysql://a%40b@h/shop")).user == "a@b")
    }

    @Test(arguments: [
        "", "mysql://", "http://h/shop", "mysql://u:secret@h/shop", "mysql://h:0/shop", "mysql://h:99999/shop",
        "mysql://h/%zz", "mysql:///shop", "mysql://h/shop?ssl=0", "mysql://a:b:c/shop",
    ]) func badURLs(_ url: String) {
        let error = #expect(throws: ConnectionError.self) { try MySQLAddress(settings(url)) }
        #expect(error?.description.contains("secret@") == false)
    }

    @Test func clearTextStaysOnThisMachine() throws {
        _ = try MySQLAddress(settings("mysql://u@127.0.0.1/shop", tls: "off"))
        _ = try MySQLAddress(settings("mysql://u@localhost/shop", tls: "off"))
        for host in ["db.example", "127.0.0.1.example", "10.0.0.1", "127.1"] {
            #expect(throws: ConnectionError.self) { try MySQLAddress(settings("mysql://u@\(host)/shop", tls: "off")) }
        }
    }
}
