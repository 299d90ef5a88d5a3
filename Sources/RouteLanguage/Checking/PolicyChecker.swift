/// `retry 8 backoff 500ms..2m jitter full only [timeout, 429, 5xx]`.
struct PolicyChecker {
    static let clauses = ["retry", "backoff", "jitter", "only"]
    let reports: Reports

    func policy(_ clauses: [ClauseSyntax], of owner: String) -> RetryPolicy {
        var limit = RetryPolicy.standard.limit
        var backoff = RetryPolicy.standard.backoffMilliseconds
        var hasJitter = true
        var only: FailureFilter?
        for clause in clauses {
            switch clause.name.text {
            case "retry": limit = self.limit(clause.value) ?? limit
            case "backoff": backoff = self.backoff(clause.value) ?? backoff
            case "jitter": hasJitter = jitter(clause.value)
            case "only": only = filter(clause.value)
            default:
                reports.unknown(
                    .unknownClause, "\(owner) has no clause `\(clause.name.text)`", clause.name, known: Self.clauses,
                    called: "clauses")
            }
        }
        return RetryPolicy(limit: limit, backoffMilliseconds: backoff, hasJitter: hasJitter, only: only)
    }

    /// A number of sends after the first, or a time.
    private func limit(_ value: ExpressionSyntax) -> RetryPolicy.Limit? {
        switch value.kind {
        case .number(let number):
            if let count = number.integer, (0...1_000_000).contains(count) { return .count(Int(count)) }
        case .measure(let measure):
            if let milliseconds = measure.milliseconds { return .milliseconds(milliseconds) }
        case .unreadable: return nil
        default: break
        }
        refuse(value, "`retry` needs a number of sends after the first, or a time as 24h", "8")
        return nil
    }

    private func backoff(_ value: ExpressionSyntax) -> ClosedRange<Int64>? {
        switch value.kind {
        case .measure(let measure):
            if let milliseconds = measure.milliseconds, milliseconds > 0 { return milliseconds...milliseconds }
        case .measureRange(let low, let high):
            if let least = low.milliseconds, let most = high.milliseconds, least > 0, least <= most {
                return least...most
            }
        case .unreadable: return nil
        default: break
        }
        refuse(value, "`backoff` needs a time or a range of times that grows", "500ms..2m")
        return nil
    }

    private func jitter(_ value: ExpressionSyntax) -> Bool {
        if case .name(let word) = value.kind {
            if word.text == "full" { return true }
            if word.text == "none" { return false }
        }
        refuse(value, "`jitter` is `full` or `none`", "full")
        return true
    }

    /// `[timeout, 429, 5xx]`.
    func filter(_ value: ExpressionSyntax) -> FailureFilter? {
        guard case .list(let elements) = value.unparenthesized.kind else {
            if case .unreadable = value.kind { return nil }
            refuse(value, "`only` needs a list, as [timeout, 429, 5xx]", "[\(reports.text(value.span))]")
            return nil
        }
        var noAnswer = false
        var statuses: [ClosedRange<Int>] = []
        for element in elements {
            switch element.kind {
            case .name(let word) where word.text == "timeout": noAnswer = true
            case .number(let number) where number.integer.map { (100...599).contains($0) } == true:
                if let status = number.integer { statuses.append(Int(status)...Int(status)) }
            case .statusClass(let digit) where (1...5).contains(digit):
                statuses.append(digit * 100...digit * 100 + 99)
            case .unreadable: continue
            default:
                reports.add(
                    Diagnostic(
                        .wrongSettingValue, "`only` knows `timeout`, statuses as 429 and classes as 5xx",
                        at: element.span))
            }
        }
        return FailureFilter(noAnswer: noAnswer, statuses: statuses)
    }

    private func refuse(_ value: ExpressionSyntax, _ message: String, _ edit: String) {
        reports.add(
            Diagnostic(.wrongSettingValue, message, at: value.span, edits: [.replace(value.span, with: edit)]))
    }
}
