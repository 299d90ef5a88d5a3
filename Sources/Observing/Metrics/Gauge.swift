import Synchronization

/// A value that goes up and down.
package final class Gauge: Sendable {
    private let current = Atomic<Int64>(0)

    package init() {}

    package func set(_ value: Int64) { current.store(value, ordering: .relaxed) }

    package func add(_ amount: Int64) { current.wrappingAdd(amount, ordering: .relaxed) }

    package var value: Int64 { current.load(ordering: .relaxed) }
}
