import Message
import Testing

@testable import RouteLanguage

@Suite struct SchemaTests {
    static let types: [(String, Type)] = [
        ("tinyint(1)", .bool), ("tinyint(4)", .int), ("smallint(6) unsigned", .int), ("mediumint(9)", .int),
        ("int(11)", .int), ("bigint(20) unsigned", .int), ("bigint unsigned", .int), ("year(4)", .int),
        ("bit(8)", .int),
        ("decimal(12,2)", .decimal(precision: 12, scale: 2)), ("decimal(10)", .decimal(precision: 10, scale: 0)),
        ("decimal(65,30)", .unusable("decimal(65,30)")), ("decimal(12,2) unsigned", .decimal(precision: 12, scale: 2)),
        ("float", .float), ("double", .float), ("double(10,2)", .float), ("char(2)", .text), ("varchar(255)", .text),
        ("tinytext", .text), ("text", .text), ("mediumtext", .text), ("longtext", .text), ("set('a','b')", .text),
        ("inet6", .text), ("binary(16)", .bytes), ("varbinary(16)", .bytes), ("tinyblob", .bytes), ("blob", .bytes),
        ("mediumblob", .bytes), ("longblob", .bytes), ("date", .date), ("time(6)", .time), ("datetime(6)", .datetime),
        ("timestamp", .instant), ("json", .json), ("uuid", .uuid),
        ("enum('new','it''s','a,b')", .oneOf(["new", "it's", "a,b"])),
        ("geometry", .unusable("geometry")), ("point", .unusable("point")), ("vector(3)", .unusable("vector(3)")),
    ]

    @Test(arguments: types) func everyColumnTypeHasAType(_ sqlType: String, _ type: Type) {
        #expect(ColumnType.languageType(ofSQL: sqlType) == type)
    }

    static func column(
        _ name: String, _ sqlType: String, null: Bool = false, key: Bool = false, index: Bool = false, at ordinal: Int,
        table: String = "orders"
    ) -> LiveColumn {
        LiveColumn(
            table: table, name: name, sqlType: sqlType, isNullable: null, isKey: key, isIndexed: index, ordinal: ordinal
        )
    }

    static let live = [
        column("status", "enum('new','paid','a \\\"b')", at: 2), column("id", "bigint(20) unsigned", key: true, at: 1),
        column("net", "decimal(12,2)", at: 3), column("country", "char(2)", null: true, at: 4),
        column("order no", "varchar(20)", index: true, at: 5), column("at", "datetime(6)", index: true, at: 6),
        column("shape", "geometry", null: true, at: 7), column("kind", "enum('x')", null: true, at: 8),
        column("flag", "tinyint(1)", at: 9), column("id", "int(11)", key: true, at: 1, table: "a"),
    ]

    @Test func whatIsPrintedReadsBack() throws {
        let text = LockFile.text(
            of: Self.live, serverVersion: "10.11.19-MariaDB", pulled: "2026-11-24", zones: ["orders.at": "UTC"])
        let (lock, diagnostics) = LockFile.parse(.init(path: "schema/shop.lock", text: text), index: 0)
        #expect(diagnostics.isEmpty)
        #expect(lock.serverVersion == "10.11.19-MariaDB")
        #expect(lock.pulled == "2026-11-24")
        #expect(lock.fingerprint.count == 8)
        #expect(lock.tables.map(\.name) == ["a", "orders"])
        let orders = try #require(lock.table("orders"))
        for column in Self.live where column.table == "orders" {
            let read = try #require(orders.column(column.name))
            #expect(read.type == column.type)
            #expect(read.isNullable == column.isNullable)
            #expect(read.isKey == column.isKey)
            #expect(read.isIndexed == (column.isIndexed || column.isKey))
        }
        #expect(orders.column("at")?.zone == "UTC")
        #expect(orders.columns.map(\.name).first == "id")
        #expect(text.contains("  id          bigint unsigned  -> int                         key\n"))
        #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
        let again = LockFile.text(
            of: Self.live.reversed(), serverVersion: "10.11.19-MariaDB", pulled: "2026-11-24",
            zones: ["orders.at": "UTC"])
        #expect(again == text)
    }

    @Test func damagedLinesAreReportedWithTheirPlace() {
        let text =
            "# mysql 1, pulled x, fingerprint y\ntable t {\n  id int\n  n  decimal(99,2) -> decimal(99,2)\n}\n}\nhello\n"
        let (lock, diagnostics) = LockFile.parse(.init(path: "x.lock", text: text), index: 3)
        #expect(diagnostics.map(\.code.id) == ["R0402", "R0402", "R0402", "R0402"])
        #expect(diagnostics.map(\.span.file) == [3, 3, 3, 3])
        #expect(lock.tables.count == 1)
    }

    // MARK: Live comparison

    private func drift(_ change: (inout [LiveColumn]) -> Void) throws -> SchemaDrift {
        let compilation = Sample.route("filter .net > 0\nthrough outbox\nlog \"{.status}\"")
        let plan = try #require(compilation.plan)
        let sources = Sample.sources("")
        let lock = LockFile.parse(sources.locks[0], index: 2).lock
        var live = try #require(lock.table("orders")).columns.enumerated().map { ordinal, column in
            let sqlType = column.name == "status" ? "enum('new','paid','shipped')" : column.sqlType
            return Self.column(
                column.name, sqlType, null: column.isNullable, key: column.isKey, index: column.isIndexed,
                at: ordinal + 1)
        }
        change(&live)
        return SchemaComparison.compare(plan, connection: "shop", live: live, sources: sources)
    }

    private func replace(_ live: inout [LiveColumn], _ name: String, _ sqlType: String, null: Bool) {
        guard let position = live.firstIndex(where: { $0.name == name }) else { return }
        live[position] = Self.column(name, sqlType, null: null, at: position + 1)
    }

    @Test func nothingChanged() throws {
        let drift = try drift { _ in }
        #expect(drift.diagnostics.isEmpty)
        #expect(drift.notes == [])
    }

    @Test func anAddedColumnIsNothing() throws {
        let drift = try drift { $0.append(Self.column("extra", "int(11)", at: 99)) }
        #expect(drift.diagnostics.isEmpty && drift.notes.isEmpty)
    }

    @Test func changesWhereUnusedAreNotes() throws {
        let drift = try drift {
            replace(&$0, "currency", "char(3)", null: true)
            replace(&$0, "weight", "varchar(40)", null: false)
            $0.removeAll { $0.name == "fee" }
        }
        #expect(drift.diagnostics.isEmpty)
        #expect(drift.notes.count == 3)
    }

    @Test func aUsedColumnThatChangedIsRefused() throws {
        for (name, sqlType, null, text) in [
            ("net", "decimal(14,4)", false, "net: lock decimal(12,2), live decimal(14,4)"),
            ("net", "decimal(12,2)", true, "net: lock decimal(12,2), live decimal(12,2) null"),
            (
                "status", "enum('new','paid')", false,
                "status: lock \"new\" | \"paid\" | \"shipped\", live \"new\" | \"paid\""
            ),
        ] {
            let drift = try drift { replace(&$0, name, sqlType, null: null) }
            let diagnostic = try #require(drift.diagnostics.first)
            #expect(drift.refusedRoutes == ["r"])
            #expect(diagnostic.code.id == "R0401")
            #expect(diagnostic.origins.map(\.text) == [text])
            #expect(diagnostic.edits.map(\.shown) == ["waybill schema pull shop"])
        }
        let dropped = try drift { $0.removeAll { $0.name == "net" } }
        #expect(dropped.refusedRoutes == ["r"])
        let gone = try drift { $0.removeAll() }
        #expect(gone.refusedRoutes == ["r"])
    }
}
