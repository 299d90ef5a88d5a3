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

    package init() {}
}
