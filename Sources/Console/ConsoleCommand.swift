/// What the command line and the console ask of a service, or of a data folder that no service holds.
package enum ConsoleCommand: Sendable, Hashable {
    case status
    case deadList(route: String?, after: Int64, limit: Int)
    case deadShow(Int64)
    case deadRetry(DeadRetry)
    /// At most `limit` ids are listed for each kind of discrepancy; counts are exact.
    case audit(limit: Int, format: AnswerFormat)
    case conflicts(route: String?, after: Int64, limit: Int)
    /// - Parameters:
    ///   - customer: nil: a summary of all.
    ///   - period: `2026-11`, as the tariffs cut time.
    case billReport(customer: String?, period: String, format: AnswerFormat)
    case reload
    case stop(graceMilliseconds: Int64)

    /// Whether it changes anything: such a command is a POST, and lands in the audit log.
    package var changesState: Bool {
        switch self {
        case .status, .deadList, .deadShow, .audit, .conflicts, .billReport: false
        case .deadRetry, .reload, .stop: true
        }
    }
}

package enum AnswerFormat: String, Sendable, Hashable { case json, text }

/// Which dead letters are worked again, and how.
package struct DeadRetry: Sendable, Hashable {
    package enum Selection: Sendable, Hashable {
        case ids([Int64])
        case route(String)
        case all
    }
    package let selection: Selection
    /// Also those whose last outcome is unknown although they must be delivered at most once.
    package let force: Bool
    /// Start at the durability line of the newest plan instead of where it died.
    package let latest: Bool
    /// Only say what would be done.
    package let dryRun: Bool

    package init(selection: Selection, force: Bool = false, latest: Bool = false, dryRun: Bool = false) {
        self.selection = selection
        self.force = force
        self.latest = latest
        self.dryRun = dryRun
    }
}
