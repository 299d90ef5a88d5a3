import Foundation
import Testing

@testable import RouteLanguage

/// Files that nobody writes by hand: everything that a command does with them ends soon, and ends in sentences.
@Suite("Large files", .serialized)
struct LargeFileTests {
    /// Each grows with its file alone: `WAYBILL_LINES=100000` shows it.
    private static let count = ProcessInfo.processInfo.environment["WAYBILL_LINES"].flatMap(Int.init) ?? 2_000

    /// Five times what a debug build on a busy machine needs, half of what one loop too many cost.
    private static let patience = Duration.seconds(10)

    @discardableResult
    private func exercise(_ text: String, _ title: some StringProtocol) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        let file = SourceSet.File(path: "orders.route", text: text)
        let sources = SourceSet(
            routes: [.init(path: "lib/audit.route", text: Sample.audit), file],
            locks: [.init(path: "schema/shop.lock", text: Sample.lock)])
        let clock = ContinuousClock()
        let steps: [(String, () -> Void)] = [
            ("compiled", { diagnostics = Compiler.compile(sources, connectors: Catalogue.all).diagnostics }),
            ("drawn", { _ = DiagnosticRenderer(files: sources.files).render(diagnostics) }),
            ("as JSON", { _ = DiagnosticJSON(files: sources.files).render(diagnostics) }),
            ("fixed", { _ = EditApplication.fix(sources.files, diagnostics) }),
            ("formatted", { _ = Formatter.format(file) }),
        ]
        var line = "\(title), \(text.utf8.count / 1_024) KB:"
        for (word, step) in steps {
            let elapsed = clock.measure(step)
            line += " \(word) \(elapsed.formatted(.units(allowed: [.milliseconds])))"
            #expect(elapsed < Self.patience, "\(title) \(word)")
        }
        print(line + ", \(diagnostics.count) diagnostics")
        return diagnostics
    }

    private static let head = """
        env SHOP_DB url
        connect shop = mysql { url env.SHOP_DB, schema "schema/shop.lock" }
        connect archive = file { root "archive" }
        queue outbox
        queue failed

        """

    private func route(_ steps: String) -> String {
        Self.head + "route r {\n  from shop.orders as order after .id\n  through outbox\n\(steps)"
            + "  on error { deadletter failed }\n}\n"
    }

    @Test(arguments: [
        "  log \"order {.id} of {.customer_id}\"\n", "  let x = .net * 2\n", "  set .note = \"x\"\n",
        "  filter .net > 0\n", "  to archive append \"a.jsonl\" as json\n",
        "  choose {\n    when .net > 0 { log \"x\" }\n  }\n", "  validate .country is present else \"x\"\n",
        "  # nothing\n", "\n",
    ])
    func `thousands of lines of one kind`(step: String) {
        let lines = step.utf8.count { $0 == 10 }
        exercise(route(String(repeating: step, count: Self.count / lines)), step.replacing("\n", with: " "))
    }

    @Test(arguments: [
        "  filtr .net > 0\n", "  filter .nett > 0\n", "  let x = y\n", "  to nowhere post \"/x\"\n",
        "  filter .country\n",
        "  filter .net > \n", "  }\n", "  filter .net = 0\n", "  every 5\n", "  log \"\n", "  $\n",
    ])
    func `thousands of mistakes of one kind`(step: String) {
        let diagnostics = exercise(route(String(repeating: step, count: Self.count)), step.replacing("\n", with: " "))
        #expect(diagnostics.hasErrors)
    }

    @Test func `many names`() {
        exercise(
            route((0..<Self.count).map { "  let name\($0) = .net * 2\n" }.joined()), "names")
        exercise(
            (0..<Self.count).map { "queue q\($0)\nsecret S\($0)\n" }.joined()
                + (0..<Self.count).map { "queue q\($0)\n" }.joined(),
            "queues")
        exercise((0..<Self.count).map { "record R\($0) { a text, b R\($0 + 1) }\n" }.joined(), "records that nest")
        exercise("record R {\n" + (0..<Self.count).map { "  f\($0) text\n" }.joined() + "}\n", "fields")
        exercise(
            (0..<Self.count / 2).map {
                "tariff t\($0) { customers [\"\($0)\"]\ncurrency EUR\nperiod month in \"UTC\"\n"
                    + "charge all { per delivery price 1 }\n}\n"
            }.joined(), "tariffs")
    }

    @Test func `lines without end`() {
        let texts = (0..<Self.count).map { "\"\($0)\"" }.joined(separator: ", ")
        exercise(route("  filter .status in [\(texts)]\n"), "a list")
        exercise(route("  log \"" + String(repeating: "{.id}", count: Self.count) + "\"\n"), "a text of values")
        exercise(route("  log \"" + String(repeating: "x", count: 20 * Self.count) + "\"\n"), "a long text")
        exercise(route("  log " + String(repeating: "x", count: 20 * Self.count) + "\n"), "a long word")
        exercise(route("  let x = " + String(repeating: "1", count: 20 * Self.count) + "\n"), "a long number")
        exercise(route("  # " + String(repeating: "é", count: 20 * Self.count) + "\n"), "a long comment")
        exercise(route(String(repeating: " ", count: 20 * Self.count) + "filtr\n"), "a deep indentation")
        exercise(route("  filter " + String(repeating: ".nett > 0 and ", count: 150) + "true\n"), "mistakes in a line")
        exercise(route("  log \"" + String(repeating: "{.idd}", count: Self.count) + "\"\n"), "mistakes in a text")
        exercise(
            Self.head + "connect a = file { " + String(repeating: "root \"x\", ", count: Self.count) + "}\n",
            "settings twice")
        exercise(
            Self.head + "connect a = http { hosts ["
                + (0..<Self.count).map { "\"h\($0).example\"" }.joined(separator: ", ") + "] }\n", "hosts")
        exercise(
            route("  map { " + (0..<Self.count).map { "f\($0) = .id" }.joined(separator: ", ") + " }\n"), "map fields")
        exercise(
            route("  to archive { append \"a\", " + String(repeating: "as json, ", count: Self.count) + " }\n"),
            "clauses")
    }
}
