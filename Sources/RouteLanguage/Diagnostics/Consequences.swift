extension [Diagnostic] {
    /// One mistake gives one message: without what the checker says about a place where the parser has named the
    /// mistake, and without misplaced steps behind a brace that stands in the wrong place.
    ///
    /// Expects diagnostics in the order of files and places.
    package var withoutConsequences: [Diagnostic] {
        let syntax = filter { $0.code.isSyntax }
        guard !syntax.isEmpty else { return self }
        var braces: [Int: Int] = [:]
        for diagnostic in syntax.reversed() where diagnostic.code.isBrace {
            braces[diagnostic.span.file] = diagnostic.span.start
        }
        return filter { diagnostic in
            if diagnostic.code.isSyntax { return true }
            if diagnostic.code == .misplacedStep, let brace = braces[diagnostic.span.file],
                brace < diagnostic.span.start
            {
                return false
            }
            return !diagnostic.follows(from: syntax)
        }
    }
}

extension Diagnostic {
    /// - Parameter syntax: in the order of files and places.
    fileprivate func follows(from syntax: [Diagnostic]) -> Bool {
        let before = syntax.countBefore { ($0.span.file, $0.span.start) <= (span.file, span.start) }
        if before > 0 {
            let last = syntax[before - 1]
            if last.span.file == span.file, last.span.end > span.start || last.span.start == span.start { return true }
        }
        if before < syntax.count, syntax[before].span.file == span.file, syntax[before].span.start < span.end {
            return severity == .error
        }
        return false
    }
}

extension DiagnosticCode {
    fileprivate var isSyntax: Bool { id.hasPrefix("R01") && self != .notInThisVersion }
    fileprivate var isBrace: Bool { self == .closedTooEarly || self == .neverClosed || self == .unmatchedBrace }
}

extension [Diagnostic] {
    /// How many of the first ones satisfy the condition, which none behind them does.
    fileprivate func countBefore(_ isBefore: (Diagnostic) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
