import Billing
import Connecting
import Glibc
import Message
import Store

/// A data folder with the life of three orders in it: two delivered and billed, one dead.
struct SmallStore {
    let folder: String

    init() throws {
        var template = Array("/tmp/waybill-command-XXXXXX".utf8CString)
        folder = String(cString: mkdtemp(&template))
        let store = try SQLiteStore(folder: folder)
        let route = store.routeID("orders")
        let plan = store.keepPlan(hash: "plan", sources: [])
        let rows = (1...3).map { number in
            SeenRow(
                identity: .int(Int64(number)), message: "shop.orders/\(number)", content: 1,
                word: number == 3 ? .dead : .delivered, seenAt: Self.at)
        }
        store.record(.seen(SourceAdvance(route: route, rows: rows, position: [1], positionText: "after id 3")))
        for number in 1...2 { Self.deliver(number, store, route) }
        store.record(.deadLettered(Self.letter(route, plan)))
        store.record(
            .conflictFound(
                Conflict(route: route, message: "shop.orders/4", key: "S-1", firstMessage: 1, at: Self.at)))
        try store.commit()
    }

    static let at = Instant(microseconds: 1_794_000_000_000_000)  // 2026-11-06

    private static func deliver(_ number: Int, _ store: SQLiteStore, _ route: RouteID) {
        let message = "shop.orders/\(number)"
        store.record(
            .delivered(
                DeliveryMark(route: route, message: message, step: "orders/1", itemPath: "", at: at, billedTo: "1001")))
        let head = store.ledgerHead()
        store.record(
            .charged(
                LedgerRecord(
                    seq: head.seq + 1,
                    charge: ChargeID(customer: "1001", message: message, step: "orders/1", itemPath: "", kind: .usage),
                    tariff: "dach", tariffHash: "00ff", chargeName: "partner", pricedBy: "tariffs.route:9",
                    meter: "orders.dach", route: "orders", connection: "acme", bytes: 10, quantity: 1, valueBase: "",
                    ordinal: head.seq + 1, totalBefore: head.seq * 4_120_000, amount: 4_120_000,
                    currency: Currency(code: "EUR", minorDigits: 2), deliveredAt: at, recordedAt: at,
                    period: "2026-11", previousHash: head.hash, hash: [UInt8](repeating: UInt8(number), count: 32))))
    }

    private static func letter(_ route: RouteID, _ plan: PlanID) -> DeadLetter {
        DeadLetter(
            id: 0, route: route, queue: "failed", message: "shop.orders/3", step: "orders/1",
            reason: "answered 422\u{1b}[2J", lastOutcomeUnknown: false, attempts: 1, at: at, plan: plan, body: [1, 2],
            progress: nil, parent: nil)
    }

    func remove() {
        for name in [
            "waybill.db", "waybill.db-wal", "waybill.db-shm", "waybill.ballast", "admin.token", "admin.address",
        ] {
            unlink("\(folder)/\(name)")
        }
        guard let directory = opendir(folder) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(folder)/\(name)")
        }
        closedir(directory)
        rmdir(folder)
    }
}
