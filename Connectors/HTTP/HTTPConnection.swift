import Connecting

/// One receiver, served by one sender thread.
final class HTTPConnection: DeliveryConnection {
    let hosts: [String]
    let inFlightByDefault = 64
    private let sender: HTTPSender

    init?(_ endpoint: HTTPEndpoint, outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void) {
        hosts = [endpoint.authority]
        guard let sender = HTTPSender(endpoint, outcomes: outcomes), sender.start() else { return nil }
        self.sender = sender
    }

    func send(_ batch: [Dispatch]) { sender.send(batch) }

    /// Waits for the thread: at most the grace and a moment.
    func close(graceMilliseconds: Int64) { sender.close(graceMilliseconds: graceMilliseconds) }
}
