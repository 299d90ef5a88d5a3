package import Message

/// Whether a host is taken from: a circuit that opens after failures in a row, and the time that the host asked for.
///
/// While it is cut off its entries stay in the queue and no attempt is burnt; then one message goes ahead as a probe.
package struct HostGate: Sendable {
    private enum Circuit: Sendable, Hashable {
        case closed
        case open(until: Instant)
        case probing
    }

    package static let failuresThatOpen = 5
    package static let pauseMicroseconds: ClosedRange<Int64> = 500_000...30_000_000

    private var circuit = Circuit.closed
    private var failuresInARow = 0
    /// Pauses since the last success: each is twice as long.
    private var pauses = 0
    private var heldUntil: Instant?

    package init() {}

    package enum Admission: Sendable, Hashable {
        case open
        /// Exactly one may go ahead.
        case probe
        case shut
    }

    package func admission(_ now: Instant) -> Admission {
        if let heldUntil, now < heldUntil { return .shut }
        switch circuit {
        case .closed: return .open
        case .open(let until): return now < until ? .shut : .probe
        case .probing: return .shut
        }
    }

    /// When it is worth asking again; nil: now, or when an outcome comes.
    package func opensAt(_ now: Instant) -> Instant? {
        var moment: Instant?
        if case .open(let until) = circuit { moment = until }
        if let heldUntil, heldUntil > now { moment = moment.map { max($0, heldUntil) } ?? heldUntil }
        return moment.flatMap { $0 > now ? $0 : nil }
    }

    package var isCutOff: Bool { circuit != .closed }

    package mutating func startProbe() { circuit = .probing }

    package mutating func succeeded() {
        circuit = .closed
        failuresInARow = 0
        pauses = 0
    }

    /// An answer that says nothing about the host as a whole (a 422): it is alive.
    package mutating func answered() { succeeded() }

    /// - Parameter random: 0 to 1, for the jitter of the pause.
    package mutating func failed(_ now: Instant, retryAfterMilliseconds: Int64?, random: Double) {
        if let retryAfterMilliseconds {
            let until = Instant(microseconds: now.microseconds.addingMilliseconds(retryAfterMilliseconds))
            heldUntil = heldUntil.map { max($0, until) } ?? until
        }
        // What was under way when it opened fails late: that says nothing new.
        if case .open = circuit { return }
        failuresInARow = min(failuresInARow + 1, Self.failuresThatOpen)
        guard circuit == .probing || failuresInARow >= Self.failuresThatOpen else { return }
        let longest = min(
            Self.pauseMicroseconds.upperBound, Self.pauseMicroseconds.lowerBound << Int64(pauses))
        let pause = longest / 2 + Int64(Double(longest / 2) * random)
        circuit = .open(until: Instant(microseconds: now.microseconds + pause))
        pauses = min(pauses + 1, 16)
    }
}
