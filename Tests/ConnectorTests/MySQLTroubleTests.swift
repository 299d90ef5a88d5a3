import Connecting
import Foundation
import Message
import Testing

@testable import MySQLConnector

/// What goes wrong on a server or in a table while it is read; a test that breaks its server starts another one.
@Suite(.serialized, .enabled(if: MySQLTestServer.isInstalled)) struct MySQLTroubleTests {
    private static let ownServer = try? MySQLTestServer()
    private static let columns = [("id", "bigint(20)"), ("note", "longtext")]

    private static func table(_ handle: MySQLHandle, _ name: String, _ columns: String = "note LONGTEXT") throws {
        try handle.execute("DROP TABLE IF EXISTS \(name)")
        try handle.execute("CREATE TABLE \(name) (id BIGINT AUTO_INCREMENT PRIMARY KEY, \(columns))")
    }

    private static func refusal(_ receiver: MySQLReceiver) -> String? {
        if case .refused(let reason)? = receiver.conditions.last?.state { reason } else { nil }
    }

    private static func awayReasons(_ receiver: MySQLReceiver) -> [String] {
        receiver.conditions.compactMap { if case .away(let reason) = $0.state { reason } else { nil } }
    }

    // MARK: Rows that are too long

    /// 200 KB is more than `max_row`, and fits the library's packet only where that is told to be bigger; 5 MB fits none.
    @Test(arguments: [70_000, 200_000, 5_000_000], [1, 500])
    func aRowThatIsTooLongIsHandedOnByItsKey(length: Int, batch: Int) throws {
        let server = try #require(Self.ownServer)
        let handle = try server.handle()
        try Self.table(handle, "longrows")
        try handle.execute("INSERT INTO longrows (note) VALUES ('a'), (REPEAT('x', \(length))), ('c'), ('d')")
        let receiver = MySQLReceiver()
        var settings = server.settings()
        settings = ConnectionSettings(
            connection: settings.connection,
            settings: settings.settings.merging(["max_row": .byteCount(65_536)]) { $1 }, folder: "")
        try receiver.open(settings, MySQLServerTests.request("longrows", Self.columns, batch: batch))
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1, 2, 3, 4] }, "\(receiver.ids) \(receiver.conditions)")
        let rows = receiver.batches.flatMap(\.rows)
        #expect(rows.map { $0.problem == nil } == [true, false, true, true])
        #expect(rows[1].values == [.int(2), .missing])
        #expect(rows[1].problem?.contains("`max_row`") == true)
        #expect(rows[2].values == [.int(3), .text("c")])
        #expect(Self.awayReasons(receiver) == [], "nothing is wrong with the server")
        // The page grows again.
        try handle.execute("INSERT INTO longrows (note) SELECT 'x' FROM seq_1_to_1000")
        #expect(receiver.reaches { $0.ids.count == 1_004 })
        if batch == 500 { #expect((receiver.batches.map(\.rows.count).max() ?? 0) > 100) }
    }

    // MARK: Tables that change

    private static let quick: MySQLPatience = {
        var patience = MySQLPatience()
        patience.connectSeconds = 1
        patience.answerSeconds = 1
        patience.firstPauseMilliseconds = 50
        patience.longestPauseMilliseconds = 200
        patience.refusedPauseMilliseconds = 100
        return patience
    }()

    private static let orderColumns = [("id", "bigint(20)"), ("net", "decimal(12,2)")]

    /// Each change, and how it is taken back.
    @Test(arguments: [
        ("MODIFY net VARCHAR(20)", "MODIFY net DECIMAL(12,2)"), ("MODIFY net INT", "MODIFY net DECIMAL(12,2)"),
        ("DROP COLUMN net", "ADD COLUMN net DECIMAL(12,2)"),
        ("RENAME COLUMN net TO gross", "RENAME COLUMN gross TO net"),
    ])
    func aColumnOfAnotherTypeIsRefusedByNameUntilItIsMended(change: String, remedy: String) throws {
        let server = try #require(Self.ownServer)
        let handle = try server.handle()
        try Self.table(handle, "retyped", "net DECIMAL(12,2)")
        try handle.execute("INSERT INTO retyped (net) VALUES (1.50)")
        let receiver = MySQLReceiver()
        try receiver.open(
            server.settings(), MySQLServerTests.request("retyped", Self.orderColumns), patience: Self.quick)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1] })
        try handle.execute("ALTER TABLE retyped \(change)")
        try handle.execute("INSERT INTO retyped () VALUES ()")
        try #require(receiver.reaches { Self.refusal($0)?.contains("net") == true }, "\(receiver.conditions)")
        #expect(receiver.ids == [1], "no value is handed on as another type")
        try handle.execute("ALTER TABLE retyped \(remedy)")
        try #require(receiver.reaches { $0.ids == [1, 2] })
        #expect(receiver.reaches { $0.conditions.last?.state == .idle })
    }

    @Test func changesThatDoNotConcernARouteAreTakenAsTheyCome() throws {
        let server = try #require(Self.ownServer)
        let handle = try server.handle()
        try Self.table(handle, "widened", "net DECIMAL(12,2)")
        try handle.execute("INSERT INTO widened (net) VALUES (1.50)")
        let receiver = MySQLReceiver()
        try receiver.open(
            server.settings(), MySQLServerTests.request("widened", Self.orderColumns), patience: Self.quick)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1] })
        try handle.execute("ALTER TABLE widened ADD COLUMN remark TEXT FIRST, MODIFY net DECIMAL(14,3)")
        try handle.execute("INSERT INTO widened (net) VALUES (2.125)")
        try #require(receiver.reaches { $0.ids == [1, 2] })
        #expect(
            receiver.batches.last?.rows.last?.values
                == [.int(2), .decimal(ExactDecimal(mantissa: 2_125, scale: 3))])
    }

    @Test func aTableThatWasDroppedAndMadeAnewIsReadFromItsBeginning() throws {
        let server = try #require(Self.ownServer)
        let handle = try server.handle()
        try Self.table(handle, "anew", "net DECIMAL(12,2)")
        try handle.execute("INSERT INTO anew (net) VALUES (1), (2), (3)")
        let receiver = MySQLReceiver()
        try receiver.open(server.settings(), MySQLServerTests.request("anew", Self.orderColumns), patience: Self.quick)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1, 2, 3] })
        try handle.execute("DROP TABLE anew")
        try #require(receiver.reaches { Self.refusal($0)?.contains("anew") == true })
        try Self.table(handle, "anew", "net DECIMAL(12,2)")
        try handle.execute("INSERT INTO anew (net) VALUES (9)")
        let again = receiver.reaches { receiver in
            receiver.batches.contains { $0.kind == .failover && $0.rows.map(\.identity) == [.int(1)] }
        }
        #expect(again, "re-used ids are compared by content")
    }

    // MARK: Servers and users that fail

    @Test func aServerThatFallsSilentIsGivenUpAndFoundAgain() throws {
        let server = try MySQLTestServer()
        defer { server.stop() }
        try Self.table(server.handle(), "silent", "net DECIMAL(12,2)")
        try server.handle().execute("INSERT INTO silent (net) VALUES (1)")
        let receiver = MySQLReceiver()
        try receiver.open(
            server.settings(), MySQLServerTests.request("silent", Self.orderColumns), patience: Self.quick)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1] })
        server.freeze(true)
        let isLost = receiver.reaches { !Self.awayReasons($0).isEmpty }
        server.freeze(false)
        try #require(isLost)
        try server.handle().execute("INSERT INTO silent (net) VALUES (2)")
        #expect(receiver.reaches { $0.ids == [1, 2] })
    }

    @Test func idleConnectionsLimitsAndPasswordsThatChange() throws {
        let server = try MySQLTestServer()
        defer { server.stop() }
        let handle = try server.handle()
        try Self.table(handle, "limited", "net DECIMAL(12,2)")
        try handle.execute("CREATE USER r@localhost IDENTIFIED BY 'one' WITH MAX_USER_CONNECTIONS 1")
        try handle.execute("GRANT SELECT ON shop.* TO r@localhost")
        let first = MySQLReceiver()
        let request = MySQLServerTests.request("limited", Self.orderColumns)
        try first.open(server.settings(user: "r", password: "one"), request, patience: Self.quick)
        defer { first.close() }
        try #require(first.reaches { $0.conditions.last?.state == .idle })
        let second = MySQLReceiver()
        try second.open(server.settings(user: "r", password: "one"), request, patience: Self.quick)
        defer { second.close() }
        try #require(second.reaches { Self.awayReasons($0).contains { $0.contains("max_connections") } })
        try handle.execute("ALTER USER r@localhost IDENTIFIED BY 'two' WITH MAX_USER_CONNECTIONS 9")
        try #require(second.reaches { Self.awayReasons($0).contains { $0.contains("`password`") } })
        try handle.execute("ALTER USER r@localhost IDENTIFIED BY 'one'")
        try handle.execute("INSERT INTO limited (net) VALUES (1)")
        #expect(second.reaches { $0.ids == [1] } && first.reaches { $0.ids == [1] })
        // The server ends what is idle for a second; a reader that looks every two seconds meets that each time.
        try handle.execute("SET GLOBAL wait_timeout = 1")
        let third = MySQLReceiver()
        try third.open(
            server.settings(user: "r", password: "one"),
            MySQLServerTests.request("limited", Self.orderColumns, every: 1_500), patience: Self.quick)
        defer { third.close() }
        try #require(third.reaches { $0.ids == [1] })
        try server.handle().execute("INSERT INTO limited (net) VALUES (2)")
        #expect(third.reaches { $0.ids == [1, 2] })
    }

    // MARK: Failover

    /// The replica has fewer rows than the primary when it takes over, and gives their ids to other rows.
    @Test func aReplicaThatTakesOverWithRowsMissingIsComparedByContent() throws {
        let primary = try MySQLTestServer(
            listening: ["--server-id=1", "--log-bin=bin", "--bind-address=127.0.0.1", "--port=0"], keepingBinlog: true)
        defer { primary.stop() }
        let replica = try MySQLTestServer(listening: ["--skip-networking", "--server-id=2"])
        defer { replica.stop() }
        let (old, new) = (try primary.handle(), try replica.handle())
        try old.execute("CREATE USER copy@localhost IDENTIFIED BY ''")
        try old.execute("GRANT REPLICATION SLAVE ON *.* TO copy@localhost")
        guard let port = try old.rows("SELECT @@port").first?.first ?? nil, port != "0" else { return }
        try new.execute(
            """
            CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=\(port), MASTER_USER='copy', MASTER_PASSWORD='',
            MASTER_USE_GTID=slave_pos
            """)
        try new.execute("START SLAVE")
        try Self.table(old, "copied", "net DECIMAL(12,2)")
        try old.execute("INSERT INTO copied (net) VALUES (1), (2), (3)")
        let isCopied = { () -> Bool in
            (try? new.rows("SELECT COUNT(*) FROM copied").first?.first ?? nil) == "3"
        }
        for _ in 0..<500 where !isCopied() { usleep(20_000) }
        try #require(isCopied())
        // What the route knows as its server is a name that is pointed elsewhere.
        let name = primary.folder + "/service"
        symlink(primary.socket, name)
        let receiver = MySQLReceiver()
        try receiver.open(
            primary.settings(socket: name), MySQLServerTests.request("copied", Self.orderColumns), patience: Self.quick)
        defer { receiver.close() }
        try #require(receiver.reaches { $0.ids == [1, 2, 3] })
        try new.execute("STOP SLAVE")
        try old.execute("INSERT INTO copied (net) VALUES (4), (5)")
        try #require(receiver.reaches { $0.ids == [1, 2, 3, 4, 5] })
        let before = receiver.batches.flatMap(\.rows)
        unlink(name)
        symlink(replica.socket, name)
        primary.stop()
        try new.execute("RESET SLAVE ALL")
        try new.execute("INSERT INTO copied (net) VALUES (40), (5), (6)")
        try #require(receiver.reaches { $0.ids.contains(6) }, "\(receiver.conditions)")
        let compared = receiver.batches.filter { $0.kind == .failover }.flatMap(\.rows)
        let contents = Dictionary(before.map { ($0.identity, $0.content) }, uniquingKeysWith: { $1 })
        #expect(compared.map(\.identity) == [.int(1), .int(2), .int(3), .int(4), .int(5)])
        #expect(compared.filter { contents[$0.identity] != $0.content }.map(\.identity) == [.int(4)])
        #expect(receiver.ids == [1, 2, 3, 4, 5, 6], "no re-used id is handed on as fresh")
    }
}
