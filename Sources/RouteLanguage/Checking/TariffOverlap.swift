import Billing

/// T0103: two tariffs that name the same customers at the same time. A tariff for everybody (`*`) beside one that names a
/// customer is meant so: the one that names goes first.
enum TariffOverlap {
    static func report(_ tariffs: [(tariff: Tariff, span: Span)], _ reports: Reports) {
        var byCustomer: [String: [Int]] = [:]
        for (position, later) in tariffs.enumerated() {
            let first = later.tariff.customers.compactMap { customer in
                byCustomer[customer]?.first { isSameTime(tariffs[$0].tariff, later.tariff) }
            }.min()
            for customer in Set(later.tariff.customers) { byCustomer[customer, default: []].append(position) }
            guard let first else { continue }
            let earlier = tariffs[first]
            reports.add(
                Diagnostic(
                    .tariffsOverlap,
                    "tariffs `\(earlier.tariff.name)` and `\(later.tariff.name)` price the same customers",
                    at: later.span, label: "at the same time; the one that became valid last is taken",
                    origins: [Diagnostic.Origin("the other one", at: earlier.span)]))
        }
    }

    private static func isSameTime(_ left: Tariff, _ right: Tariff) -> Bool {
        (left.validUntil.map { right.validFrom ?? "" < $0 } ?? true)
            && (right.validUntil.map { left.validFrom ?? "" < $0 } ?? true)
    }
}
