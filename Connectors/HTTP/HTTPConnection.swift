import Connecting

/// A receiver of one host or of several that do the same work, served by one sender thread. The engine chooses the host
/// of each request.
final class HTTPConnection: DeliveryConnection {
    let hosts: [String]
    let inFlightByDefault = 64
    private let sender: HTTPSender

    init?(_ endpoint: HTTPEndpoint, outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void) {
        hosts = endpoint.hosts.map(\.authority)
        guard let sender = HTTPSender(endpoint, outcomes: outcomes), sender.start() else { return nil }
        self.sender = sender
    }

    func send(_ batch: [Dispatch]) { sender.send(batch) }

    /// Waits for the thread: at most the grace and a moment.
    func close(graceMilliseconds: Int64) { sender.close(graceMilliseconds: graceMilliseconds) }
}
