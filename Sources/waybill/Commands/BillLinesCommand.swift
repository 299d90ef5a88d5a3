import Billing
import Console
import Message
import Store

/// `waybill bill lines`.
enum BillLinesCommand {
    private static let pageSize = 2_000

    static let command = Command(
        "bill lines", .bill, "Show the records of the ledger, one delivery a line.",
        details: "Reads the data folder, beside the service or without one. Always JSON, one object a line.",
        flags: [
            .data,
            Flag("--customer", value: "ID", "Only those of one customer."),
            Flag("--month", value: "PERIOD", "Only those of one period: 2026-11."),
        ],
        examples: ["waybill bill lines --customer 1001 --month 2026-11", "waybill bill lines | jq -r .message"]
    ) { arguments, terminal throws(CommandFailure) in
        let folder = try arguments.required("--data")
        guard FolderState.exists(folder) else {
            throw CommandFailure(.unreachable, "there is no data in \(folder)", "give another --data")
        }
        if let month = arguments.text("--month"), PeriodSpan(key: month, customer: "", tariffs: []) == nil {
            throw CommandFailure(
                .usage, "`--month \(month)` is no period", "write 2026-11, 2026-W48, 2026-11-24 or 2026")
        }
        let filter = StoreReader.LedgerFilter(customer: arguments.text("--customer"), period: arguments.text("--month"))
        do throws(StoreError) {
            try printAll(filter, of: try StoreReader(folder: folder), on: terminal)
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
        return .ok
    }

    /// In pages, so that a long ledger neither fills the memory nor holds up the writer's log.
    private static func printAll(
        _ filter: StoreReader.LedgerFilter, of reader: StoreReader, on terminal: Terminal
    ) throws(StoreError) {
        var last: Int64 = 0
        while true {
            let page = try reader.ledgerLines(filter, after: last, limit: pageSize)
            var bytes: [UInt8] = []
            for record in page { bytes += line(record) }
            terminal.print(bytes: bytes)
            guard page.count == pageSize, let seq = page.last?.seq else { return }
            last = seq
        }
    }

    /// Money is text with all its digits, times are UTC; `tariff` is empty where the record is unpriced.
    static func line(_ record: LedgerRecord) -> [UInt8] {
        JSONObject([
            ("seq", Value(record.seq)), ("customer", .text(record.charge.customer)),
            ("message", .text(record.charge.message)), ("step", .text(record.charge.step)),
            ("item", .text(record.charge.itemPath)), ("tariff", .text(record.tariff)),
            ("charge", .text(record.chargeName)), ("meter", .text(record.meter)), ("route", .text(record.route)),
            ("connection", .text(record.connection)), ("quantity", Value(record.quantity)),
            ("amount", .text(Money(units: record.amount, currency: record.currency).plainText)),
            ("currency", .text(record.currency.code)), ("period", .text(record.period)),
            ("delivered_at", .instant(record.deliveredAt)), ("recorded_at", .instant(record.recordedAt)),
        ]).line()
    }
}
