import Connecting
import Message
import Testing

@testable import RouteLanguage

/// `from queue NAME`: what is accepted, what is planned, and what is said of mistakes.
@Suite struct QueueSourceTests {
    private func compile(_ text: String) -> Compilation {
        Compiler.compile(
            SourceSet(routes: [.init(path: "parcels.route", text: text)], locks: []), connectors: Catalogue.all)
    }

    private func plan(_ route: String, queue: String = "holds Parcel") throws -> Plan {
        let compilation = compile(
            """
            connect archive = file { root "archive" }
            record Line { sku text, price decimal(8,2) }
            record Parcel { id int, code text, weight decimal(8,3)?, lines [Line] }
            queue inbox { \(queue) }
            queue outbox
            queue failed
            route parcels {
              from queue inbox as parcel
              \(route)
              to archive append "parcels.jsonl" as json
              on error { deadletter failed }
            }

            """)
        return try #require(compilation.plan, "\(compilation.diagnostics.map(\.line))")
    }

    @Test(arguments: GoldenFixture.all(in: "queues"))
    func `golden`(fixture: GoldenFixture) throws {
        let files = [SourceSet.File(path: "parcels.route", text: fixture.input)]
        let diagnostics = compile(fixture.input).diagnostics
        try fixture.check(DiagnosticRenderer(files: files).render(diagnostics))
        guard diagnostics.count == 1 else { return }
        for edit in diagnostics.flatMap(\.edits) {
            let fixed = try #require(EditApplication.apply(edit, to: fixture.input, file: 0))
            #expect(compile(fixed).diagnostics.map(\.line) == [], "\(fixture) after \(edit.shown)")
        }
    }

    @Test func aQueueIsASourceWithTheRecordThatItHolds() throws {
        let plan = try plan("filter .weight is present and .weight > 0")
        let route = plan.routes[0]
        #expect(route.source.queue == "inbox" && route.source.request == nil && route.source.connection == nil)
        #expect(route.source.shape.names == ["id", "code", "weight", "lines"])
        #expect(route.source.record?.name == "Parcel")
        #expect(route.slotNames == [".", "parcel"])
        #expect(plan.shapes.contains { $0.names == ["sku", "price"] }, "records inside of it are stored briefly, too")
        let queue = plan.queues[route.queue]
        #expect(queue.name == "parcels" && !queue.isDeclared)
        #expect(plan.queues.first { $0.name == "inbox" }?.isDeclared == true)
    }

    @Test func withoutThroughTheSettingsOfTheQueueHold() throws {
        let plan = try plan("unique by .code", queue: "holds Parcel, keep 2d, key .code, deliver at_most_once")
        let queue = plan.queues[plan.routes[0].queue]
        #expect(queue.keepMilliseconds == 2 * 86_400_000 && queue.isAtMostOnce)
        #expect(plan.routes[0].orderingKey != nil && plan.routes[0].unique != nil)
    }

    @Test func throughNamesAnotherQueue() throws {
        let plan = try plan("through outbox workers 3", queue: "holds Parcel, key .code")
        #expect(plan.queues[plan.routes[0].queue].name == "outbox" && plan.routes[0].workers == 3)
        #expect(plan.routes[0].orderingKey == nil, "the key is that of the queue that is gone through")
    }

    /// A comparison with MySQL passes it by.
    @Test func theSchemaOfNoDatabaseIsAsked() throws {
        let plan = try plan("log \"{.code}\"")
        let drift = SchemaComparison.compare(
            plan, connection: "shop", live: [], sources: SourceSet(routes: [], locks: []))
        #expect(drift.diagnostics.isEmpty && drift.refusedRoutes.isEmpty)
    }

    /// Where a key is kept for a shorter time than the sweep goes back, drift is still found.
    @Test func aUniqueKeyKeepsWhereTheColumnsCameFrom() throws {
        let compilation = Sample.route("unique by .id within 1h\nlog \"{.id}\"")
        let source = try #require(compilation.plan?.routes.first).source
        #expect(source.lockPath == "schema/shop.lock" && source.span != nil)
        #expect(source.request?.sweepBackMilliseconds == 3_600_000)
    }
}

/// A JSON body as a declared record.
@Suite struct RecordBodyTests {
    private static func record() throws -> RecordType {
        let text = """
            record Line { sku text, qty int }
            record Parcel {
              id int
              code text
              weight decimal(8,3)
              note text?
              state "new" | "sent"
              lines [Line]?
              when instant?
              day date?
              at datetime?
              clock time?
              took duration?
              data bytes?
              key uuid?
              ratio float?
              flag bool?
              more json?
            }
            queue inbox { holds Parcel }
            queue failed
            connect archive = file { root "archive" }
            route parcels {
              from queue inbox
              to archive append "a.jsonl" as json
              on error { deadletter failed }
            }

            """
        let compilation = Compiler.compile(
            SourceSet(routes: [.init(path: "a.route", text: text)], locks: []), connectors: Catalogue.all)
        let plan = try #require(compilation.plan, "\(compilation.diagnostics.map(\.line))")
        return try #require(plan.routes[0].source.record)
    }

    private static let least = #""id":1,"code":"a","weight":2.5,"state":"new""#

    @Test(arguments: [
        ("{\(least)}", #"{"id":1,"code":"a","weight":2.500,"note":null,"state":"new""#),
        (
            #"{"state":"sent","weight":7,"code":"ä","id":18446744073709551615,"unknown":{"a":[1]}}"#,
            #"{"id":18446744073709551615,"code":"ä","weight":7.000"#
        ),
        (#"{"id":1e3,"code":"","weight":12345.678,"state":"new"}"#, #"{"id":1000,"code":"","weight":12345.678"#),
        ("{\(least),\"note\":null}", #""note":null"#),
        ("{\(least),\"lines\":[{\"qty\":2,\"sku\":\"x\",\"z\":0}]}", #""lines":[{"sku":"x","qty":2}]"#),
        ("{\(least),\"when\":\"2026-11-25T03:00:00+01:00\"}", #""when":"2026-11-25T02:00:00Z""#),
        ("{\(least),\"day\":\"2026-11-25\",\"clock\":\"03:04:05\"}", #""day":"2026-11-25""#),
        ("{\(least),\"at\":\"2026-11-25 03:04:05.5\",\"took\":\"-PT1.5S\"}", #""at":"2026-11-25T03:04:05.500""#),
        ("{\(least),\"took\":\"-PT1.5S\"}", #""took":"-PT1.500S""#),
        (
            "{\(least),\"data\":\"aGk=\",\"key\":\"0C9DD88E-0000-4000-8000-000000000001\"}",
            #""data":"aGk=","key":"0c9dd88e-0000-4000-8000-000000000001""#
        ),
        ("{\(least),\"ratio\":1,\"flag\":false}", #""ratio":1.0,"flag":false"#),
        ("{\(least),\"more\":{\"a\":1.10}}", #""more":{"a":1.10}"#),
        ("{\"id\":9,\(least)}", #"{"id":1,"#),
    ]) func `a body that fits`(_ row: (body: String, part: String)) throws {
        let record = try RecordBody.parse(Array(row.body.utf8), as: Self.record())
        let shown = String(decoding: JSONBody.render(.record(record)), as: UTF8.self)
        #expect(shown.contains(row.part), "\(shown)")
    }

    @Test(arguments: [
        ("", "the body is not valid JSON at line 1, column 1: a value is missing"),
        ("{\"id\":1,", "the body is not valid JSON"),
        ("{\(least)} x", "something follows the end"),
        ("[1]", "the body is no JSON object: an array came"), ("null", "the body is no JSON object: null came"),
        (#"{"code":"a","weight":2.5,"state":"new"}"#, "`.id` is missing: it needs int"),
        (#"{"id":null,"code":"a","weight":2.5,"state":"new"}"#, "`.id` is missing: it needs int"),
        (#"{"id":"1","code":"a","weight":2.5,"state":"new"}"#, "`.id` needs int, a text came"),
        (#"{"id":1.5,"code":"a","weight":2.5,"state":"new"}"#, "`.id` needs int, a number came"),
        (#"{"id":99999999999999999999,"code":"a","weight":1,"state":"new"}"#, "`.id` needs int, a larger number came"),
        (#"{"id":1,"code":7,"weight":2.5,"state":"new"}"#, "`.code` needs text, a whole number came"),
        (#"{"id":1,"code":"a","weight":"2.5","state":"new"}"#, "`.weight` needs decimal(8,3), a text came"),
        (
            #"{"id":1,"code":"a","weight":0.0001,"state":"new"}"#,
            "`.weight` needs decimal(8,3), a number with 4 digits behind the point came"
        ),
        (#"{"id":1,"code":"a","weight":100000,"state":"new"}"#, "`.weight` needs decimal(8,3), a larger number came"),
        (
            #"{"id":1,"code":"a","weight":170141183460469231731687303715884105727,"state":"new"}"#,
            "`.weight` needs decimal(8,3), a larger number came"
        ),
        (#"{"id":1,"code":"a","weight":1e400,"state":"new"}"#, "`.weight` needs decimal(8,3), a number came"),
        (#"{"id":1,"code":"a","weight":1,"state":"lost"}"#, #"`.state` needs "new" | "sent", another text came"#),
        (
            "{\(least),\"lines\":[{\"sku\":\"x\",\"qty\":1},{\"sku\":\"x\"}]}",
            "`.lines[1].qty` is missing: it needs int"
        ),
        ("{\(least),\"lines\":[7]}", "`.lines[0]` needs Line, a whole number came"),
        ("{\(least),\"lines\":{}}", "`.lines` needs [Line], an object came"),
        ("{\(least),\"day\":\"2026-02-30\"}", "`.day` needs date, another text came"),
        ("{\(least),\"when\":\"2026-02-03T00:00:00\"}", "`.when` needs instant, another text came"),
        ("{\(least),\"took\":\"PT99999999999999999999S\"}", "`.took` needs duration, another text came"),
        ("{\(least),\"took\":\"PT--1S\"}", "`.took` needs duration, another text came"),
        ("{\(least),\"data\":\"a\"}", "`.data` needs bytes, another text came"),
        ("{\(least),\"ratio\":1e400}", "`.ratio` needs float, a number came"),
        ("{\(least),\"flag\":1}", "`.flag` needs bool, a whole number came"),
    ]) func `a body that does not fit`(_ row: (body: String, reason: String)) throws {
        let record = try Self.record()
        let misfit = #expect(throws: RecordBody.Misfit.self) {
            try RecordBody.parse(Array(row.body.utf8), as: record)
        }
        #expect(misfit?.reason.contains(row.reason) == true, "\(misfit?.reason ?? "")")
    }

    @Test func `bytes that are no text do not fit`() throws {
        let record = try Self.record()
        let body =
            Array("{\"id\":1,\"code\":\"".utf8) + [0xff, 0xfe] + Array("\",\"weight\":1,\"state\":\"new\"}".utf8)
        let misfit = #expect(throws: RecordBody.Misfit.self) { try RecordBody.parse(body, as: record) }
        #expect(misfit?.reason.contains("a string is not UTF-8") == true)
    }
}
