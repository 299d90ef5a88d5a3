import Connecting
import Message

/// The receivers of a simulated run, with a log that survives every restart: the world remembers what reached it.
struct ReceiverModel {
    struct Accepted: Hashable {
        let key: String
        let target: String
        let body: [UInt8]
    }

    /// Every request that an HTTP receiver worked, in order, whether the engine learnt of it or not.
    private(set) var accepted: [String: [Accepted]] = [:]
    /// What the files that lines are added to hold, by path.
    private(set) var files: [String: [UInt8]] = [:]
    var failureChance = 0.3
    var isDown: Set<String> = []
    /// Refuses some messages for good, until somebody mends it.
    var isPicky = true

    /// Works a request, or not, and says what the engine hears.
    mutating func receive(
        _ request: DeliveryRequest, at connection: String, _ random: inout SplitMix
    ) -> Result<Delivered, DeliveryFailure> {
        if isDown.contains(connection) {
            return .failure(
                DeliveryFailure(cause: .noAnswer, reason: "connection refused", isRetryable: true, concernsHost: true))
        }
        if let refusal = refusal(of: request, at: connection) { return .failure(refusal) }
        if random.fraction() >= failureChance { return .success(work(request, at: connection)) }
        if connection == "archive" {
            return .failure(
                DeliveryFailure(cause: .file(28), reason: "no space", isRetryable: true, concernsHost: true))
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return .failure(
                DeliveryFailure(cause: .status(503), reason: "HTTP 503", isRetryable: true, concernsHost: true))
        case 1:
            _ = work(request, at: connection)
            return .failure(
                DeliveryFailure(cause: .noAnswer, reason: "timed out", isRetryable: true, outcomeUnknown: true))
        default:
            return .failure(DeliveryFailure(cause: .noAnswer, reason: "reset", isRetryable: true, outcomeUnknown: true))
        }
    }

    private func refusal(of request: DeliveryRequest, at connection: String) -> DeliveryFailure? {
        guard isPicky else { return nil }
        if connection == "archive" {
            guard request.action == "append", request.idempotencyKey.utf8.reduce(0, { $0 &+ Int($1) }) % 9 == 0 else {
                return nil
            }
            return DeliveryFailure(cause: .refused, reason: "a bad name", isRetryable: false)
        }
        let isOddJob =
            request.idempotencyKey.hasPrefix("queue.")
            && request.idempotencyKey.utf8.reduce(0, { $0 &+ Int($1) }) % 7 == 0
        if isOddJob || request.idempotencyKey.hasSuffix("7") {
            return DeliveryFailure(cause: .status(422), reason: "HTTP 422", isRetryable: false)
        }
        guard request.idempotencyKey.hasSuffix("5") else { return nil }
        return DeliveryFailure(cause: .untrusted, reason: "certificate expired", isRetryable: false)
    }

    private mutating func work(_ request: DeliveryRequest, at connection: String) -> Delivered {
        guard request.action == "append" else {
            let seen = Accepted(key: request.idempotencyKey, target: request.target, body: request.body)
            accepted[connection, default: []].append(seen)
            return Delivered(status: 200)
        }
        files[request.target, default: []] += Array(request.idempotencyKey.utf8) + [UInt8(ascii: "\n")]
        let length = Int64(files[request.target]?.count ?? 0)
        return Delivered(status: 0, appended: FileExtent(path: request.target, inode: 1, length: length))
    }

    /// What the receiver worked although the engine died before it could hear of it; of a line perhaps the beginning only.
    mutating func workUnheard(_ request: DeliveryRequest, at connection: String, _ random: inout SplitMix) {
        guard !isDown.contains(connection), refusal(of: request, at: connection) == nil else { return }
        _ = work(request, at: connection)
        guard request.action == "append", let bytes = files[request.target] else { return }
        let lost = Int.random(in: 0...request.idempotencyKey.utf8.count, using: &random)
        files[request.target] = Array(bytes.dropLast(lost))
    }

    /// The start of the file connection: every file is cut to what was committed.
    /// - Returns: a sentence where a file is shorter than that.
    mutating func cut(to extents: [FileExtent]) -> String? {
        for (path, bytes) in files {
            let length = Int(extents.first { $0.path == path }?.length ?? 0)
            if bytes.count < length { return "\(path) has \(bytes.count) bytes, \(length) are committed" }
            files[path] = Array(bytes.prefix(length))
        }
        return nil
    }
}
