import ExampleShop
import Foundation
import Synchronization

/// Inserts orders of the example all the time, on a thread and a connection of its own, until it is stopped.
final class OrderFlow: Sendable {
    private struct State {
        var next = 1
        var isStopping = false
        var hasEnded = false
        var problem: String?
    }

    private let state = Mutex(State())
    private static let batch = 50

    /// - Parameter pauseMilliseconds: between two batches of 50 orders.
    init(socketPath: String, pauseMilliseconds: Int = 40) {
        let thread = Thread { [self] in
            do {
                let connection = try ShopConnection(socketPath: socketPath, database: "shop")
                while !state.withLock({ $0.isStopping }) {
                    let next = state.withLock { $0.next }
                    try ShopFilling.fill(connection, ordinals: next..<next + Self.batch)
                    state.withLock { $0.next += Self.batch }
                    usleep(UInt32(pauseMilliseconds) * 1_000)
                }
            } catch {
                state.withLock { $0.problem = "\(error)" }
            }
            state.withLock { $0.hasEnded = true }
        }
        thread.start()
    }

    /// Orders that were committed so far.
    var inserted: Int { state.withLock { $0.next - 1 } }

    /// Ends it.
    /// - Returns: orders in all.
    func stop() throws -> Int {
        state.withLock { $0.isStopping = true }
        while !state.withLock({ $0.hasEnded }) { usleep(2_000) }
        if let problem = state.withLock({ $0.problem }) { throw StageError.inserting(problem) }
        return inserted
    }
}
