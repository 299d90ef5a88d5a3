package import Message

/// A delivery that is to be billed, before a tariff has priced it.
package struct BillableEvent: Sendable, Hashable {
    package let charge: ChargeID
    package let meter: String
    package let route: String
    package let connection: String
    /// `http`, `file`.
    package let destinationType: String
    package let bytes: Int64
    package let units: Int64
    package let value: ExactDecimal?
    package let deliveredAt: Instant

    package init(
        charge: ChargeID, meter: String, route: String, connection: String, destinationType: String, bytes: Int64,
        units: Int64, value: ExactDecimal?, deliveredAt: Instant
    ) {
        self.charge = charge
        self.meter = meter
        self.route = route
        self.connection = connection
        self.destinationType = destinationType
        self.bytes = bytes
        self.units = units
        self.value = value
        self.deliveredAt = deliveredAt
    }
}
