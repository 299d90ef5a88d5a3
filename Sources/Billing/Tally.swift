/// What one ordinal count runs over.
package struct TallyKey: Sendable, Hashable {
    package let customer: String
    package let tariff: String
    package let charge: String
    package let period: String
    package init(customer: String, tariff: String, charge: String, period: String) {
        self.customer = customer
        self.tariff = tariff
        self.charge = charge
        self.period = period
    }
}

/// Units so far and F of them, in u.
package struct Tally: Sendable, Hashable {
    package var quantity: Int64
    package var total: Int64
    package init(quantity: Int64 = 0, total: Int64 = 0) {
        self.quantity = quantity
        self.total = total
    }
}
