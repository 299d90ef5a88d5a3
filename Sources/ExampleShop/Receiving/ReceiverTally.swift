import Synchronization

/// What a partner's thread and its owner both look at.
final class ReceiverTally: Sendable {
    private struct State {
        var isStopping = false
        var hasEnded = false
        var requests: [PartnerRequest] = []
        var statuses: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    var isStopping: Bool { state.withLock { $0.isStopping } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var requests: [PartnerRequest] { state.withLock { $0.requests } }
    var statuses: [Int: Int] { state.withLock { $0.statuses } }

    func count(_ request: PartnerRequest, status: Int, keepsRequests: Bool) {
        state.withLock {
            $0.statuses[status, default: 0] += 1
            if keepsRequests { $0.requests.append(request) }
        }
    }

    func stop() { state.withLock { $0.isStopping = true } }
    func end() { state.withLock { $0.hasEnded = true } }
}
