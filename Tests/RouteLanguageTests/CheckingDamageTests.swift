import Connecting
import Message
import Testing

@testable import RouteLanguage

/// Whatever a file holds, the compiler answers: a plan or diagnostics, never a trap.
@Suite struct CheckingDamageTests {
    /// Diagnostics of damaged text can be drawn and their edits applied.
    private func compile(_ text: String, lock: String = Sample.lock) {
        let compilation = Sample.compile(text, lock: lock)
        #expect((compilation.plan == nil) == compilation.diagnostics.hasErrors)
        let sources = Sample.sources(text, lock: lock)
        _ = DiagnosticRenderer(files: sources.files).render(compilation.diagnostics)
        for diagnostic in compilation.diagnostics.prefix(20) {
            #expect(sources.files.indices.contains(diagnostic.span.file))
            for edit in diagnostic.edits { _ = EditApplication.apply(edit, to: text, file: 1) }
        }
    }

    @Test func linesMissingAndDoubled() {
        let lines = Sample.core.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for position in lines.indices {
            var without = lines
            without.remove(at: position)
            compile(without.joined(separator: "\n"))
            var doubled = lines
            doubled.insert(lines[position], at: position)
            compile(doubled.joined(separator: "\n"))
            compile(lines[...position].joined(separator: "\n"))
        }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func bytesChanged(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let core = Array(Sample.core.utf8)
        let pool = Array("{}()[]\".,=@!?#\n 0a9_|<>*/%-x".utf8)
        for _ in 0..<60 {
            var bytes = core
            for _ in 0..<Int(random.next() % 6 + 1) {
                let place = Int(random.next() % UInt64(bytes.count))
                let byte = pool[Int(random.next() % UInt64(pool.count))]
                switch random.next() % 3 {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            compile(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: [UInt64(4), 5]) func lockBytesChanged(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<100 {
            var bytes = Array(Sample.lock.utf8)
            for _ in 0..<3 {
                let place = Int(random.next() % UInt64(bytes.count))
                if random.next() % 2 == 0 { bytes.remove(at: place) } else { bytes[place] = UInt8(random.next() % 128) }
            }
            compile(Sample.core, lock: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func nestingEndsInADiagnosticOrAPlan() {
        for depth in [50, 150, 190, 250, 5_000] {
            let open = String(repeating: "(", count: depth)
            let close = String(repeating: ")", count: depth)
            compile(Sample.core.replacingFirst(".net > 0", with: "\(open).net > 0\(close)"))
            let nots = String(repeating: "not ", count: depth)
            compile(Sample.core.replacingFirst(".net > 0", with: "\(nots)(.net > 0)"))
            let ifs =
                String(repeating: "if .net > 1 then ", count: depth) + "1" + String(repeating: " else 2", count: depth)
            compile(Sample.core.replacingFirst("(order.net * 1.19).round(2)", with: ifs))
            let sum = String(repeating: "1 + ", count: depth) + "1"
            compile(Sample.core.replacingFirst("(order.net * 1.19).round(2)", with: sum))
            let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            compile(Sample.core.replacingFirst("(order.net * 1.19).round(2)", with: lists))
            let blocks = String(repeating: "choose { when order.id > 1 { ", count: depth)
            let ends = String(repeating: " } }", count: depth)
            compile(Sample.core.replacingFirst("  choose {", with: "  \(blocks)log \"x\"\(ends)\n  choose {"))
            let records = (0..<depth).map { "record R\($0) { next R\($0 + 1)? }\n" }.joined()
            compile(records + Sample.core)
        }
    }

    @Test func emptyAndStrangeFiles() {
        let none = SourceSet(routes: [], locks: [])
        #expect(Compiler.compile(none, connectors: []).plan != nil)
        for text in [
            "", "\n", "route", "route {", "route x {}", "route x { from }", "route x { from a.b }", "}", "\u{0}", "é",
        ] {
            compile(text)
            let alone = SourceSet(routes: [.init(path: "x.route", text: text)], locks: [])
            _ = Compiler.compile(alone, connectors: [])
        }
    }
}
