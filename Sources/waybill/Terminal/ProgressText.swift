/// What a running service has done so far, for the line that shows it.
struct ProgressSnapshot: Sendable, Equatable {
    var seen: Int64
    var delivered: Int64
    var dead: Int64
    var waiting: Int64
}

/// The words of the progress line.
enum ProgressText {
    /// - Parameter milliseconds: between the two snapshots.
    static func line(_ before: ProgressSnapshot, _ now: ProgressSnapshot, milliseconds: Int64) -> String {
        let grown = max(0, now.delivered &- before.delivered)
        let perSecond = milliseconds > 0 ? Double(grown) * 1_000 / Double(milliseconds) : 0
        return "seen \(GroupedNumber.text(now.seen)) · delivered \(GroupedNumber.text(now.delivered)) · "
            + "waiting \(GroupedNumber.text(now.waiting)) · dead \(GroupedNumber.text(now.dead)) · "
            + "\(GroupedNumber.text(Int64(perSecond.rounded())))/s"
    }
}
