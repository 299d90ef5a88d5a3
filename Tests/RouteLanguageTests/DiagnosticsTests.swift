import Foundation
import RouteLanguage
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
    private let files = [
        SourceSet.File(path: "orders.route", text: "a\n    when order.country in [\"DE\"] {\n"),
        SourceSet.File(path: "schema/shop.lock", text: "table orders {\n  country  char(2) null  -> text?\n}\n"),
    ]

    private var missing: Diagnostic {
        Diagnostic(
            .mayBeMissing, "`order.country` may be missing here", at: Span(file: 0, start: 11, end: 24),
            label: "this is `text?`, `in` needs `text`",
            origins: [.init("shop.orders.country is `char(2) null`", at: Span(file: 1, start: 17, end: 24))],
            edits: [
                .insert(
                    "validate .country is present else \"no country\"\n", before: Span(file: 0, start: 2, end: 3),
                    explanation: "insert before line 2: reject such orders"),
                .replace(
                    Span(file: 0, start: 11, end: 24), with: "(order.country ?? \"\")",
                    explanation: "or: such orders do not match", shown: "when (order.country ?? \"\") in [\"DE\"] {"),
            ])
    }

    @Test func `are drawn as the language says`() {
        let expected = """
            error[R0301]: `order.country` may be missing here
              ┌─ orders.route:2:10
            2 │     when order.country in ["DE"] {
              │          ^^^^^^^^^^^^^ this is `text?`, `in` needs `text`
              ~ schema/shop.lock:2: shop.orders.country is `char(2) null`
              + validate .country is present else "no country"  (insert before line 2: reject such orders)
              + when (order.country ?? "") in ["DE"] {          (or: such orders do not match)
              = waybill explain R0301

            """
        #expect(DiagnosticRenderer(files: files).render(missing) == expected)
    }

    @Test func `colour only on request`() {
        #expect(!DiagnosticRenderer(files: files).render(missing).contains("\u{1B}"))
        let coloured = DiagnosticRenderer(files: files, isColoured: true).render(missing)
        #expect(coloured.hasPrefix("\u{1B}[1;31merror[R0301]\u{1B}[0m: "))
        let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain == DiagnosticRenderer(files: files).render(missing))
    }

    @Test func `as JSON`() {
        let json = DiagnosticJSON(files: files).render(missing)
        #expect(json.hasPrefix(#"{"severity":"error","code":"R0301","message":"`order.country` may be missing here","#))
        #expect(json.contains(#""file":"orders.route","line":2,"column":10,"start":11,"end":24"#))
        #expect(
            json.contains(#""origins":[{"text":"shop.orders.country is `char(2) null`","file":"schema/shop.lock","#))
        #expect(json.contains(#""certain":false"#))
    }

    @Test func `at most twenty, in file order, without repetitions`() {
        let diagnostics = (0..<30).reversed().map {
            Diagnostic(.unexpectedWord, "number \($0)", at: Span(file: 0, start: $0, end: $0 + 1))
        }
        let text = DiagnosticRenderer(files: files).render(diagnostics + diagnostics)
        #expect(text.hasPrefix("error[R0106]: number 0\n"))
        #expect(text.components(separatedBy: "error[").count == 21)
        #expect(text.hasSuffix("\n30 errors; the first 20 are shown\n"))
    }

    @Test(arguments: [(-5, 0), (0, 0), (10_000, 20_000), (37, 37)])
    func `a span outside of its file is drawn all the same`(start: Int, end: Int) {
        for file in [0, 1, 2, -1] {
            let diagnostic = Diagnostic(.unexpectedWord, "x", at: Span(file: file, start: start, end: end))
            #expect(DiagnosticRenderer(files: files).render(diagnostic).hasPrefix("error[R0106]: x\n"))
            #expect(DiagnosticJSON(files: files).render(diagnostic).hasPrefix("{"))
        }
    }

    @Test func `places count characters`() {
        let map = LineMap("aé\r\n日本x\n\nend")
        #expect(map.place(at: 0) == LineMap.Place(line: 1, column: 1))
        #expect(map.place(at: 3) == LineMap.Place(line: 1, column: 3))
        #expect(map.place(at: 11) == LineMap.Place(line: 2, column: 3))
        #expect(map.place(at: 6).line == 2)
        #expect(map.place(at: 13) == LineMap.Place(line: 3, column: 1))
        #expect(map.place(at: 99) == LineMap.Place(line: 4, column: 4))
        #expect(map.text(map.range(ofLine: 1)) == "aé")
        #expect(map.range(ofLine: 9).isEmpty)
    }
}

@Suite("Edits")
struct DiagnosticsEditTests {
    private func diagnostic(_ edits: Diagnostic.Edit..., at start: Int = 0) -> Diagnostic {
        Diagnostic(.unexpectedWord, "x", at: Span(file: 0, start: start, end: start), edits: edits)
    }

    @Test func `replace and insert, from back to front`() {
        let edit = Diagnostic.Edit([
            .init(Span(file: 0, start: 4, end: 7), "two"), .init(Span(file: 0, start: 0, end: 0), ">"),
        ])
        #expect(EditApplication.apply(edit, to: "one 222 three", file: 0) == ">one two three")
    }

    @Test func `what cannot be applied is refused`() {
        let overlapping = Diagnostic.Edit([
            .init(Span(file: 0, start: 0, end: 3), "a"), .init(Span(file: 0, start: 2, end: 4), "b"),
        ])
        #expect(EditApplication.apply(overlapping, to: "one two", file: 0) == nil)
        #expect(EditApplication.apply(.replace(Span(file: 0, start: 3, end: 9), with: ""), to: "abc", file: 0) == nil)
        #expect(EditApplication.apply(.replace(Span(file: 0, start: 1, end: 2), with: ""), to: "é", file: 0) == nil)
    }

    @Test func `fix applies certain edits that do not meet`() {
        let files = [SourceSet.File(path: "a.route", text: "abc"), SourceSet.File(path: "b.route", text: "def")]
        let diagnostics = [
            diagnostic(.replace(Span(file: 0, start: 0, end: 2), with: "X", isCertain: true)),
            diagnostic(.replace(Span(file: 0, start: 1, end: 3), with: "Y", isCertain: true), at: 1),
            diagnostic(.replace(Span(file: 0, start: 2, end: 3), with: "Z"), at: 2),
            diagnostic(.replace(Span(file: 1, start: 0, end: 0), with: "W", isCertain: true), at: 3),
            diagnostic(.replace(Span(file: 7, start: 0, end: 0), with: "V", isCertain: true), at: 4),
        ]
        let (fixed, applied) = EditApplication.fix(files, diagnostics)
        #expect(fixed.map(\.text) == ["Xc", "Wdef"])
        #expect(applied == 2)
    }
}

@Suite("Nearest words")
struct DiagnosticsNearestWordTests {
    @Test(arguments: [
        ("filtr", "filter"), ("fitler", "filter"), ("timout", "timeout"), ("Filter", "filter"), ("acmee", "acme"),
        ("countri", "country"),
    ])
    func `finds what was meant`(word: String, expected: String) {
        let words = ["from", "filter", "timeout", "acme", "archive", "country", "currency"]
        #expect(NearestWord.find(word, among: words) == expected)
    }

    @Test func `says nothing where nothing is near`() {
        #expect(NearestWord.find("zebra", among: ["from", "filter"]) == nil)
        #expect(NearestWord.find("", among: ["a"]) == nil)
        #expect(NearestWord.find(String(repeating: "a", count: 1_000), among: ["a"]) == nil)
    }

    @Test func `swapped neighbours are one edit`() {
        #expect(NearestWord.distance(Array("ab".utf8), Array("ba".utf8)) == 1)
        #expect(NearestWord.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
        #expect(NearestWord.distance([], Array("abc".utf8)) == 3)
    }
}
