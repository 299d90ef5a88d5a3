import Message

/// What a MySQL table goes through: transactions that take their ids early and commit late, roll back, or commit rows
/// that repeat the number of another. It remembers what must become of every row.
struct ShopModel {
    struct Order: Hashable {
        let id: Int64
        let number: String
        let status: String
        let country: String?
        let net: Int64
        let customer: Int64
        let lines: [String]
    }

    /// What the account must say about a row in the end.
    enum Fate: Hashable {
        case delivered
        case filtered
        case rejected
        case duplicate
        case conflict
    }

    private(set) var committed: [Int64: Order] = [:]
    private(set) var order: [Int64] = []
    private var open: [[Order]] = []
    private var nextID: Int64 = 1

    var openTransactions: Int { open.count }

    /// Begins a transaction that inserts some rows; they are visible when it commits.
    mutating func begin(_ random: inout SplitMix) {
        open.append((0..<Int.random(in: 1...4, using: &random)).map { _ in insert(&random) })
    }

    private mutating func insert(_ random: inout SplitMix) -> Order {
        defer { nextID += 1 }
        if Int.random(in: 0..<8, using: &random) == 0, let known = committed.values.sorted(by: { $0.id < $1.id }).last {
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
        let rows = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        guard commits else { return }
        for row in rows {
            committed[row.id] = row
            order.append(row.id)
        }
    }

    /// The lowest id that an open transaction may still commit.
    var lowestOpenID: Int64? { open.flatMap { $0 }.map(\.id).min() }

    /// Changes an order that was not paid: only the sweep can see that.
    mutating func pay(_ id: Int64) {
        guard let row = committed[id] else { return }
        committed[id] = Order(
            id: id, number: row.number, status: "paid", country: row.country, net: row.net, customer: row.customer,
            lines: row.lines)
    }
}
