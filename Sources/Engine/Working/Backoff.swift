package import Connecting
package import RouteLanguage

/// How long a failed attempt waits before it is made again.
package enum Backoff {
    /// Full jitter spreads best; where the receiver asked for less (429, 503), at least half of the time is kept, since
    /// full jitter collapses there. `Retry-After` is never undercut.
    /// - Parameters:
    ///   - sends: how often the request has been sent, 1 or more.
    ///   - random: 0 to 1.
    package static func milliseconds(
        _ policy: RetryPolicy, sends: Int, failure: DeliveryFailure, random: Double
    ) -> Int64 {
        let bounds = policy.backoffMilliseconds
        let doublings = min(max(sends - 1, 0), 40)
        let grown = bounds.lowerBound.multipliedReportingOverflow(by: Int64(1) << Int64(doublings))
        let longest = grown.overflow ? bounds.upperBound : min(bounds.upperBound, grown.partialValue)
        let wait: Int64
        if !policy.hasJitter {
            wait = longest
        } else if asksForLess(failure) {
            wait = longest / 2 + Int64(Double(longest / 2) * random)
        } else {
            wait = Int64(Double(longest) * random)
        }
        return max(wait, failure.retryAfterMilliseconds ?? 0)
    }

    private static func asksForLess(_ failure: DeliveryFailure) -> Bool {
        failure.cause == .status(429) || failure.cause == .status(503)
    }
}

extension FailureFilter {
    /// Whether `only [...]` names this failure.
    package func matches(_ failure: DeliveryFailure) -> Bool {
        switch failure.cause {
        case .noAnswer: noAnswer
        case .status(let status): statuses.contains { $0.contains(status) }
        case .untrusted, .file, .refused: false
        }
    }
}
