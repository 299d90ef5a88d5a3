import Connecting
import Message

/// The receivers of a simulated run, with a log that survives every restart: the world remembers what reached it.
struct ReceiverModel {
    struct Accepted: Hashable {
        let key: String
        let body: [UInt8]
    }

    /// Every request that a receiver worked, in order, whether the engine learnt of it or not.
    private(set) var accepted: [String: [Accepted]] = [:]
    /// Sends of each key, worked or not.
    private(set) var sends: [String: Int] = [:]
    var failureChance = 0.3
    var isDown: Set<String> = []

    /// Works a request, or not, and says what the engine hears.
    mutating func receive(_ request: DeliveryRequest, at connection: String, _ random: inout SplitMix)
        -> Result<Delivered, DeliveryFailure>
    {
        sends[request.idempotencyKey, default: 0] += 1
        if isDown.contains(connection) {
            return .failure(
                DeliveryFailure(cause: .noAnswer, reason: "connection refused", isRetryable: true, concernsHost: true))
        }
        if request.idempotencyKey.hasSuffix("7") {
            return .failure(DeliveryFailure(cause: .status(422), reason: "HTTP 422", isRetryable: false))
        }
        guard random.fraction() < failureChance else {
            accepted[connection, default: []].append(Accepted(key: request.idempotencyKey, body: request.body))
            return .success(Delivered(status: 200))
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return .failure(
                DeliveryFailure(cause: .status(503), reason: "HTTP 503", isRetryable: true, concernsHost: true))
        case 1:
            accepted[connection, default: []].append(Accepted(key: request.idempotencyKey, body: request.body))
            return .failure(
                DeliveryFailure(cause: .noAnswer, reason: "timed out", isRetryable: true, outcomeUnknown: true))
        default:
            return .failure(DeliveryFailure(cause: .noAnswer, reason: "reset", isRetryable: true, outcomeUnknown: true))
        }
    }

    /// What the receiver worked although the engine died before it could hear of it.
    mutating func workUnheard(_ request: DeliveryRequest, at connection: String) {
        guard !isDown.contains(connection), !request.idempotencyKey.hasSuffix("7") else { return }
        accepted[connection, default: []].append(Accepted(key: request.idempotencyKey, body: request.body))
    }
}
