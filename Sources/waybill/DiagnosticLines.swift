import RouteLanguage

/// Diagnostics as single lines, for a log: where, which code, what.
struct DiagnosticLines {
    private let files: [SourceSet.File]

    init(files: [SourceSet.File]) { self.files = files }

    /// `orders.route:23:10: T0101 charge ... needs a ...`; errors only, in file order, as many as `check` shows.
    func errors(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.inFileOrder.filter { $0.severity == .error }.prefix([Diagnostic].shownAtMost).map(line)
    }

    private func line(_ diagnostic: Diagnostic) -> String {
        let what = "\(diagnostic.code.id) \(diagnostic.message)"
        guard files.indices.contains(diagnostic.span.file) else { return what }
        let file = files[diagnostic.span.file]
        let place = LineMap(file.text).place(at: diagnostic.span.start)
        return "\(file.path):\(place.line):\(place.column): \(what)"
    }
}
