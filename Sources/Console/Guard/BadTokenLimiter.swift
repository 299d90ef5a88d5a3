/// Counts tries with a bad token, by peer, in a window of a minute. It decides between 401 and 429; the right token
/// passes all the same, because 256 bits cannot be guessed and a lock-out would be a weapon against the operator.
struct BadTokenLimiter {
    private struct Window {
        var start: Int64
        var count: Int
    }

    private static let windowMilliseconds: Int64 = 60_000
    private static let peerLimit = 4_096
    private let limit: Int
    private var windows: [String: Window] = [:]

    init(limit: Int = 100) { self.limit = limit }

    enum Verdict: Equatable {
        case counted
        /// The limit was reached by this try: say it once in the log.
        case limitReached
        case limited(secondsLeft: Int64)
    }

    mutating func badTry(from peer: String, atMilliseconds now: Int64) -> Verdict {
        var window = windows[peer] ?? Window(start: now, count: 0)
        if now - window.start >= Self.windowMilliseconds { window = Window(start: now, count: 0) }
        window.count += 1
        makeRoom(now)
        windows[peer] = window
        let left = (window.start + Self.windowMilliseconds - now + 999) / 1_000
        if window.count <= limit { return .counted }
        return window.count == limit + 1 ? .limitReached : .limited(secondsLeft: left)
    }

    /// Many peers are no way to fill the memory: old windows go, then all.
    private mutating func makeRoom(_ now: Int64) {
        guard windows.count >= Self.peerLimit else { return }
        windows = windows.filter { now - $0.value.start < Self.windowMilliseconds }
        if windows.count >= Self.peerLimit { windows.removeAll() }
    }
}
