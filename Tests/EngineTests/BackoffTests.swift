import Connecting
import Engine
import RouteLanguage
import Testing

@Suite struct BackoffTests {
    private let policy = RetryPolicy(
        limit: .count(8), backoffMilliseconds: 500...120_000, hasJitter: true, only: nil)
    private let timeout = DeliveryFailure(cause: .noAnswer, reason: "timed out", isRetryable: true)

    private func wait(_ sends: Int, _ failure: DeliveryFailure, random: Double) -> Int64 {
        Backoff.milliseconds(policy, sends: sends, failure: failure, random: random)
    }

    @Test func growsTwofoldUpToTheUpperBoundWithFullJitter() {
        #expect(wait(1, timeout, random: 1) == 500)
        #expect(wait(2, timeout, random: 1) == 1_000)
        #expect(wait(5, timeout, random: 1) == 8_000)
        #expect(wait(30, timeout, random: 1) == 120_000)
        #expect(wait(Int.max, timeout, random: 1) == 120_000)
        #expect(wait(5, timeout, random: 0) == 0)
    }

    @Test(arguments: [429, 503]) func keepsHalfWhereTheReceiverAsksForLess(_ status: Int) {
        let failure = DeliveryFailure(cause: .status(status), reason: "HTTP \(status)", isRetryable: true)
        #expect(wait(5, failure, random: 0) == 4_000)
        #expect(wait(5, failure, random: 1) == 8_000)
    }

    @Test func neverUndercutsRetryAfter() {
        let failure = DeliveryFailure(
            cause: .status(503), reason: "HTTP 503", isRetryable: true, retryAfterMilliseconds: 60_000)
        #expect(wait(1, failure, random: 0.5) == 60_000)
    }

    @Test func onlyChoosesByWhatTheReceiverAnswered() {
        let filter = FailureFilter(noAnswer: true, statuses: [429...429, 500...599])
        #expect(filter.matches(timeout))
        #expect(filter.matches(DeliveryFailure(cause: .status(502), reason: "", isRetryable: true)))
        #expect(!filter.matches(DeliveryFailure(cause: .status(404), reason: "", isRetryable: false)))
        #expect(!filter.matches(DeliveryFailure(cause: .untrusted, reason: "", isRetryable: false)))
    }
}
