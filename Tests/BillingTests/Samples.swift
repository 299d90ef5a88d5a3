import Billing
import Message

/// Tariffs, events and dice for these tests.
enum Samples {
    static let euro = Currency(code: "EUR", minorDigits: 2)

    static func charge(
        _ name: String, _ price: String, per divisor: Int64 = 1, when conditions: [Tariff.Condition] = [],
        basis: Tariff.Basis = .delivery, currency: Currency = euro, line: Int = 1
    ) throws -> Tariff.Charge {
        let price = try UnitPrice(price, per: divisor, currency: currency)
        return Tariff.Charge(
            name: name, conditions: conditions, basis: basis, file: "tariffs.route", line: line,
            priceUnits: price.units, priceDivisor: price.divisor)
    }

    static func tariff(
        _ name: String, customers: [String] = ["*"], currency: Currency = euro, unit: BillingPeriod.Unit = .month,
        zone: String = "Europe/Berlin", from: String? = nil, until: String? = nil, charges: [Tariff.Charge],
        taxPerMillion: Int64? = nil, rounding: RoundingRule = .halfEven, hash: String? = nil
    ) -> Tariff {
        Tariff(
            name: name, hash: hash ?? "hash of \(name)", customers: customers, currency: currency,
            period: BillingPeriod(unit: unit, zone: zone), validFrom: from, validUntil: until, charges: charges,
            taxPerMillion: taxPerMillion, rounding: rounding)
    }

    static func event(
        _ number: Int, customer: String = "1001", meter: String = "orders.dach", units: Int64 = 1,
        value: String? = nil, at instant: String = "2026-11-24T12:00:00Z"
    ) -> BillableEvent {
        event(number, customer: customer, meter: meter, units: units, value: value, at: Instant(instant)!)
    }

    static func event(
        _ number: Int, customer: String = "1001", meter: String = "orders.dach", units: Int64 = 1,
        value: String? = nil, at instant: Instant
    ) -> BillableEvent {
        BillableEvent(
            charge: ChargeID(
                customer: customer, message: "shop.orders/\(number)", step: "orders/7/1", itemPath: "", kind: .usage),
            meter: meter, route: "orders", connection: "acme", destinationType: "http", bytes: 512, units: units,
            value: value.flatMap { ExactDecimal($0) }, deliveredAt: instant)
    }

    static let now = Instant(microseconds: 1_795_500_300_000_000)
}
