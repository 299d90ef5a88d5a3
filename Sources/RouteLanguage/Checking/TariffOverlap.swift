import Billing

/// T0103: two tariffs that could price one delivery of one customer.
enum TariffOverlap {
    static func report(_ tariffs: [(tariff: Tariff, span: Span)], _ reports: Reports) {
        for (position, later) in tariffs.enumerated() {
            guard let earlier = tariffs.prefix(position).first(where: { overlap($0.tariff, later.tariff) }) else { continue }
            reports.add(
                Diagnostic(
                    .tariffsOverlap, "tariffs `\(earlier.tariff.name)` and `\(later.tariff.name)` price the same customers",
                    at: later.span, label: "at the same time",
                    origins: [Diagnostic.Origin("the other one", at: earlier.span)]))
        }
    }

    private static func overlap(_ left: Tariff, _ right: Tariff) -> Bool {
        let isSameTime =
            (left.validUntil.map { right.validFrom ?? "" < $0 } ?? true)
            && (right.validUntil.map { left.validFrom ?? "" < $0 } ?? true)
        return isSameTime && left.customers.contains { one in right.customers.contains { areJoint(one, $0) } }
    }

    /// Two names are joint if one glob takes the other as it is written: enough for names beside globs, and for equal
    /// globs; two different globs may well be meant apart.
    private static func areJoint(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        let isGlob: (String) -> Bool = { $0.utf8.contains(UInt8(ascii: "*")) || $0.utf8.contains(UInt8(ascii: "?")) }
        if isGlob(left), !isGlob(right) { return Glob.matches(right, left) }
        if isGlob(right), !isGlob(left) { return Glob.matches(left, right) }
        return false
    }
}
