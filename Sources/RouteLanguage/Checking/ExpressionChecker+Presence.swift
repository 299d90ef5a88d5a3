import Message

extension ExpressionChecker {
    /// A value that is present; one that may be missing is reported with what could be written.
    ///
    /// - Parameter need: what the place wants: ``in` needs `text``.
    func demand(_ checked: Checked, _ need: String) -> Checked {
        guard checked.type.isOptional else { return checked }
        if let path = checked.path, !reportedMissing.insert(path).inserted { return .unknown(at: checked.span) }
        if checked.isConversion { reportConversion(checked) } else { reportMissing(checked, need) }
        return .unknown(at: checked.span)
    }

    private func reportConversion(_ checked: Checked) {
        let text = reports.text(checked.span)
        reports.add(
            Diagnostic(
                .conversionCanFail, "`\(text)` can fail and nobody handles it", at: checked.span,
                label: "this is `\(checked.type)`",
                edits: [
                    .replace(checked.span, with: "\(text)!", explanation: "such a message fails"),
                    .replace(
                        checked.span, with: "(\(text) ?? \(Self.substitute(for: checked.type)))",
                        explanation: "or: another value then"),
                ]))
    }

    private func reportMissing(_ checked: Checked, _ need: String) {
        let text = reports.text(checked.span)
        let substitute = Self.substitute(for: checked.type)
        let fallback = Diagnostic.Edit.replace(
            checked.span, with: "(\(text) ?? \(substitute))", explanation: "or: \(substitute) stands for a missing one")
        let failing = Diagnostic.Edit.replace(
            checked.span, with: "\(text)!", explanation: "or: such a message goes to `on error`")
        reports.add(
            Diagnostic(
                .mayBeMissing, "`\(text)` may be missing here", at: checked.span,
                label: "this is `\(checked.type)`, \(need)", origins: checked.origin.map { [$0] } ?? [],
                edits: (validation(of: checked).map { [$0] } ?? []) + [fallback, failing]))
    }

    /// `validate .country is present else "no country"` where the message can still be turned away.
    private func validation(of checked: Checked) -> Diagnostic.Edit? {
        guard let path = checked.path, !path.fields.isEmpty, let guardStep, guardStep.values.contains(path.root) else {
            return nil
        }
        let field = "." + path.fields.joined(separator: ".")
        return reports.insertStep(
            "validate \(field) is present else \"no \(path.fields.joined(separator: " "))\"", before: guardStep.step,
            explanation: "reject such messages")
    }

    /// A value of a type, for edits: what a person would fill in.
    static func substitute(for type: Type) -> String {
        switch type.present {
        case .bool: "false"
        case .int: "0"
        case .decimal(_, let scale): (scale ?? 0) == 0 ? "0" : "0." + String(repeating: "0", count: scale ?? 0)
        case .text, .uuid, .unknown: "\"\""
        case .oneOf(let words): "\"\(words.first ?? "")\""
        case .list: "[]"
        case .duration: "0s"
        case .date: "2026-01-01"
        case .instant: "now"
        case .float: "float(0)"
        case .json: "json(\"\")"
        case .bytes: "bytes(\"\")"
        case .time, .datetime, .record, .unusable, .optional: "..."
        }
    }
}
