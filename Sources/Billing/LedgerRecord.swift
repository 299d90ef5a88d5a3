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
    /// SHA-256 of `previousHash` and the layout; 32 bytes.
    package internal(set) var hash: [UInt8]

    /// No tariff, no charge or no number that fits: written without a price, and alarmed.
    package var isUnpriced: Bool { tariff.isEmpty }

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
