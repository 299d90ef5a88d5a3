import Billing
import Connecting
import Store

/// What the outside can say about a finished run: rows that were written, what the receivers worked, the account and the
/// ledger.
struct Verdict {
    private(set) var problems: [String] = []

    init(shop: ShopModel, receivers: ReceiverModel, store: SQLiteStore, isQuiet: Bool) throws {
        if !isQuiet { problems.append("\(store.entryCount) messages never came to an end") }
        let route = store.routeID("orders")
        let account = store.account(route)
        if account.seen != Int64(shop.committed.count) {
            problems.append("\(shop.committed.count) rows were committed, \(account.seen) were seen")
        }
        if account.waiting != Int64(0), isQuiet { problems.append("the account says that \(account.waiting) wait") }
        try compareFates(shop, account)
        let reader = try StoreReader(bytes: store.serialized())
        let listed = try reader.conflicts(after: 0, limit: .max).count
        if Int64(listed) != account.words[.conflict] ?? 0 {
            problems.append("\(account.words[.conflict] ?? 0) conflicts are counted, \(listed) are listed")
        }
        let report = try Audit.run(reader)
        if !report.addsUp { problems.append("audit: \(report)") }
        let ledger = try reader.ledgerLines(limit: .max)
        if let broken = LedgerVerifier.verifyChain(ledger) { problems.append("ledger: \(broken)") }
        compareBills(ledger, receivers)
        compareRepeats(receivers)
    }

    /// The words of the account against what was written, in the order in which it was committed.
    private mutating func compareFates(_ shop: ShopModel, _ account: Account) throws {
        let rows = shop.committed.values
        let filtered = rows.filter { $0.status != "paid" }.count
        let rejected = rows.filter { $0.status == "paid" && $0.country == nil }.count
        compare(account, .filtered, filtered)
        compare(account, .rejected, rejected)
        let keyed = rows.filter { $0.status == "paid" && $0.country != nil }
        let repeats = Dictionary(grouping: keyed, by: \.number).values.map { $0.count - 1 }.reduce(0, +)
        let refused = (account.words[.duplicate] ?? 0) + (account.words[.conflict] ?? 0)
        if refused != Int64(repeats) { problems.append("\(repeats) repeated keys, but \(refused) were refused") }
    }

    private mutating func compare(_ account: Account, _ word: FinalWord, _ expected: Int) {
        let counted = account.words[word] ?? 0
        if counted != Int64(expected) { problems.append("\(expected) must be \(word), the account says \(counted)") }
    }

    /// Billed exactly once for each thing that a partner worked and the engine heard of; nothing billed that was not worked.
    private mutating func compareBills(_ ledger: [LedgerRecord], _ receivers: ReceiverModel) {
        var billed: Set<String> = []
        for record in ledger {
            let key = "\(record.charge.message)|\(record.charge.step.prefix { $0 != "+" })|\(record.charge.itemPath)"
            if !billed.insert(key).inserted { problems.append("billed twice: \(key)") }
        }
        for name in ["acme", "globex"] {
            let worked = Set((receivers.accepted[name] ?? []).map(\.key))
            let bills = ledger.filter { $0.connection == name }
            let known = Set(bills.map { SimulatedPlan.key(of: $0.charge.message) })
            for key in known.subtracting(worked) { problems.append("billed but not worked by \(name): \(key)") }
            for key in worked.subtracting(known) { problems.append("worked by \(name) but not billed: \(key)") }
        }
    }

    /// Every repeat of a key carries the same bytes.
    private mutating func compareRepeats(_ receivers: ReceiverModel) {
        for (name, all) in receivers.accepted {
            for (key, sends) in Dictionary(grouping: all, by: \.key) where Set(sends.map(\.body)).count > 1 {
                problems.append("\(name) got different bodies under the key \(key)")
            }
        }
    }
}
