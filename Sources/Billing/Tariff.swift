package import Message

/// A price list of a set of customers, checked. One value a `tariff` declaration.
package struct Tariff: Sendable, Hashable {
    package let name: String
    /// SHA-256 of the canonical text, hex: stands on every record that it priced.
    package let hash: String
    /// Globs over the customer's id: `*` and `?`.
    package let customers: [String]
    package let currency: Currency
    package let period: BillingPeriod
    /// Local dates in the period's zone, half-open; nil: no end. `yyyy-MM-dd`.
    package let validFrom: String?
    package let validUntil: String?
    /// First matching one prices the event.
    package let charges: [Charge]
    /// Tax in parts of a million (19 % = 190,000); nil: none.
    package let taxPerMillion: Int64?
    /// How an invoice line becomes a payable amount.
    package let rounding: RoundingRule

    package struct Charge: Sendable, Hashable {
        package let name: String
        /// All must hold; empty: always.
        package let conditions: [Condition]
        package let basis: Basis
        /// Line of the price in its file, for the record.
        package let file: String
        package let line: Int
        /// Per `priceDivisor` units, in `u` of the currency; both exact.
        package let priceUnits: Int64
        package let priceDivisor: Int64

        package init(
            name: String, conditions: [Condition], basis: Basis, file: String, line: Int, priceUnits: Int64,
            priceDivisor: Int64
        ) {
            self.name = name
            self.conditions = conditions
            self.basis = basis
            self.file = file
            self.line = line
            self.priceUnits = priceUnits
            self.priceDivisor = priceDivisor
        }
    }

    package enum Basis: Sendable, Hashable { case delivery, unit }

    /// `.meter like "orders.*"`, `.route == "orders"`, `.units > 3`.
    package struct Condition: Sendable, Hashable {
        package enum Field: String, Sendable, Hashable { case meter, route, destination, type, bytes, units, value }
        package enum Test: Sendable, Hashable {
            case equal(String)
            case notEqual(String)
            case like(String)
            case isIn([String])
            case less(Int64)
            case lessOrEqual(Int64)
            case greater(Int64)
            case greaterOrEqual(Int64)
        }
        package let field: Field
        package let test: Test
        package init(field: Field, test: Test) {
            self.field = field
            self.test = test
        }
    }

    package init(
        name: String, hash: String, customers: [String], currency: Currency, period: BillingPeriod, validFrom: String?,
        validUntil: String?, charges: [Charge], taxPerMillion: Int64?,
        rounding: RoundingRule = .halfEven
    ) {
        self.name = name
        self.hash = hash
        self.customers = customers
        self.currency = currency
        self.period = period
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.charges = charges
        self.taxPerMillion = taxPerMillion
        self.rounding = rounding
    }
}
