/// What the core has done since it started; counts of messages are in the account, which outlives it.
package struct CoreCounters: Sendable, Hashable {
    package var turns: Int64 = 0
    package var sends: Int64 = 0
    package var successes: Int64 = 0
    package var failures: Int64 = 0
    /// Failures after which the receiver may have worked the request all the same.
    package var unknownOutcomes: Int64 = 0
    package var retries: Int64 = 0
    package var charges: Int64 = 0
    package var unpriced: Int64 = 0
    /// From the message's reception to a delivery's success, by bucket.
    package var latency = LatencyBuckets()

    package init() {}
}

/// A histogram with fixed bounds, in seconds.
package struct LatencyBuckets: Sendable, Hashable {
    package static let upperBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600,
    ]
    private static let upperMicroseconds = upperBounds.map { Int64($0 * 1_000_000) }

    /// A count for each bound, and one for what is above all.
    package private(set) var counts = [Int64](repeating: 0, count: upperBounds.count + 1)
    package private(set) var sumMicroseconds: Int64 = 0

    package init() {}

    package mutating func add(microseconds: Int64) {
        let length = max(0, microseconds)
        var bucket = 0
        while bucket < Self.upperMicroseconds.count, length > Self.upperMicroseconds[bucket] { bucket += 1 }
        counts[bucket] += 1
        sumMicroseconds = sumMicroseconds.addingReportingOverflow(length).partialValue
    }
}
