package import Message

/// One line of the ledger: append-only, hash-chained, priced when it was written. No payload and no address in it.
package struct LedgerRecord: Sendable, Hashable {
    package enum Kind: UInt8, Sendable, Hashable { case usage = 1 }

    /// Gapless, from 1.
    package let seq: Int64
    package let charge: ChargeID
    /// Empty where no tariff or no charge matched: recorded unpriced, and alarmed.
    package let tariff: String
    package let tariffHash: String
    package let chargeName: String
    /// `tariffs.route:12`, the line that priced it.
    package let pricedBy: String
    package let meter: String
    package let route: String
    package let connection: String
    /// Size of the body that was sent.
    package let bytes: Int64
    package let quantity: Int64
    /// `.value` of the bill step, as written; empty: none.
    package let valueBase: String
    /// The how manieth unit of (customer, charge, period) this record ends at, and F before it.
    package let ordinal: Int64
    package let totalBefore: Int64
    /// Signed, in u of the currency.
    package let amount: Int64
    package let currency: Currency
    /// Prices the record.
    package let deliveredAt: Instant
    /// When it was written.
    package let recordedAt: Instant
    /// `2026-11`; empty where unpriced.
    package let period: String
    package let previousHash: [UInt8]
    package let hash: [UInt8]

    package init(
        seq: Int64, charge: ChargeID, tariff: String, tariffHash: String, chargeName: String, pricedBy: String,
        meter: String, route: String, connection: String, bytes: Int64, quantity: Int64, valueBase: String,
        ordinal: Int64, totalBefore: Int64, amount: Int64, currency: Currency, deliveredAt: Instant,
        recordedAt: Instant, period: String, previousHash: [UInt8], hash: [UInt8]
    ) {
        self.seq = seq
        self.charge = charge
        self.tariff = tariff
        self.tariffHash = tariffHash
        self.chargeName = chargeName
        self.pricedBy = pricedBy
        self.meter = meter
        self.route = route
        self.connection = connection
        self.bytes = bytes
        self.quantity = quantity
        self.valueBase = valueBase
        self.ordinal = ordinal
        self.totalBefore = totalBefore
        self.amount = amount
        self.currency = currency
        self.deliveredAt = deliveredAt
        self.recordedAt = recordedAt
        self.period = period
        self.previousHash = previousHash
        self.hash = hash
    }
}

/// What makes a charge the same charge: it is written once for ever. Sorts by message.
package struct ChargeID: Sendable, Hashable {
    package let customer: String
    /// `shop.orders/4711`.
    package let message: String
    /// `orders/7/1`.
    package let step: String
    /// Index path of the split items around the step: empty, `0`, `3.1`.
    package let itemPath: String
    package let kind: LedgerRecord.Kind

    package init(customer: String, message: String, step: String, itemPath: String, kind: LedgerRecord.Kind) {
        self.customer = customer
        self.message = message
        self.step = step
        self.itemPath = itemPath
        self.kind = kind
    }
}

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
