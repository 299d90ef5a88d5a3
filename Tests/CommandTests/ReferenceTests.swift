import Connecting
import RouteLanguage
import Testing

@testable import waybill

/// `waybill explain`: complete, and true to the compiler.
@Suite struct ReferenceTests {
    @Test func `without a word everything is listed`() {
        let run = CommandRun("explain")
        #expect(run.code == .ok)
        let words =
            StepPages.all.map(\.word) + CodeCatalogue.pages.map(\.code.id) + CodeCatalogue.pages.map(\.title)
            + FunctionSignature.all.map(\.signature) + TypePages.all.map(\.word)
            + Connectors.descriptors.flatMap { descriptor in
                [descriptor.name] + (descriptor.settings + descriptor.source + descriptor.delivery).map(\.name)
            }
        for word in words { #expect(run.output.contains("  \(word)"), "\(word)") }
    }

    @Test func `every function of the language is in it`() {
        let writable = Function.allCases.filter(\.isWritable)
        #expect(Set(FunctionSignature.all.map(\.function)) == Set(writable))
        for function in writable { #expect(CommandRun("explain", function.rawValue).code == .ok) }
    }

    @Test(arguments: [
        ("round", "round(int|decimal[, digits[, half_even|half_up|up|down]]) -> decimal\n"),
        ("upper", "upper(text) -> text\n"), ("int", "int(value) -> int?\n"), ("first", "first([T]) -> T?\n"),
    ])
    func `a function has its signature`(_ row: (word: String, line: String)) {
        #expect(CommandRun("explain", row.word).output.hasPrefix(row.line))
    }

    @Test func `a word that is step and function has both pages`() {
        let output = CommandRun("explain", "split").output
        #expect(output.contains("split: works each item"))
        #expect(output.contains("split(text, text) -> [text]"))
    }

    @Test func `a word that is nothing gets the nearest`() {
        let run = CommandRun("explain", "rond")
        #expect(run.code == .usage)
        #expect(run.talk.contains("waybill explain round"))
    }

    /// Every type can be declared as it is written here.
    @Test(arguments: TypePages.all.map(\.word).filter { $0 != "T?" })
    func `types are those of the compiler`(word: String) throws {
        let routes = try TemporaryRoutes([
            "a.route": "record R { a \(word), b \(word.hasPrefix("\"") ? "text" : word)? }\n"
        ])
        let run = CommandRun("check", "--routes", routes.path)
        #expect(run.code == .ok, "\(run.output)")
    }

    /// The example of every step and declaration checks in a route that has what it needs.
    @Test(arguments: StepPages.all.map(\.word))
    func `examples check with the connectors of this binary`(word: String) throws {
        let page = try #require(StepPages.page(for: word))
        let isDeclaration = StepPages.declarations.contains { $0.word == word }
        let example = isDeclaration ? page.example : Self.route(page.example)
        let routes = try TemporaryRoutes([
            "lib/partners.route": "# partners\n", "a.route": Self.prelude(without: example) + example + "\n",
            "schema/shop.lock": Self.lock,
        ])
        let run = CommandRun("check", "--routes", routes.path)
        #expect(run.code == .ok, "\(run.output)")
    }

    private static func route(_ example: String) -> String {
        let from = example.hasPrefix("from ") ? "" : "from shop.orders as order after .id\n"
        let present = "validate .country is present else \"no country\"\n"
        let delivery = example.hasPrefix("bill ") ? "to acme post \"/orders\" as json\n" : ""
        let handler = example.hasPrefix("on ") ? "" : "\non error { deadletter failed }"
        let isStep = ["stop", "deadletter"].contains { example.hasPrefix($0) }
        let line = isStep ? "through outbox\n" : ""
        let trail = example.hasPrefix("on ") ? "to archive append \"a.jsonl\" as json\n" : ""
        let head = example.hasPrefix("from ") ? example + "\n" : from
        let body = example.hasPrefix("from ") ? "" : present + line + delivery + trail + example
        return "route example {\n\(head)\(body)\(handler)\n}"
    }

    private static func prelude(without example: String) -> String {
        let all = [
            "env SHOP_DB url", "secret SHOP_PASSWORD", "secret ACME_TOKEN",
            "connect shop = mysql { url env.SHOP_DB, password secret.SHOP_PASSWORD, schema \"schema/shop.lock\" }",
            "connect acme = http { base \"https://api.acme.example\", bearer secret.ACME_TOKEN }",
            "connect archive = file { root \"archive\" }", "queue outbox", "queue failed",
            "policy gentle = retry 8 backoff 500ms..2m", "record PartnerOrder { number text, total decimal(12,2) }",
        ]
        return all.filter { line in
            let declared = line.split(separator: " ").prefix(2).joined(separator: " ")
            return !example.split(separator: "\n").contains { $0.hasPrefix(declared) }
        }.joined(separator: "\n") + "\n"
    }

    private static let lock = """
        # mysql 10.11.19-MariaDB, pulled 2026-09-21, fingerprint 9c1e44d0
        table orders {
          id           bigint unsigned  -> int            key
          customer_id  bigint unsigned  -> int            index
          number       varchar(20)      -> text
          status       enum             -> "new" | "paid" | "shipped"
          net          decimal(12,2)    -> decimal(12,2)
          total        decimal(12,2)    -> decimal(12,2)
          country      char(2) null     -> text?
          site         varchar(20)      -> text
          labels       json             -> json
        }

        """
}
