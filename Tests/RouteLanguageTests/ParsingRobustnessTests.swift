import Foundation
import Message
import RouteLanguage
import Testing

@Suite("The parser on damaged files")
struct ParsingRobustnessTests {
    /// Everything that a command does with a file: parse, draw, try each edit, format.
    private func exercise(_ text: String) {
        let file = SourceSet.File(path: "orders.route", text: text)
        let (tree, diagnostics) = Parser.parse(file, index: 0)
        let drawn = DiagnosticRenderer(files: [file]).render(diagnostics)
        #expect(drawn.isEmpty == diagnostics.isEmpty)
        #expect(tree.span.end == text.utf8.count)
        for diagnostic in diagnostics {
            #expect(diagnostic.span.start >= 0 && diagnostic.span.end <= text.utf8.count)
            for edit in diagnostic.edits {
                #expect(EditApplication.apply(edit, to: text, file: 0) != nil, "\(diagnostic)")
            }
        }
        guard case .formatted(let once) = Formatter.format(file) else { return }
        let (again, _) = Parser.parse(SourceSet.File(path: "", text: once), index: 0)
        #expect(SyntaxOutline.of(again) == SyntaxOutline.of(tree))
        #expect(Formatter.format(SourceSet.File(path: "", text: once)) == .formatted(once))
    }

    @Test(arguments: ["sample.route", "core.route"])
    func `a line deleted or doubled`(name: String) throws {
        let lines = try Fixture.text(name).split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var (shorter, longer) = (lines, lines)
            shorter.remove(at: index)
            longer.insert(lines[index], at: index)
            exercise(shorter.joined(separator: "\n"))
            exercise(longer.joined(separator: "\n"))
        }
    }

    /// Losing or doubling one line is one mistake, and gets at most two messages.
    @Test func `one damaged line gives few messages`() throws {
        let lines = try Fixture.core.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var (shorter, longer) = (lines, lines)
            shorter.remove(at: index)
            longer.insert(lines[index], at: index)
            for text in [shorter, longer] {
                let diagnostics = parsed(text.joined(separator: "\n")).diagnostics
                #expect(diagnostics.count <= 1, "line \(index + 1): \(drawn(text.joined(separator: "\n")))")
            }
        }
    }

    @Test func `cut at every byte`() throws {
        let bytes = Array(try Fixture.sample.utf8)
        for end in stride(from: 0, through: bytes.count, by: 7) {
            exercise(String(decoding: bytes[..<end], as: UTF8.self))
        }
    }

    @Test func `random bytes changed`() throws {
        let seed =
            ProcessInfo.processInfo.environment["WAYBILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...(.max))
        print("seed \(seed) (WAYBILL_SEED replays it)")
        var random = SplitMix(seed: seed)
        let sources = [Array(try Fixture.sample.utf8), Array(try Fixture.core.utf8)]
        let pieces = [
            "{", "}", "\"", "(", ")", "[", "]", "\n", "..", ".", "=", "é", "\u{0}", "#", "\\", "\\u{", "route x {\n",
        ]
        for _ in 0..<500 {
            var bytes = sources[Int(random.next() % 2)]
            for _ in 0..<(1 + random.next() % 4) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = UInt8(random.next() % 256)
                case 2: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))].utf8, at: place)
                default:
                    let end = min(bytes.count, place + Int(random.next() % 40))
                    bytes.removeSubrange(place..<end)
                }
            }
            exercise(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: [
        "(", "[", "{", "-", "not ", "f(", "[for a in ", "{ a = ", "if ", "\"{", "R { a = ", ".a[", "a ?? (", "1 + (",
    ])
    func `expressions nested without end`(opening: String) {
        let bomb = "route a {\n  let x = " + String(repeating: opening, count: 20_000) + "\n  log \"x\"\n}\n"
        let diagnostics = parsed(bomb).diagnostics
        #expect(!diagnostics.isEmpty && diagnostics.count <= 3, "\(opening): \(diagnostics.map(\.message))")
    }

    @Test(arguments: ["when .a {\n", "choose { ", "on error { split .a { ", "to a { x { "])
    func `blocks nested without end`(opening: String) {
        let diagnostics = parsed("route a {\n" + String(repeating: opening, count: 20_000)).diagnostics
        #expect(!diagnostics.isEmpty && diagnostics.count <= 3, "\(opening): \(diagnostics.map(\.message))")
    }

    @Test(arguments: [" + 1", ".a", "[0]", "!", " ?? 1", " and true"])
    func `chains without end`(link: String) {
        let text = "route a {\n  let x = a" + String(repeating: link, count: 20_000) + "\n  log \"x\"\n}\n"
        #expect(parsed(text).diagnostics.map(\.code) == [.nestedTooDeep])
    }

    @Test func `types nested without end`() {
        let text = "record R { a " + String(repeating: "[", count: 20_000) + " }\nqueue a\n"
        #expect(parsed(text).diagnostics.map(\.code) == [.nestedTooDeep])
    }

    @Test func `a thousand routes`() throws {
        let routes = try Fixture.core.components(separatedBy: "\nroute ")[1]
        let text = (0..<1_000).map { "route r\($0) " + routes.drop { $0 != "{" } }.joined(separator: "\n")
        let file = SourceSet.File(path: "orders.route", text: text)
        let clock = ContinuousClock()
        var (tree, diagnostics): (FileSyntax?, [Diagnostic]) = (nil, [])
        let elapsed = clock.measure { (tree, diagnostics) = Parser.parse(file, index: 0) }
        print("1,000 routes, \(text.utf8.count) bytes, parsed in \(elapsed)")
        #expect(tree?.declarations.count == 1_000)
        #expect(diagnostics.isEmpty)
        let formatting = clock.measure { _ = Formatter.format(file) }
        print("1,000 routes formatted in \(formatting)")
    }
}
