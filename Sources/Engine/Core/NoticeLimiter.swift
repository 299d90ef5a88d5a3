package import Message

/// Keeps notices about single messages from flooding the log: some of each kind, then a count.
package struct NoticeLimiter: Sendable {
    /// What is said of single messages.
    package enum Kind: String, Sendable, CaseIterable {
        case rejected
        case conflict
        case deadLetter = "dead letter"
        case expired
        case unpriced
    }

    private struct Window: Sendable {
        var start = Instant(microseconds: .min)
        var said = 0
        var kept = 0
    }

    package static let mostInAWindow = 20
    package static let windowMicroseconds: Int64 = 10_000_000
    private var windows: [Kind: Window] = [:]

    package init() {}

    /// Whether to say it; what is kept back is counted.
    package mutating func admits(_ kind: Kind, at now: Instant) -> Bool {
        var window = windows[kind] ?? Window(start: now)
        if isOver(window, now), window.kept == 0 { window = Window(start: now) }
        window.said += 1
        let admits = window.said <= Self.mostInAWindow
        if !admits { window.kept += 1 }
        windows[kind] = window
        return admits
    }

    /// A notice for each kind of which some were kept back in a window that is over now.
    package mutating func summaries(at now: Instant) -> [Notice] {
        guard windows.values.contains(where: { $0.kept > 0 && isOver($0, now) }) else { return [] }
        var notices: [Notice] = []
        for kind in Kind.allCases {
            guard let window = windows[kind], window.kept > 0, isOver(window, now) else { continue }
            notices.append(
                Notice(.warning, "\(window.kept) more like it in ten seconds", [.init("kind", kind.rawValue)]))
            windows[kind] = nil
        }
        return notices
    }

    private func isOver(_ window: Window, _ now: Instant) -> Bool {
        now.microseconds - window.start.microseconds >= Self.windowMicroseconds
    }
}
