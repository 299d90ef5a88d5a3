import Billing
import Message

/// What a store does for reports, over records in memory.
enum Ledgers {
    private struct Key: Hashable {
        let tariff: String, tariffHash: String, charge: String, pricedBy: String, meter: String, period: String
        let currency: Currency
    }

    static func rows(_ records: [LedgerRecord], of customer: String) -> [LedgerAggregate] {
        let own = records.filter { $0.charge.customer == customer && !$0.isUnpriced }
        let groups = Dictionary(grouping: own) {
            Key(
                tariff: $0.tariff, tariffHash: $0.tariffHash, charge: $0.chargeName, pricedBy: $0.pricedBy,
                meter: $0.meter, period: $0.period, currency: $0.currency)
        }
        return groups.map { key, records in
            LedgerAggregate(
                tariff: key.tariff, tariffHash: key.tariffHash, charge: key.charge, pricedBy: key.pricedBy,
                meter: key.meter, period: key.period, currency: key.currency,
                quantity: records.reduce(0) { $0 + $1.quantity }, amount: records.reduce(0) { $0 + $1.amount },
                records: Int64(records.count), firstSeq: records.map(\.seq).min()!, lastSeq: records.map(\.seq).max()!)
        }
    }

    static func facts(
        _ records: [LedgerRecord], of customer: String, in key: String, tariffs: [Tariff], delivered: Int64? = nil
    ) -> BillFacts {
        let span = PeriodSpan(key: key, customer: customer, tariffs: tariffs)!
        let own = records.filter { $0.charge.customer == customer && span.contains($0.deliveredAt) }
        return BillFacts(
            customer: customer, span: span, rows: rows(own, of: customer),
            unpriced: Int64(own.filter(\.isUnpriced).count), delivered: delivered ?? Int64(own.count),
            billed: Int64(own.count),
            head: LedgerHead(seq: Int64(records.count), hash: records.last?.hash ?? LedgerHead.beginning.hash),
            asOf: Samples.now)
    }
}
