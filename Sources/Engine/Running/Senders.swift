package import Connecting
import Synchronization

/// The open connections by their place in the table, for letting dispatches out.
package final class Senders: Sendable {
    private let connections = Mutex<[any DeliveryConnection]>([])

    package init() {}

    package func replace(_ all: [any DeliveryConnection]) { connections.withLock { $0 = all } }

    package func send(_ dispatches: [Int: [Dispatch]]) {
        guard !dispatches.isEmpty else { return }
        let all = connections.withLock { $0 }
        for (index, batch) in dispatches where all.indices.contains(index) { all[index].send(batch) }
    }

    package func close(graceMilliseconds: Int64) {
        for connection in connections.withLock({ $0 }) { connection.close(graceMilliseconds: graceMilliseconds) }
    }
}
