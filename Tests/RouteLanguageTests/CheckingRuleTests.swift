import Connecting
import Foundation
import Message
import Testing

@testable import RouteLanguage

/// What is decided with no row ever read: presence, scales, what is gone, where bills belong.
@Suite struct CheckingRuleTests {
    /// The codes of errors of a route over `shop.orders`.
    private func errors(_ body: String) -> [String] {
        Sample.route(body).diagnostics.filter { $0.severity == .error }.map(\.code.id)
    }

    private func messages(_ body: String) -> String {
        Sample.route(body).diagnostics.map(\.line).joined(separator: "\n")
    }

    static let presence: [(String, [String])] = [
        ("filter .country == \"DE\"", ["R0301"]),
        ("filter .country is present\nfilter .country == \"DE\"", []),
        ("filter .country is present and .country == \"DE\"", []),
        ("filter .country == \"DE\" and .country is present", ["R0301"]),
        ("filter .country is not present or .country == \"DE\"", []),
        ("filter .country is present or .country == \"DE\"", ["R0301"]),
        ("filter not (.country is not present)\nlet c = upper(.country)", []),
        ("filter .country is not empty\nlet c = upper(.country)", []),
        ("filter .country is not empty\nlet c = upper(order.country)", []),
        ("validate order.country is present else \"x\"\nlet c = upper(.country)", []),
        ("let c = if .country is present then .country else \"DE\"\nlet d = upper(c)", []),
        ("let c = if .country is not present then \"DE\" else .country\nlet d = upper(c)", []),
        ("let c = .country ?? \"DE\"\nlet d = upper(c)", []), ("let c = .country!\nlet d = upper(c)", []),
        ("let c = .country\nlet d = upper(c)", ["R0301"]), ("let c = .country?.upper()\nlet d = c ?? \"\"", []),
        ("let c = .country\nfilter c is present\nlet d = upper(c)", []),
        ("set .country = .country ?? \"DE\"\nlet d = upper(order.country)", []),
        ("filter .country is present\nset .country = .note\nlet d = upper(.country)", ["R0301"]),
        ("filter .country is present\nset .note = \"x\"\nlet d = upper(.country)\nlet e = upper(.note)", []),
        (
            "through outbox\nchoose {\nwhen .country is present { log \"{.country}\" }\notherwise { log \"{.id}\" }\n}",
            []
        ),
        ("through outbox\nchoose {\nwhen .country is present { log \"x\" }\n}\nlog \"{.country}\"", ["R0301"]),
        ("through outbox\nchoose {\nwhen .country is not present { stop }\n}\nlog \"{.country}\"", []),
        (
            "through outbox\nchoose {\nwhen .country is not present { set .country = \"DE\" }\n}\nlog \"{.country}\"",
            []
        ),
        ("log \"{.note}\"", ["R0301"]), ("filter .attrs.a is present", ["R0301"]), ("filter .attrs?.a is present", []),
        ("unique by .country", ["R0301"]), ("filter .id", ["R0302"]), ("filter not .id", ["R0302"]),
    ]

    @Test(arguments: presence) func presenceIsDecidedByTheSteps(_ body: String, _ codes: [String]) {
        #expect(errors(body) == codes, "\(messages(body))")
    }

    static let types: [(String, [String])] = [
        ("map Total { amount = .net, lines = [] }", []), ("map Total { amount = .id, lines = [] }", []),
        ("map Total { amount = .net * 1.19, lines = [] }", ["R0302"]),
        ("map Total { amount = (.net * 1.19).round(2), lines = [] }", []),
        ("map Total { amount = .net + .net, lines = [] }", []), ("map Total { amount = .net * 2, lines = [] }", []),
        ("map Total { amount = .net / 2, lines = [] }", ["R0307"]),
        ("map Total { amount = (.net / 2).round(2), lines = [] }", []),
        ("map Total { amount = (.net / .id).round(2), lines = [] }", ["R0301"]),
        ("map Total { amount = .weight, lines = [] }", ["R0302"]),
        ("map Total { amount = .fee, lines = [] }", ["R0304"]),
        ("map Total { amount = decimal(.weight)!, lines = [] }", ["R0302"]),
        ("map Total { amount = decimal(.weight, 2)!, lines = [] }", []),
        ("map Total { amount = decimal(.weight, 2), lines = [] }", ["R0306"]),
        ("map Total { lines = [] }", ["R0305"]),
        ("map Total { amount = .net, lines = [for i in [1, 2]: { sku = \"{i}\", qty = i }] }", []),
        ("map Total { amount = .net, lines = [for i in [1, 2]: { sku = i, qty = i }] }", ["R0302"]),
        ("map Total { amount = .net, lines = [{ sku = \"a\" }] }", ["R0305"]),
        ("map Totl { amount = .net, lines = [] }", ["R0202"]), ("map .net", ["R0302"]),
        ("map { a = 1, a = 2 }", ["R0205"]), ("let a = 1\nlet a = 2", ["R0205"]), ("let a = .fee + 1", ["R0304"]),
        ("let a = .fee + .fee", []), ("let a = .id + .currency", ["R0302"]), ("let a = [1, \"a\"]", ["R0302"]),
        ("let a = .shape", ["R0302"]), ("let a = \"{.attrs}\"", ["R0301"]),
        ("let a = \"{secret.ACME_TOKEN}\"", ["R0601"]),
        ("let a = secret.ACME_TOKEN", ["R0601"]), ("filter .status == .currency", []),
        ("filter .id == .currency", ["R0302"]),
        ("filter .status in [\"paid\", \"sent\"]", ["R0303"]), ("set .status = \"sent\"", ["R0303"]),
        ("set .status = \"paid\"", []), ("set .id = \"x\"", ["R0302"]), ("set .net = .net * 2", []),
        ("filter .currency matches \"(\"", ["R0308"]), ("filter .currency matches \"[A-Z]{3}\"", []),
        ("let a = .updated_at.at(\"Europe/Berln\")", ["R0308"]), ("let a = .updated_at.format(\"YYYY\")", ["R0308"]),
        ("let a = round(.net, .id)", ["R0308"]), ("let a = round(.net, 2, sideways)", ["R0202"]),
        ("let a = length(.id)", ["R0302"]), ("let a = replace(.currency)", ["R0302"]),
        ("let a = .currency.uper()", ["R0206"]),
        ("filter .x == 1 and .y == 2", ["R0201", "R0201"]),
        ("let a = .x + 1\nlet b = a * 2\nlet c = upper(b)", ["R0201"]),
        ("filter .id > 99999999999999999999999999999999999999999", ["R0302"]), ("let a = 2026-02-30", ["R0302"]),
        ("filter @foo == 1", ["R0202"]), ("filter currency == \"EUR\"", ["R0202"]),
    ]

    @Test(arguments: types) func typesMeetOrSaySo(_ body: String, _ codes: [String]) {
        #expect(errors(body) == codes, "\(messages(body))")
    }

    static let steps: [(String, [String])] = [
        ("map { a = .id }\nlet c = .currency", ["R0204"]), ("map { a = .id }\nlet c = order.currency", []),
        ("map { a = .id }\nlet c = .b", ["R0201"]),
        ("through outbox\nchoose {\nwhen .id > 1 { map { a = .id } }\n}\nlog \"{.currency}\"", ["R0204"]),
        ("through outbox\nchoose {\nwhen .id > 1 { map { a = .id } }\notherwise { stop }\n}\nlog \"{.a}\"", []),
        ("through outbox\nchoose {\nwhen .id > 1 { let a = 1 }\n}\nlog \"{a}\"", ["R0202"]),
        ("unique by .id\nunique by .id", ["R0209"]), ("through outbox\nunique by .id", ["R0209"]),
        ("through outbox\nthrough outbox", ["R0209"]), ("when .id > 1 { stop }", ["R0209"]),
        ("choose {\nstop\n}", ["R0209"]), ("enrich x with shop.orders where .id == 1", ["R0107"]),
        ("from shop.orders", ["R0209"]), ("filter .id > 1 els \"x\"", ["R0203"]), ("split .id { stop }", ["R0302"]),
        ("to shop post \"/\"", ["R0308"]), ("to acme", ["R0207"]), ("to acme post \"orders\" as json", ["R0308"]),
        ("to archive write \"/etc/x\" as json", ["R0308"]), ("to archive write \"a/../x\" as json", ["R0308"]),
        ("to archive write \"x\"", ["R0207"]), ("to acme post \"/\" put \"/\" as json", ["R0208"]),
        ("to acme post \"/\" as xml", ["R0308"]), ("to acme post \"/\" body .net", ["R0302"]),
        ("to acme post \"/\" body \"x{.id}\" headers { \"X-A\" = .currency }", []),
        ("to acme post \"/\" as json headers { \"Host\" = \"x\" }", ["R0308"]),
        ("to acme post \"/\" as json headers { \"A B\" = \"x\" }", ["R0308"]),
        ("to acme post \"/\" as json\nto acme post \"/b\" as json", []),
        ("to acme post \"/\" as json key .id\nto acme post \"/b\" as json key .id", ["R0505"]),
        ("to acme post \"/\" as json key \"a-{.id}\"\nto acme post \"/b\" as json key \"b-{.id}\"", []),
        (
            "choose {\nwhen .id > 1 { to acme post \"/\" as json key .id }\notherwise { to acme post \"/b\" as json key .id }\n}",
            []
        ),
        ("fanout {\nto acme post \"/\" as json key .id\nto acme post \"/b\" as json key .id\n}", ["R0505"]),
        ("split [1, 2] as n { to acme post \"/\" as json key order.id }", ["R0505"]),
        ("split [1, 2] as n { to acme post \"/\" as json key \"{order.id}-{n}\" }", []),
        ("to acme post \"/\" as json retry gentle", ["R0503"]), ("to acme put \"/\" as json retry gentle", []),
        ("through outbox\nlet a = @attempt\nto acme post \"/{a}\" as json", ["R0506"]),
        ("through outbox\nlog \"{@attempt}\"", []), ("to acme post \"/{@attempt}\" as json", ["R0506"]),
        ("to acme post \"/\" as json key @error!", ["R0506"]),
    ]

    @Test(arguments: steps) func stepsStandWhereTheyMay(_ body: String, _ codes: [String]) {
        #expect(errors(body) == codes, "\(messages(body))")
    }

    static let bills: [(String, [String])] = [
        ("to acme post \"/\" as json\nbill .customer_id meter \"m\"", []),
        ("through outbox\nbill .customer_id meter \"m\"", ["R0504"]),
        ("to acme post \"/\" as json\nbill .customer_id meter \"m\"\nbill .customer_id meter \"n\"", ["R0504"]),
        (
            "choose {\nwhen .id > 1 { to acme post \"/\" as json }\notherwise { to acme post \"/b\" as json }\n}\nbill .customer_id",
            []
        ),
        (
            "to acme post \"/\" as json\nchoose {\nwhen .id > 1 { to acme post \"/b\" as json }\n}\nbill .customer_id",
            ["R0504"]
        ),
        ("choose {\nwhen .id > 1 { to acme post \"/\" as json }\notherwise { log \"x\" }\n}\nbill .customer_id", []),
        ("to acme post \"/\" as json\nset .customer_id = 3\nbill .customer_id", ["R0504"]),
        ("to acme post \"/\" as json\nset .customer_id = 3\nbill \"1001\"", []),
        ("to acme post \"/\" as json\nmap { a = 1 }\nbill order.customer_id", []),
        ("to acme post \"/\" as json\nmap { a = 1 }\nbill \"1\" value .a", ["R0504"]),
        ("to acme post \"/\" as json\nlet c = 1\nbill \"1\" units c", ["R0504"]),
        ("to acme post \"/\" as json\nvalidate .country is present else \"x\"\nbill .country", ["R0301"]),
        ("validate .country is present else \"x\"\nto acme post \"/\" as json\nbill .country", []),
        ("to acme post \"/\" as json\nbill .customer_id units .net", ["R0302"]),
        ("to acme post \"/\" as json\nbill .customer_id value .fee", ["R0304"]),
        ("to acme post \"/\" as json\nbill .customer_id metre \"m\"", ["R0203"]),
        (
            "fanout {\nto acme post \"/\" as json\nbill .customer_id\nto archive write \"{.id}\" as json\n}", []
        ),
        (
            "fanout {\nto acme post \"/\" as json\nbill .customer_id\nto acme put \"/\" as json\n}", ["R0501"]
        ),
        ("split [1, 2] as n { to acme post \"/\" as json\nbill order.customer_id units n }", []),
        (
            "choose {\nwhen .id > 1 {\nto acme post \"/\" as json\nbill .customer_id\n}\notherwise { to archive write \"{.id}\" as json }\n}",
            []
        ),
    ]

    @Test(arguments: bills) func billsBelongToTheirDeliveries(_ body: String, _ codes: [String]) {
        #expect(errors(body) == codes, "\(messages(body))")
    }

    @Test func scalesAreKnownWithoutARow() throws {
        for (expression, type) in [
            (".net + 1", "decimal(23,2)"), (".net * 1.19", "decimal(15,4)"), (".net + .net", "decimal(13,2)"),
            (".net * .net", "decimal(24,4)"), ("(.net / 3).round(5)", "decimal(38,5)"), ("-.net", "decimal(12,2)"),
            ("sum([.net, .net])", "decimal(38,2)"), (".net.round(1)", "decimal(12,1)"),
            ("if .id > 1 then 1 else .net", "decimal(22,2)"),
        ] {
            let checker = try Self.checker()
            let (tree, _) = Parser.parse(
                .init(path: "x.route", text: "route x {\n  let v = \(expression)\n}\n"), index: 0)
            guard case .route(let route)? = tree.declarations.first, let value = route.block.steps.first?.value else {
                Issue.record("\(expression) does not parse")
                continue
            }
            #expect(checker.check(value).type.description == type, "\(expression)")
        }
    }

    private static func checker() throws -> ExpressionChecker {
        let sources = Sample.sources("")
        let reports = Reports(sources)
        let lock = LockFile.parse(sources.locks[0], index: 2).lock
        let fields = try #require(lock.table("orders")).columns.map {
            RecordType.Field(name: $0.name, type: $0.type.optional(if: $0.isNullable), span: nil, origin: "")
        }
        let row = Type.record(RecordType(name: "shop.orders", fields: fields, isSourceRow: true))
        let span = Span(file: 0, start: 0, end: 0)
        let message = Scope.Binding(slot: 0, value: ValueID(number: 0), type: row, span: span)
        return ExpressionChecker(Declarations(), reports, scope: Scope(message: message))
    }

    @Test func tariffsForTheSameCustomersAreAdvisedOn() {
        let tariff = Sample.core.components(separatedBy: "tariff ").last ?? ""
        let second = "\ntariff " + tariff.replacingFirst("dach_2026", with: "dach_2027")
        let codes: (String) -> [String] = { text in
            Sample.compile(text).diagnostics.map(\.code.id).filter { $0.hasPrefix("T") }
        }
        #expect(codes(Sample.core + second) == ["T0103"])
        #expect(codes(Sample.core + second.replacingFirst("[\"1001\", \"1002\"]", with: "[\"*\"]")) == [])
        let closed = Sample.core.replacingFirst("valid 2026-01-01 ..", with: "valid 2026-01-01 .. 2027-01-01")
        #expect(codes(closed + second.replacingFirst("2026-01-01", with: "2027-01-01")) == [])
        let fine = Sample.core.replacingFirst("price 0.0500", with: "price 0.000000001")
        #expect(codes(fine) == ["T0102"])
        #expect(
            Sample.compile(
                Sample.core.replacingFirst("per delivery price 0.0500", with: "free 100 per delivery price 1")
            )
            .diagnostics.map(\.code.id).contains("R0107"))
    }

    @Test(arguments: [
        ("to acme post \"/a\" key \"{.id}\"\nto acme post \"/b\" key \"{.id}\"", "\"post-{.id}\""),
        ("to acme post \"/a\" key text(.id)\nto acme post \"/b\" key text(.id)", "\"post-{text(.id)}\""),
    ])
    func theEditOfASharedKeyIsShownWhole(_ row: (body: String, shown: String)) {
        let found = Sample.route(row.body).diagnostics.filter { $0.code == .sameKeyTwice }
        #expect(found.flatMap(\.edits).map(\.shown) == [row.shown])
    }

    /// Where a source begins is the first word, the present, or an id.
    @Test(arguments: [
        ("start first", []), ("start now", []), ("start 5000000", []), ("start yesterday", ["R0308"]),
        ("start \"x\"", ["R0308"]), ("start 99999999999999999999999999", ["R0308"]), ("start -1", ["R0308"]),
    ])
    func aSourceBeginsSomewhere(_ row: (clause: String, codes: [String])) {
        let text = Sample.core.replacingFirst("start first", with: row.clause)
        #expect(Sample.compile(text).diagnostics.filter { $0.severity == .error }.map(\.code.id) == row.codes)
    }

    @Test func aStepCannotReadTheEnvironment() {
        let found = Sample.route("let x = env.SHOP_DB\nlet y = env.SHOPDB").diagnostics.filter { $0.severity == .error }
        #expect(found.map(\.code.id) == ["R0107", "R0202"])
        #expect(found.first?.message == "a step cannot read `env.SHOP_DB` in this version")
    }

    /// The settings of the connection are what its deliveries go by, unless they say otherwise.
    @Test(arguments: [("", "", 15_000), (", timeout 3s", "", 3_000), (", timeout 3s", " timeout 7s", 7_000)])
    func timeoutOfADelivery(_ row: (setting: String, clause: String, milliseconds: Int64)) throws {
        let text = Sample.core.replacingFirst(
            "bearer secret.ACME_TOKEN }", with: "bearer secret.ACME_TOKEN\(row.setting) }"
        )
        .replacingFirst(" timeout 10s", with: row.clause)
        let plan = try #require(Sample.compile(text).plan)
        let delivery = plan.routes[0].body.compactMap { instruction in
            if case .deliver(let delivery) = instruction { delivery } else { nil }
        }.first
        #expect(delivery?.timeoutMilliseconds == row.milliseconds)
    }

    @Test func anInvisibleCharacterIsNamedByItsNumber() {
        #expect(parsed("queue\u{a0}a\n").diagnostics.map(\.message) == ["`U+00A0` means nothing here"])
    }

    @Test func wordsOfLaterVersionsSayNotYetOnce() throws {
        let sample = try Fixture.text("sample.route")
        let diagnostics = Sample.compile(sample).diagnostics.filter { $0.code.id == "R0107" }
        #expect(!diagnostics.isEmpty)
        #expect(Set(diagnostics.map(\.span)).count == diagnostics.count)
    }
}
