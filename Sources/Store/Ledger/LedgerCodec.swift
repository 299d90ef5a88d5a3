import Billing
import Message

/// What many records share: everything but customer, message and numbers. Stored once, referred to by number.
/// A class, so that passing it on costs one reference and not nine.
final class ChargeTerms: Hashable {
    let tariff: String
    let tariffHash: String
    let charge: String
    let pricedBy: String
    let meter: String
    let route: String
    let connection: String
    let currency: Currency
    let period: String

    init(_ record: LedgerRecord) {
        tariff = record.tariff
        tariffHash = record.tariffHash
        charge = record.chargeName
        pricedBy = record.pricedBy
        meter = record.meter
        route = record.route
        connection = record.connection
        currency = record.currency
        period = record.period
    }

    /// Whether these are the terms of `record`; the fields that differ most come first.
    func match(_ record: LedgerRecord) -> Bool {
        connection == record.connection && meter == record.meter && charge == record.chargeName
            && pricedBy == record.pricedBy && period == record.period && route == record.route
            && tariff == record.tariff && currency == record.currency && tariffHash == record.tariffHash
    }

    /// From the columns of `charge_terms` behind `first`.
    init(_ row: Statement, first: Int32) {
        tariff = row.text(first)
        tariffHash = row.text(first + 1)
        charge = row.text(first + 2)
        pricedBy = row.text(first + 3)
        meter = row.text(first + 4)
        route = row.text(first + 5)
        connection = row.text(first + 6)
        currency = Currency(code: row.text(first + 7), minorDigits: Int(clamping: row.integer(first + 8)))
        period = row.text(first + 9)
    }

    static func == (left: ChargeTerms, right: ChargeTerms) -> Bool {
        left.connection == right.connection && left.meter == right.meter && left.charge == right.charge
            && left.pricedBy == right.pricedBy && left.period == right.period && left.route == right.route
            && left.tariff == right.tariff && left.currency == right.currency && left.tariffHash == right.tariffHash
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(tariffHash)
        hasher.combine(pricedBy)
        hasher.combine(meter)
        hasher.combine(connection)
        hasher.combine(period)
    }

    static let columns =
        "tariff, tariff_hash, charge, priced_by, meter, route, connection, currency, minor_digits, period"
}

/// The part of a record that nobody searches by, as one blob of its row.
struct LedgerRest {
    let step: String
    let itemPath: String
    let kind: LedgerRecord.Kind
    let bytes: Int64
    let valueBase: String
    let ordinal: Int64
    let totalBefore: Int64
    let recordedAt: Int64
    let hash: [UInt8]

    static func append(_ record: LedgerRecord, to buffer: PackedBuffer) {
        buffer.append(text: record.charge.step)
        buffer.append(text: record.charge.itemPath)
        buffer.append(record.charge.kind.rawValue)
        buffer.append(record.bytes)
        buffer.append(text: record.valueBase)
        buffer.append(record.ordinal)
        buffer.append(record.totalBefore)
        buffer.append(record.recordedAt.microseconds)
        buffer.append(block: record.hash)
    }

    init(_ stored: [UInt8]) throws(ByteDecodingError) {
        var reader = ByteReader(stored)
        step = try reader.readText()
        itemPath = try reader.readText()
        guard let kind = LedgerRecord.Kind(rawValue: try reader.read(UInt8.self)) else {
            throw ByteDecodingError(offset: reader.offset, expected: "a kind of charge")
        }
        self.kind = kind
        bytes = try reader.read()
        valueBase = try reader.readText()
        ordinal = try reader.read()
        totalBefore = try reader.read()
        recordedAt = try reader.read()
        hash = Array(try reader.readBlock())
    }
}

/// Records out of `ledger` joined with what they refer to.
enum LedgerRow {
    /// Columns in the order that `record` expects.
    static let selection =
        """
        SELECT seq, name, message, quantity, amount_u, delivered_us, rest, \(ChargeTerms.columns)
        FROM ledger JOIN charge_terms ON charge_terms.id = terms JOIN customers ON customers.id = customer
        """

    /// - Parameter previousHash: the hash of the record before it, which is not stored twice.
    static func record(_ row: Statement, previousHash: [UInt8]) throws(StoreError) -> LedgerRecord {
        let seq = row.integer(0)
        let rest: LedgerRest
        do { rest = try LedgerRest(row.bytes(6)) } catch { throw .damaged(what: "ledger record \(seq): \(error)") }
        return record(
            seq: seq, customer: row.text(1), message: row.text(2), quantity: row.integer(3), amount: row.integer(4),
            deliveredAt: row.integer(5), rest: rest, terms: ChargeTerms(row, first: 7), previousHash: previousHash)
    }

    static func record(
        seq: Int64, customer: String, message: String, quantity: Int64, amount: Int64, deliveredAt: Int64,
        rest: LedgerRest, terms: ChargeTerms, previousHash: [UInt8]
    ) -> LedgerRecord {
        let charge = ChargeID(
            customer: customer, message: message, step: rest.step, itemPath: rest.itemPath, kind: rest.kind)
        return LedgerRecord(
            seq: seq, charge: charge, tariff: terms.tariff, tariffHash: terms.tariffHash, chargeName: terms.charge,
            pricedBy: terms.pricedBy, meter: terms.meter, route: terms.route, connection: terms.connection,
            bytes: rest.bytes, quantity: quantity, valueBase: rest.valueBase, ordinal: rest.ordinal,
            totalBefore: rest.totalBefore, amount: amount, currency: terms.currency,
            deliveredAt: Instant(microseconds: deliveredAt), recordedAt: Instant(microseconds: rest.recordedAt),
            period: terms.period, previousHash: previousHash, hash: rest.hash)
    }

    static let firstHash = [UInt8](repeating: 0, count: 32)
}
