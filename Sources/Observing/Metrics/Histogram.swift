import Synchronization

/// How often values fell below fixed bounds. Values are whole numbers of a base unit (microseconds, bytes); `perUnit`
/// of them make the unit that is exposed (1,000,000 for seconds, 1 for bytes), so the sum stays exact.
package final class Histogram: Sendable {
    /// Upper bounds in the base unit, increasing; the last bucket, without bound, is implied.
    package let bounds: [Int64]
    package let perUnit: Int64
    /// Not cumulated; the last one is the bucket without bound.
    private let buckets: [Counter]
    private let total = Atomic<Int64>(0)

    package init(bounds: [Int64], perUnit: Int64) {
        precondition(perUnit > 0 && zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds increase")
        self.bounds = bounds
        self.perUnit = perUnit
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Request and commit times: 100 us to 60 s.
    package static let latencyBounds: [Int64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000, 30_000_000, 60_000_000,
    ]
    package static let microsecondsPerSecond: Int64 = 1_000_000

    package func observe(_ value: Int64, times: UInt64 = 1) {
        buckets[bucket(of: value)].increment(by: times)
        total.wrappingAdd(value &* Int64(truncatingIfNeeded: times), ordering: .relaxed)
    }

    /// First bound that is not below the value, by halving.
    private func bucket(of value: Int64) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Counts up to each bound and, last, of all; cumulated. Read while others observe, it is at most a few values old.
    package func snapshot() -> (cumulated: [UInt64], sum: Int64) {
        var running: UInt64 = 0
        let cumulated = buckets.map { bucket in
            running &+= bucket.value
            return running
        }
        return (cumulated, total.load(ordering: .relaxed))
    }
}
