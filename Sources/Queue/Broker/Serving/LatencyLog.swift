package import Message

/// Moments at which something took longer than the operator likes, by event: LATENCY.
package struct LatencyLog: Sendable {
    package struct Sample: Sendable, Hashable {
        /// Unix seconds; the worst of one second is kept.
        package let time: Int64
        package let milliseconds: Int64
    }

    package struct Event: Sendable, Hashable {
        /// Oldest first.
        package fileprivate(set) var samples: [Sample] = []
        /// Milliseconds, since the event was reset.
        package fileprivate(set) var worst: Int64 = 0
    }

    /// Milliseconds from which something is noted; 0: nothing is.
    package var threshold: Int64 = 0
    package private(set) var events: [String: Event] = [:]
    private static let samplesMost = 160

    package init() {}

    package mutating func note(_ event: String, _ taken: Microseconds, at time: Instant) {
        let milliseconds = taken.count / 1_000
        guard threshold > 0, milliseconds >= threshold else { return }
        events[event, default: Event()].note(
            Sample(time: time.microseconds / 1_000_000, milliseconds: milliseconds), most: Self.samplesMost)
    }

    /// - Returns: whether there was such an event.
    package mutating func reset(_ event: String) -> Bool { events.removeValue(forKey: event) != nil }
}

extension LatencyLog.Event {
    fileprivate mutating func note(_ sample: LatencyLog.Sample, most: Int) {
        worst = max(worst, sample.milliseconds)
        if let last = samples.last, last.time == sample.time {
            if sample.milliseconds > last.milliseconds { samples[samples.count - 1] = sample }
            return
        }
        samples.append(sample)
        if samples.count > most { samples.removeFirst(samples.count - most) }
    }
}
