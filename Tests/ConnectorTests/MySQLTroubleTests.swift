import Connecting
import Foundation
import Message
import Testing

@testable import MySQLConnector

/// What goes wrong on a server or in a table while it is read; each test has a server of its own.
@Suite(.serialized, .enabled(if: MySQLTestServer.isInstalled)) struct MySQLTroubleTests {
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
        let server = try #require(MySQLTestServer.shared)
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
}
