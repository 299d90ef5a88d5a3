import Connecting
import Foundation
import Testing

/// Collects outcomes and waits for them.
final class DeliveryProbe: @unchecked Sendable {
    private let condition = NSCondition()
    private var outcomes: [DeliveryOutcome] = []

    func receive(_ batch: [DeliveryOutcome]) {
        condition.lock()
        outcomes += batch
        condition.broadcast()
        condition.unlock()
    }

    /// The outcomes by token, once `count` of them are there.
    func wait(_ count: Int, seconds: Double = 20) throws -> [UInt64: Result<Delivered, DeliveryFailure>] {
        condition.lock()
        defer { condition.unlock() }
        let end = Date(timeIntervalSinceNow: seconds)
        while outcomes.count < count && condition.wait(until: end) {}
        try #require(outcomes.count == count)
        return Dictionary(uniqueKeysWithValues: outcomes.map { ($0.token, $0.result) })
    }
}

extension Result<Delivered, DeliveryFailure> {
    var failure: DeliveryFailure? { if case .failure(let failure) = self { failure } else { nil } }
    var success: Delivered? { try? get() }
}
