import Billing
import Message

/// Copies of a record with one field changed each.
enum Forgery {
    static func every(_ record: LedgerRecord) -> [LedgerRecord] {
        (0..<24).map { forge(record, field: $0) }
    }

    private static func forge(_ record: LedgerRecord, field: Int) -> LedgerRecord {
        func text(_ value: String, _ number: Int) -> String { number == field ? value + "x" : value }
        func number(_ value: Int64, _ number: Int) -> Int64 { number == field ? value ^ 1 : value }
        func hash(_ value: [UInt8], _ number: Int) -> [UInt8] {
            number == field ? [value[0] ^ 0x80] + value[1...] : value
        }
        return LedgerRecord(
            seq: number(record.seq, 0),
            charge: ChargeID(
                customer: text(record.charge.customer, 1), message: text(record.charge.message, 2),
                step: text(record.charge.step, 3), itemPath: text(record.charge.itemPath, 4), kind: .usage),
            tariff: text(record.tariff, 5), tariffHash: text(record.tariffHash, 6),
            chargeName: text(record.chargeName, 7), pricedBy: text(record.pricedBy, 8), meter: text(record.meter, 9),
            route: text(record.route, 10), connection: text(record.connection, 11), bytes: number(record.bytes, 12),
            quantity: number(record.quantity, 13), valueBase: text(record.valueBase, 14),
            ordinal: number(record.ordinal, 15), totalBefore: number(record.totalBefore, 16),
            amount: number(record.amount, 17),
            currency: Currency(
                code: text(record.currency.code, 18), minorDigits: record.currency.minorDigits + (field == 23 ? 1 : 0)),
            deliveredAt: Instant(microseconds: number(record.deliveredAt.microseconds, 19)),
            recordedAt: Instant(microseconds: number(record.recordedAt.microseconds, 22)),
            period: text(record.period, 20),
            previousHash: record.previousHash, hash: hash(record.hash, 21))
    }
}
