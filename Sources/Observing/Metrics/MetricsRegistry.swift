import Synchronization

/// All metrics of a process. A metric is registered once, with its labels, and then counted without a look-up; asking
/// again for the same name and labels gives the same metric.
package final class MetricsRegistry: Sendable {
    package typealias Labels = [(name: String, value: String)]

    enum Reading: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        /// Asked when metrics are rendered, from the console's thread.
        case measured(@Sendable () -> Double)
        case histogram(Histogram)
    }

    struct Family {
        let name: String
        let help: String
        let type: String
        var members: [(labels: [PrometheusText.Label], reading: Reading)]
    }

    private let families = Mutex<[Family]>([])

    package init() {}

    /// - Parameter name: ends with `_total`.
    package func counter(_ name: String, _ help: String, labels: Labels = []) -> Counter {
        let reading = register(name, help, type: "counter", labels) { .counter(Counter()) }
        guard case .counter(let counter) = reading else { preconditionFailure("\(name) is no counter") }
        return counter
    }

    package func gauge(_ name: String, _ help: String, labels: Labels = []) -> Gauge {
        let reading = register(name, help, type: "gauge", labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = reading else { preconditionFailure("\(name) is no gauge") }
        return gauge
    }

    /// A gauge whose value is asked for whenever metrics are read; it replaces one of the same name and labels.
    package func gauge(
        _ name: String, _ help: String, labels: Labels = [], measure: @escaping @Sendable () -> Double
    ) {
        _ = register(name, help, type: "gauge", labels, replacing: true) { .measured(measure) }
    }

    package func histogram(
        _ name: String, _ help: String, labels: Labels = [], bounds: [Int64] = Histogram.latencyBounds,
        perUnit: Int64 = Histogram.microsecondsPerSecond
    ) -> Histogram {
        let reading = register(name, help, type: "histogram", labels) {
            .histogram(Histogram(bounds: bounds, perUnit: perUnit))
        }
        guard case .histogram(let histogram) = reading else { preconditionFailure("\(name) is no histogram") }
        return histogram
    }

    /// Shows a histogram that somebody else counts in.
    package func adopt(_ name: String, _ help: String, labels: Labels = [], _ histogram: Histogram) {
        _ = register(name, help, type: "histogram", labels) { .histogram(histogram) }
    }

    /// Prometheus text format 0.0.4, families by name, members in order of registration.
    package func render() -> String {
        let snapshot = families.withLock { $0 }
        return PrometheusText.render(snapshot.sorted { $0.name < $1.name })
    }

    private func register(
        _ name: String, _ help: String, type: String, _ labels: Labels, replacing: Bool = false,
        make: () -> Reading
    ) -> Reading {
        precondition(PrometheusText.isName(name), "\(name) is no metric name")
        precondition(labels.allSatisfy { PrometheusText.isLabelName($0.name) }, "\(name) has a label that is no name")
        let labels = labels.map { PrometheusText.Label(name: $0.name, value: $0.value) }
        return families.withLock { families in
            let index = families.firstIndex { $0.name == name } ?? families.endIndex
            if index == families.endIndex { families.append(Family(name: name, help: help, type: type, members: [])) }
            precondition(families[index].type == type, "\(name) is a \(families[index].type) already")
            if let member = families[index].members.firstIndex(where: { $0.labels == labels }) {
                if replacing { families[index].members[member].reading = make() }
                return families[index].members[member].reading
            }
            let reading = make()
            families[index].members.append((labels: labels, reading: reading))
            return reading
        }
    }
}
