import Foundation

/// A line a second about what flows: how many orders were settled in that second, and the account so far.
struct RunProgress {
    private var shownAt = ContinuousClock.now
    private var settledBefore = 0

    mutating func show(_ status: ServiceStatus) {
        let now = ContinuousClock.now
        let elapsed = now - shownAt
        guard elapsed >= .seconds(1) else { return }
        let milliseconds =
            Int(elapsed.components.seconds) * 1_000 + Int(elapsed.components.attoseconds / 1_000_000_000_000_000)
        let settled = status["seen"] - status["waiting"]
        let rate = (settled - settledBefore) * 1_000 / max(1, milliseconds)
        FileHandle.standardError.write(Data("\(rate) settled/s  \(status.line)\n".utf8))
        settledBefore = settled
        shownAt = now
    }
}
