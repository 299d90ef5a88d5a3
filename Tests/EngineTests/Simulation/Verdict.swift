import Billing
import Connecting
import Store

/// What the outside can say about a finished run: rows that were written, what the receivers worked, the account and the
/// ledger.
struct Verdict {
    private(set) var problems: [String] = []
    private let world: World

    init(_ run: Simulation, isQuiet: Bool) throws {
        world = run.world
        let (shop, store) = (run.shop, run.store)
        if !isQuiet { problems.append("\(store.entryCount) messages never came to an end") }
        let account = store.account(store.routeID("orders"))
        if account.seen != Int64(shop.committed.count) {
            problems.append("\(shop.committed.count) rows were committed, \(account.seen) were seen")
        }
        if account.waiting != Int64(0), isQuiet { problems.append("the account says that \(account.waiting) wait") }
        compareFates(shop, account)
        compareJobs(run.jobs, store.account(store.routeID("parcels")))
        let reader = try StoreReader(bytes: store.serialized())
        let listed = try reader.conflicts(after: 0, limit: .max).count
        if Int64(listed) != account.words[.conflict] ?? 0 {
            problems.append("\(account.words[.conflict] ?? 0) conflicts are counted, \(listed) are listed")
        }
        let report = try Audit.run(reader)
        if !report.addsUp { problems.append("audit: \(report)") }
        let ledger = try reader.ledgerLines(limit: .max)
        if let broken = LedgerVerifier.verifyChain(ledger) { problems.append("ledger: \(broken)") }
        compareBills(ledger, run)
        compareRepeats(run.receivers)
        compareFiles(run.receivers, account)
    }

    /// Every job that was acknowledged has its word, and the one that it must have.
    private mutating func compareJobs(_ jobs: JobsModel, _ account: Account) {
        let all = jobs.acknowledged.values
        if account.seen != Int64(all.count) {
            problems.append("\(all.count) jobs were added, \(account.seen) were seen")
        }
        if account.waiting != 0 { problems.append("the account says that \(account.waiting) parcels wait") }
        let words = { (word: FinalWord) in account.words[word] ?? 0 }
        let (skipped, bad) = (Int64(all.count(where: \.isSkipped)), Int64(all.count(where: \.isBad)))
        let expired = words(.expired)
        for (word, least) in [(FinalWord.filtered, skipped), (.dead, bad)] {
            let count = words(word)
            if count > least || count + expired < least {
                problems.append("\(count) parcels are \(word), not \(least)")
            }
        }
        let ended = words(.delivered) + words(.filtered) + words(.dead) + expired
        if ended != account.seen { problems.append("\(ended) parcels ended as they may, of \(account.seen)") }
    }

    /// The words of the account against what was written, in the order in which it was committed.
    private mutating func compareFates(_ shop: ShopModel, _ account: Account) {
        let rows = shop.committed.values
        compare(account, .filtered, rows.filter { $0.status != "paid" }.count)
        compare(account, .rejected, rows.filter { $0.status == "paid" && $0.country == nil }.count)
        let keyed = rows.filter { $0.status == "paid" && $0.country != nil }
        let repeats = Dictionary(grouping: keyed, by: \.number).values.map { $0.count - 1 }.reduce(0, +)
        let refused = (account.words[.duplicate] ?? 0) + (account.words[.conflict] ?? 0)
        if refused != Int64(repeats) { problems.append("\(repeats) repeated keys, but \(refused) were refused") }
        // Everything was mended and every letter retried: only what expired stays without a success.
        guard !world.expires else { return }
        for word in [FinalWord.dead, .lost, .expired] { compare(account, word, 0) }
    }

    private mutating func compare(_ account: Account, _ word: FinalWord, _ expected: Int) {
        let counted = account.words[word] ?? 0
        if counted != Int64(expected) { problems.append("\(expected) must be \(word), the account says \(counted)") }
    }

    /// Billed exactly once for each thing that a partner worked and the engine heard of; nothing billed that was not worked.
    private mutating func compareBills(_ ledger: [LedgerRecord], _ run: Simulation) {
        var billed: Set<String> = []
        for record in ledger {
            let key = "\(record.charge.message)|\(record.charge.step.prefix { $0 != "+" })|\(record.charge.itemPath)"
            if !billed.insert(key).inserted { problems.append("billed twice: \(key)") }
        }
        for name in ["acme", "globex"] {
            let worked = Set((run.receivers.accepted[name] ?? []).map(\.key))
            let bills = ledger.filter { $0.connection == name }
            let known = Set(bills.map { number(of: $0.charge.message, run) })
            for key in known.subtracting(worked) { problems.append("billed but not worked by \(name): \(key)") }
            // What expired may have been worked unheard.
            guard !world.expires else { continue }
            for key in worked.subtracting(known) { problems.append("worked by \(name) but not billed: \(key)") }
        }
    }

    /// The key under which a message is sent.
    private func number(of message: String, _ run: Simulation) -> String {
        if run.jobs.acknowledged[message] != nil { return "\(message):parcels/3" }
        let shop = run.shop
        let id = message.split(separator: "/").last.flatMap { Int64($0) }
        return id.flatMap { shop.committed[$0]?.number } ?? message
    }

    /// Every repeat of a key carries the same bytes to the same place.
    private mutating func compareRepeats(_ receivers: ReceiverModel) {
        guard !world.repeats else { return }
        for (name, all) in receivers.accepted {
            for (key, sends) in Dictionary(grouping: all, by: \.key) where Set(sends).count > 1 {
                problems.append("\(name) got different requests under the key \(key)")
            }
        }
    }

    /// No line is torn or doubled, and every message that was delivered has its line.
    private mutating func compareFiles(_ receivers: ReceiverModel, _ account: Account) {
        for (path, bytes) in receivers.files {
            if let last = bytes.last, last != UInt8(ascii: "\n") { problems.append("\(path) ends with half a line") }
            let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            for line in lines where !line.hasPrefix("shop.orders/") || !line.contains(":orders/") {
                problems.append("\(path) holds a torn line: \(line)")
            }
            if !world.repeats, Set(lines).count != lines.count { problems.append("\(path) holds a line twice") }
        }
        let audited = receivers.files["audit.jsonl"]?.split(separator: UInt8(ascii: "\n")).count ?? 0
        let delivered = account.words[.delivered] ?? 0
        if audited < Int(delivered) {
            problems.append("\(delivered) are delivered, \(audited) lines are in audit.jsonl")
        }
    }
}
