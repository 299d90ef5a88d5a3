import Message

/// The periods that were asked for last: customers share them, and zones are slow to ask.
struct RecentSpans {
    private static let limit = 16

    private var recent: [(period: BillingPeriod, span: PeriodSpan)] = []
    private var oldest = 0

    /// `nil` for a zone that the machine does not know.
    mutating func span(of period: BillingPeriod, at instant: Instant) -> PeriodSpan? {
        if let known = recent.first(where: { $0.span.contains(instant) && $0.period == period }) { return known.span }
        guard let span = period.span(containing: instant) else { return nil }
        if recent.count < RecentSpans.limit {
            recent.append((period, span))
        } else {
            recent[oldest] = (period, span)
            oldest = (oldest + 1) % RecentSpans.limit
        }
        return span
    }
}
