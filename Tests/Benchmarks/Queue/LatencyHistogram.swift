/// Times in buckets that are 1/32 of their value wide.
final class LatencyHistogram {
    private var buckets = [UInt32](repeating: 0, count: 64 * 32)
    private(set) var most = 0
    private var count = 0

    func record(_ nanoseconds: Int) {
        let value = max(32, nanoseconds)
        let exponent = Int.bitWidth - 1 - value.leadingZeroBitCount
        buckets[exponent << 5 | (value >> (exponent - 5)) & 31] &+= 1
        count += 1
        if value > most { most = value }
    }

    func reset() {
        for index in buckets.indices { buckets[index] = 0 }
        (most, count) = (0, 0)
    }

    /// The upper edge of the bucket that holds it, in nanoseconds.
    func quantile(_ part: Double) -> Int {
        var rest = Int((Double(count) * part).rounded(.up))
        for index in buckets.indices where buckets[index] > 0 {
            rest -= Int(buckets[index])
            if rest <= 0 { return min(most, ((index & 31) + 33) << ((index >> 5) - 5)) }
        }
        return most
    }
}
