/// Collects diagnostics and answers what stands at a span, for sentences and edits.
final class Reports {
    private(set) var diagnostics: [Diagnostic] = []
    private let texts: [[UInt8]]
    private let paths: [String]
    private let maps: [LineMap]
    /// The second walk over a route, which only plans, says nothing.
    var isMuted = false

    init(_ sources: SourceSet) {
        texts = sources.files.map { Array($0.text.utf8) }
        paths = sources.files.map(\.path)
        maps = sources.files.map { LineMap($0.text) }
    }

    func add(_ diagnostic: Diagnostic) {
        if !isMuted { diagnostics.append(diagnostic) }
    }

    func add(contentsOf more: [Diagnostic]) { more.forEach(add) }

    var hasErrors: Bool { diagnostics.hasErrors }

    func text(_ span: Span) -> String {
        guard texts.indices.contains(span.file) else { return "" }
        let bytes = texts[span.file]
        let start = min(max(0, span.start), bytes.count)
        return String(decoding: bytes[start..<min(max(start, span.end), bytes.count)], as: UTF8.self)
    }

    func path(_ span: Span) -> String { paths.indices.contains(span.file) ? paths[span.file] : "" }

    /// From 1.
    func line(_ span: Span) -> Int {
        maps.indices.contains(span.file) ? maps[span.file].line(at: span.start) : 1
    }

    /// The white space that a span's line begins with.
    func indentation(_ span: Span) -> String {
        guard texts.indices.contains(span.file) else { return "" }
        let bytes = texts[span.file]
        var start = min(span.start, bytes.count)
        while start > 0, bytes[start - 1] != 10 { start -= 1 }
        let blank = bytes[start...].prefix { $0 == 32 || $0 == 9 }
        return String(decoding: blank, as: UTF8.self)
    }

    /// A step as a line of its own before another one.
    func insertStep(_ step: String, before span: Span, isCertain: Bool = false, explanation: String = "")
        -> Diagnostic.Edit
    {
        .insert(
            "\(step)\n\(indentation(span))", before: span, isCertain: isCertain, explanation: explanation, shown: step)
    }

    /// A step as a line of its own behind another one.
    func insertStep(_ step: String, after span: Span, explanation: String = "") -> Diagnostic.Edit {
        .replace(span.after, with: "\n\(indentation(span))\(step)", explanation: explanation, shown: step)
    }

    /// Where a name is not known: the nearest known one as the edit, and what is known as the origin.
    func unknown(
        _ code: DiagnosticCode, _ message: String, _ name: NameSyntax, known: [String], called kind: String,
        origins: [Diagnostic.Origin] = [], shown: (String) -> String = { $0 }
    ) {
        let nearest = NearestWord.find(name.text, among: known)
        let listed = known.prefix(12).joined(separator: " ")
        let list = known.isEmpty ? "none is there" : listed + (known.count > 12 ? " ..." : "")
        add(
            Diagnostic(
                code, message, at: name.span, origins: origins + [Diagnostic.Origin("\(kind): \(list)")],
                edits: nearest.map {
                    let isCertain = NearestWord.isCertain(name.text, $0, among: known)
                    return [.replace(name.span, with: $0, isCertain: isCertain, shown: shown($0))]
                } ?? []))
    }

    /// Each span is said once, however many messages a step gathers.
    func notYet(_ what: String, at span: Span) {
        add(
            Diagnostic(
                .notInThisVersion, "`\(what)` is not in this version yet", at: span,
                notes: ["the word has its place in the language; leave it out for now"]))
    }
}
