extension Layout {
    /// ` { steps }` behind what is on the line.
    mutating func write(_ block: BlockSyntax) {
        guard !block.steps.isEmpty || hasComment(in: block.span) else { return write(" {}") }
        if let flat = inline(block), fits(" \(flat)") { return write(" \(flat)") }
        writeBroken(block.steps, open: " {", close: "}", span: block.span, spanOf: \.span) { $0.write($1) }
    }

    /// A block of one simple step that was written on one line.
    private func inline(_ block: BlockSyntax) -> String? {
        guard block.steps.count == 1, let step = block.steps.first, step.block == nil,
            !isBroken(block.span, first: step.span), !hasComment(in: block.span), !mustBreak(step)
        else { return nil }
        return "{ \(inline(step)) }"
    }

    private func mustBreak(_ step: StepSyntax) -> Bool {
        let parts = [step.subject, step.value].compactMap { $0 } + step.clauses.map(\.value)
        return parts.contains(where: mustBreak) || isBrokenSettings(step)
    }

    private func isBrokenSettings(_ step: StepSyntax) -> Bool {
        guard let settings = step.settingsSpan,
            let first = step.clauses.first(where: { $0.span.start > settings.start })
        else { return false }
        return isBroken(settings, first: first.span) || hasComment(in: settings)
    }

    /// Without its block.
    private func inline(_ step: StepSyntax) -> String {
        step.clauses.reduce(head(step)) { $0 + " " + inline($1) }
    }

    private func head(_ step: StepSyntax) -> String {
        var text = step.verb.rawValue
        if let subject = step.subject { text += " " + inline(subject) }
        if let value = step.value { text += " = " + inline(value) }
        return text
    }

    func inline(_ clause: ClauseSyntax) -> String { "\(clause.name.text) \(inline(clause.value))" }

    private mutating func write(_ step: StepSyntax) {
        let flat = inline(step)
        let suffix = step.block == nil ? 0 : 2
        if !mustBreak(step), fits(flat, suffix: suffix) {
            write(flat)
        } else if isBrokenSettings(step) || !mustBreak(step) && canTakeBraces(step) {
            writeInBraces(step)
        } else {
            writeParts(step, suffix: suffix)
        }
        if let block = step.block { write(block) }
    }

    /// A long step may hold its clauses in braces, unless braces would mean a block or an object.
    private func canTakeBraces(_ step: StepSyntax) -> Bool {
        guard step.block == nil, !step.clauses.isEmpty, !step.hasClauseForSubject else { return false }
        guard case .name(let name)? = (step.value ?? step.subject)?.kind else { return true }
        return name.text.utf8.first.map { $0 >= 97 } ?? false
    }

    private mutating func writeInBraces(_ step: StepSyntax) {
        let outside = step.settingsSpan.map { settings in
            step.clauses.prefix { $0.span.start < settings.start }.map { " " + inline($0) }
        }
        // Where braces were written, what stood before them stays there if it fits.
        let line = head(step) + (outside ?? []).joined()
        let keepsAll = outside != nil && (fits(line, suffix: 2) || step.hasClauseForSubject)
        let kept = keepsAll ? outside?.count ?? 0 : 0
        write(kept == 0 ? head(step) : line)
        let inside = Array(step.clauses.dropFirst(kept))
        let start = step.settingsSpan?.start ?? max(0, (inside.first?.span.start ?? 1) - 1)
        let span = Span(file: step.span.file, start: start, end: step.span.end)
        writeBroken(inside, open: " {", close: "}", span: span, spanOf: \.span) { $0.write($1) }
    }

    private mutating func write(_ clause: ClauseSyntax) {
        write(clause.name.text + " ")
        write(clause.value)
    }

    private mutating func writeParts(_ step: StepSyntax, suffix: Int) {
        write(step.verb.rawValue)
        let tail = suffix + step.clauses.reduce(0) { $0 + 1 + TextWidth.of(inline($1)) }
        if let subject = step.subject {
            write(" ")
            write(subject, suffix: step.value == nil ? tail : 3)
        }
        if let value = step.value {
            write(" = ")
            write(value, suffix: tail)
        }
        for clause in step.clauses {
            write(" ")
            write(clause)
        }
    }

    /// ` { name value, ... }` of a declaration.
    mutating func write(settings: [ClauseSyntax], span: Span) {
        let isBroken = isBroken(span, first: settings.first?.span) || hasComment(in: span)
        let isFlat = !isBroken && !settings.contains { mustBreak($0.value) }
        let flat = settings.isEmpty ? " {}" : " { " + settings.map(inline).joined(separator: ", ") + " }"
        if isFlat, fits(flat) || settings.isEmpty { return write(flat) }
        writeBroken(settings, open: " {", close: "}", span: span, spanOf: \.span) { $0.write($1) }
    }
}
