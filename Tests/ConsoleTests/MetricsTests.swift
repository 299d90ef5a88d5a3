import Observing
import Testing

@Suite struct MetricsTests {
    @Test func rendersTheTextFormat() {
        let registry = MetricsRegistry()
        registry.counter("waybill_messages_seen_total", "Messages that became known.", labels: [("route", "orders")])
            .increment(by: 3)
        registry.counter("waybill_messages_seen_total", "", labels: [("route", "a\"b\\c\nd")]).increment()
        registry.gauge("waybill_queue_waiting", "Back\\slash\nand line.").set(-2)
        registry.gauge("waybill_start_time_seconds", "Start.") { 1.5 }
        let histogram = registry.histogram(
            "waybill_commit_duration_seconds", "Commits.", bounds: [500, 1_000, 2_500_000])
        for value in [100, 500, 501, 1_000, 9_000_000] { histogram.observe(Int64(value)) }
        #expect(
            registry.render() == """
                # HELP waybill_commit_duration_seconds Commits.
                # TYPE waybill_commit_duration_seconds histogram
                waybill_commit_duration_seconds_bucket{le="0.0005"} 2
                waybill_commit_duration_seconds_bucket{le="0.001"} 4
                waybill_commit_duration_seconds_bucket{le="2.5"} 4
                waybill_commit_duration_seconds_bucket{le="+Inf"} 5
                waybill_commit_duration_seconds_sum 9.002101
                waybill_commit_duration_seconds_count 5
                # HELP waybill_messages_seen_total Messages that became known.
                # TYPE waybill_messages_seen_total counter
                waybill_messages_seen_total{route="orders"} 3
                waybill_messages_seen_total{route="a\\"b\\\\c\\nd"} 1
                # HELP waybill_queue_waiting Back\\\\slash\\nand line.
                # TYPE waybill_queue_waiting gauge
                waybill_queue_waiting -2
                # HELP waybill_start_time_seconds Start.
                # TYPE waybill_start_time_seconds gauge
                waybill_start_time_seconds 1.5

                """)
    }

    @Test func theSameNameAndLabelsAreTheSameMetric() {
        let registry = MetricsRegistry()
        registry.counter("a_total", "A.", labels: [("x", "1")]).increment()
        registry.counter("a_total", "A.", labels: [("x", "1")]).increment()
        #expect(registry.counter("a_total", "A.", labels: [("x", "1")]).value == 2)
        #expect(registry.counter("a_total", "A.", labels: [("x", "2")]).value == 0)
    }

    @Test func countsFromManyThreads() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", "A.")
        let histogram = registry.histogram("b_bytes", "B.", bounds: [10], perUnit: 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for value in 0..<10_000 {
                        counter.increment()
                        histogram.observe(Int64(value % 20))
                    }
                }
            }
        }
        #expect(counter.value == 80_000)
        #expect(histogram.snapshot().cumulated == [44_000, 80_000])
        #expect(histogram.snapshot().sum == 760_000)
    }
}
