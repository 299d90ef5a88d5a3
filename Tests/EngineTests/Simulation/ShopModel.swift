import Message
import MySQLConnector

/// What a MySQL table goes through: transactions that take their ids early and commit late, roll back, or commit rows
/// that repeat the number of another; a server that gives way to its replica. It remembers what must become of every row.
struct ShopModel {
    struct Order: Hashable {
        let id: Int64
        let number: String
        var status: String
        let country: String?
        let net: Int64
        let customer: Int64
        let lines: [String]
    }

    private struct Transaction {
        let listed: OpenTransaction
        let rows: [Order]
    }

    private(set) var committed: [Int64: Order] = [:]
    private(set) var server = "one"
    private var open: [Transaction] = []
    private var nextID: Int64 = 1
    private var nextTransaction: UInt64 = 100

    var openTransactions: Int { open.count }
    /// As the server lists the open transactions.
    var listed: [OpenTransaction] { open.map(\.listed) }

    /// Begins a transaction that inserts some rows; they are visible when it commits.
    mutating func begin(at now: Int64, _ random: inout SplitMix) {
        nextTransaction += 1
        let rows = (0..<Int.random(in: 1...4, using: &random)).map { _ in insert(&random) }
        open.append(
            Transaction(
                listed: OpenTransaction(
                    thread: nextTransaction, id: nextTransaction, started: UInt64(max(0, now / 1_000_000))),
                rows: rows))
    }

    private mutating func insert(_ random: inout SplitMix) -> Order {
        defer { nextID += 1 }
        if Int.random(in: 0..<8, using: &random) == 0, let newest = committed.keys.max(), let known = committed[newest]
        {
            let isConflict = Bool.random(using: &random)
            return Order(
                id: nextID, number: known.number, status: known.status, country: known.country,
                net: known.net + (isConflict ? 1 : 0), customer: known.customer, lines: known.lines)
        }
        return Order(
            id: nextID, number: "N\(nextID)", status: Int.random(in: 0..<6, using: &random) == 0 ? "new" : "paid",
            country: ["DE", "US", "FR", nil].randomElement(using: &random) ?? nil,
            net: Int64.random(in: 1...100_000, using: &random), customer: Int64.random(in: 1...3, using: &random),
            lines: (0..<Int.random(in: 0...3, using: &random)).map { "sku\($0)" })
    }

    /// Ends one of the open transactions, not always the oldest.
    mutating func end(_ random: inout SplitMix, commits: Bool) {
        guard !open.isEmpty else { return }
        let transaction = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        guard commits else { return }
        for row in transaction.rows { committed[row.id] = row }
    }

    /// Pays an order that was not paid: only the sweep can see that.
    /// - Returns: whether there was one.
    mutating func pay(_ random: inout SplitMix) -> Bool {
        let unpaid = committed.keys.filter { committed[$0]?.status == "new" }.sorted()
        guard let id = unpaid.randomElement(using: &random) else { return false }
        committed[id]?.status = "paid"
        return true
    }

    /// The replica takes over with everything that was committed; what was open is gone.
    mutating func failOver() {
        server = server == "one" ? "two" : "one"
        open = []
    }
}
