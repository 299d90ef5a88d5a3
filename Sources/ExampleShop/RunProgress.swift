import Foundation

/// A line a second about what flows.
struct RunProgress {
    private var shownAt = ContinuousClock.now
    private var before = 0

    mutating func show(_ status: ServiceStatus) {
        let now = ContinuousClock.now
        let elapsed = now - shownAt
        guard elapsed >= .seconds(1) else { return }
        let milliseconds =
            Int(elapsed.components.seconds) * 1_000 + Int(elapsed.components.attoseconds / 1_000_000_000_000_000)
        let rate = (status["seen"] - before) * 1_000 / max(1, milliseconds)
        FileHandle.standardError.write(Data("\(rate)/s  \(status.line)\n".utf8))
        before = status["seen"]
        shownAt = now
    }
}
