import Foundation
import Testing

@testable import waybill

/// `waybill check` with the connectors of this binary: the agreed table of diagnostics, each row one small edit of the
/// sample, as a user sees it.
@Suite struct CheckCommandTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        let find: String
        let replace: String
        /// What the first line says.
        let message: String
        /// What the carets stand below.
        let marked: String
        let origin: String?
        let edit: String
        /// Whether `--fix` repairs it.
        var isCertain = false

        var testDescription: String { "\(code) \(message)" }
    }

    static func sample(_ edit: (find: String, replace: String)? = nil) throws -> TemporaryRoutes {
        var text = try Repository.text("Tests/RouteLanguageTests/Fixtures/core.route")
        if let edit, let range = text.range(of: edit.find) { text.replaceSubrange(range, with: edit.replace) }
        return try TemporaryRoutes([
            "orders.route": text, "lib/audit.route": "connect audit = file { root \"audit\" }\n",
            "schema/shop.lock": try Repository.text("Tests/RouteLanguageTests/Fixtures/shop.lock"),
        ])
    }

    @Test func `the sample checks with the real connectors`() throws {
        let routes = try Self.sample()
        let run = CommandRun("check", "--routes", routes.path)
        #expect(run.code == .ok)
        #expect(!run.output.contains("error["), "\(run.output)")
        #expect(run.talk == "2 routes and 1 tariff check\n")
    }

    @Test func `the example's routes check and are formatted`() throws {
        let folder = Repository.root.appendingPathComponent("Routes").path
        let run = CommandRun("check", "--routes", folder)
        #expect(run.code == .ok)
        #expect(!run.output.contains("error["), "\(run.output)")
        let format = CommandRun("fmt", "--check", "--routes", folder)
        #expect(format.code == .ok, "\(format.output)\(format.talk)")
    }

    @Test(arguments: rows) func `row`(_ row: Row) throws {
        let routes = try Self.sample((row.find, row.replace))
        let run = CommandRun("check", "--routes", routes.path)
        let blocks = run.output.components(separatedBy: "\n\n").filter {
            $0.hasPrefix("error") || $0.contains(row.code)
        }
        #expect(blocks.count == 1, "\(run.output)")
        let lines = (blocks.first ?? "").components(separatedBy: "\n")
        try #require(lines.count > 3)
        #expect(run.code == (row.code.hasPrefix("W") ? .ok : .failed))
        #expect(lines[0] == "\(row.code.hasPrefix("W") ? "warning" : "error")[\(row.code)]: \(row.message)")
        #expect(marked(lines[2], lines[3]) == row.marked)
        let origins = lines.filter { $0.contains("~ ") }
        if let origin = row.origin {
            #expect(origins.contains { $0.contains(origin) }, "\(origins)")
        }
        #expect(lines.contains { $0.contains("+ \(row.edit)") }, "\(lines)")
        #expect(lines.contains { $0.hasSuffix("= waybill explain \(row.code)") })
        guard row.isCertain else { return }
        #expect(CommandRun("check", "--fix", "--routes", routes.path).code == .ok)
        #expect(CommandRun("check", "--routes", routes.path).code == .ok)
    }

    @Test(arguments: ["check", "fmt"]) func `bytes that are no UTF-8 are named by their line`(command: String) throws {
        let routes = try TemporaryRoutes([:])
        try routes.put("a.route", Data("queue a\nqueue b # \u{e9}\nqueue ".utf8) + [0xFF, 0x0A])
        let run = CommandRun(command, "--routes", routes.path)
        #expect(run.code == .badConfiguration)
        #expect(run.talk.hasSuffix("a.route:3: this line is not UTF-8; save the file as UTF-8\n"), "\(run.talk)")
        try routes.put("a.route", Data([0xFF, 0xFE, 0x71, 0x00]))
        #expect(CommandRun(command, "--routes", routes.path).talk.hasSuffix("a.route is UTF-16; save it as UTF-8\n"))
    }

    /// A byte order mark and Windows line ends are no mistakes, and no reason for other places.
    @Test func `byte order mark and CRLF check as without`() throws {
        let routes = try Self.sample((".status == \"paid\"", ".statsu == \"paid\""))
        let plain = CommandRun("check", "--routes", routes.path)
        let text = try routes.text("orders.route")
        try routes.put("orders.route", Data(text.replacing("\n", with: "\r\n").utf8))
        #expect(CommandRun("check", "--routes", routes.path).output == plain.output)
        try routes.put("orders.route", Data([0xEF, 0xBB, 0xBF] + text.utf8))
        #expect(CommandRun("check", "--routes", routes.path).output == plain.output)
        #expect(plain.output.contains("orders.route:27:10"))
        #expect(CommandRun("check", "--fix", "--routes", routes.path).code == .ok)
    }

    /// What stands above the carets.
    private func marked(_ source: String, _ carets: String) -> String {
        let (source, carets) = (Array(source), Array(carets))
        return String(carets.indices.filter { carets[$0] == "^" && $0 < source.count }.map { source[$0] })
    }
}

extension CheckCommandTests {
    private static let german = "to acme post \"/v1/orders\" as json key .number timeout 10s retry gentle"
    private static let american = "      bill order.customer_id meter \"orders.us\" units 1 value .total\n"
    private static let presence = "  validate .country is present else \"order {.id} has no country\"\n"

    static let rows: [Row] = [
        Row(
            code: "R0101", find: "filter .status", replace: "filtr .status", message: "unknown step `filtr`",
            marked: "filtr", origin: nil, edit: "filter", isCertain: true),
        Row(
            code: "R0102", find: "unique by .id", replace: "idempotent by .id",
            message: "`idempotent` is the pattern's name, not a step", marked: "idempotent",
            origin: "EIP \"Idempotent Consumer\" is `unique`", edit: "unique by .id"),
        Row(
            code: "R0103", find: ".status == \"paid\"", replace: ".status = \"paid\"",
            message: "`=` sets a value, `==` compares", marked: "=", origin: nil, edit: "==", isCertain: true),
        Row(
            code: "R0104", find: "    otherwise { to archive", replace: "    }\n    otherwise { to archive",
            message: "this `}` closes `choose`", marked: "}", origin: "opened at", edit: "line 51 without `}`"),
        Row(
            code: "R0105", find: "every 5s", replace: "every 5", message: "a time needs a unit", marked: "5",
            origin: "units: ms s m h d", edit: "5s"),
        Row(
            code: "R0201", find: "validate .country", replace: "validate .countri",
            message: "shop.orders has no column `countri`", marked: ".countri",
            origin: "schema/shop.lock:7: nearest: `country`", edit: ".country", isCertain: true),
        Row(
            code: "R0202", find: german, replace: german.replacing("to acme", with: "to acmee"),
            message: "no connection named `acmee`", marked: "acmee", origin: "declared: audit shop acme globex archive",
            edit: "acme", isCertain: true),
        Row(
            code: "R0203", find: german, replace: german.replacing("timeout", with: "timout"),
            message: "`to` an http connection has no clause `timout`", marked: "timout",
            origin: "clauses: get post put patch delete as body key timeout retry", edit: "timeout", isCertain: true),
        Row(
            code: "R0204", find: "when order.country in", replace: "when .country in",
            message: "`.country` is gone after `map`", marked: ".country",
            origin: "`map PartnerOrder` replaced the message", edit: "order.country", isCertain: true),
        Row(
            code: "R0301", find: presence, replace: "", message: "`order.country` may be missing here",
            marked: "order.country", origin: "schema/shop.lock:7: shop.orders.country is `char(2) null`",
            edit: "validate .country is present else \"no country\""),
        Row(
            code: "R0302", find: ".net > 0", replace: ".weight > 0", message: "cannot compare text with int",
            marked: ".weight > 0", origin: "shop.orders.weight is `varchar(20)`", edit: "decimal(.weight)! > 0"),
        Row(
            code: "R0303", find: "\"paid\"", replace: "\"payed\"", message: "`.status` is never \"payed\"",
            marked: "\"payed\"", origin: "values: \"new\" \"paid\" \"shipped\"", edit: "\"paid\""),
        Row(
            code: "R0304", find: "order.net * 1.19", replace: "order.fee * 1.19", message: "money must not be a float",
            marked: "order.fee * 1.19", origin: "shop.orders.fee is `double`", edit: "decimal(order.fee, 2)! * 1.19"),
        Row(
            code: "R0305", find: "    total = gross\n", replace: "", message: "`PartnerOrder` needs `total`",
            marked: "map PartnerOrder", origin: "PartnerOrder.total is `decimal(12,2)`", edit: "total = "),
        Row(
            code: "R0306", find: "units 1 value", replace: "units int(order.quantity) value",
            message: "`int(order.quantity)` can fail and nobody handles it", marked: "int(order.quantity)", origin: nil,
            edit: "int(order.quantity)!"),
        Row(
            code: "R0501", find: american, replace: "", message: "this delivery is not billed, its siblings are",
            marked: "to globex post \"/orders\" as json key .number timeout 10s retry gentle",
            origin: "bills \"orders.dach\"",
            edit: "bill "),
        Row(
            code: "R0503", find: german, replace: german.replacing("key .number ", with: ""),
            message: "a retry can repeat this POST", marked: "to acme post \"/v1/orders\"",
            origin: "`gentle` retries, there is no `key`", edit: "key .number"),
        Row(
            code: "R0601", find: "bearer secret.ACME_TOKEN", replace: "bearer \"Bearer {secret.ACME_TOKEN}\"",
            message: "a secret cannot go into text", marked: "\"Bearer {secret.ACME_TOKEN}\"",
            origin: "`bearer` takes the secret itself", edit: "bearer secret.ACME_TOKEN", isCertain: true),
        Row(
            code: "W0701", find: "as order after .id", replace: "as order after .updated_at",
            message: "this cursor can skip rows", marked: "after .updated_at", origin: "`.updated_at` is not unique",
            edit: "after [.updated_at, .id]"),
        Row(
            code: "W0702", find: "filter .status", replace: "filter .status",
            message: "a row that changes later is only seen by the sweep", marked: ".status",
            origin: "`after .id` sees a row once, the sweep hourly for 24 h", edit: "after [.updated_at, .id]"),
    ]
}
