/// The counters of P6 by route and word, for ever.
struct AccountTable {
    /// By route, then by word; word 0 counts what was seen.
    private var counts: [UInt32: [Int64]] = [:]
    private var dirty: Set<Int64> = []
    private let put: Statement
    private static let width = FinalWord.allCases.count + 1

    init(_ database: Database) throws(StoreError) {
        put = database.prepare("REPLACE INTO accounts (id, messages) VALUES (?1, ?2)")
        let stored = database.prepare("SELECT id, messages FROM accounts")
        while try stored.next() {
            let id = stored.integer(0)
            guard let route = UInt32(exactly: id >> 8), Int(id & 0xff) < Self.width else {
                throw .damaged(what: "account \(id)")
            }
            counts[route, default: Self.nothing][Int(id & 0xff)] = stored.integer(1)
        }
    }

    private static var nothing: [Int64] { [Int64](repeating: 0, count: width) }

    var hasChanges: Bool { !dirty.isEmpty }

    mutating func addSeen(_ route: RouteID) { add(1, route.rawValue, 0) }

    mutating func add(_ change: Int64, route: RouteID, word: FinalWord) {
        add(change, route.rawValue, Int(word.rawValue))
    }

    private mutating func add(_ change: Int64, _ route: UInt32, _ column: Int) {
        counts[route, default: Self.nothing][column] &+= change
        dirty.insert(Int64(route) << 8 | Int64(column))
    }

    func account(_ route: RouteID) -> Account {
        let row = counts[route.rawValue] ?? Self.nothing
        var words: [FinalWord: Int64] = [:]
        for word in FinalWord.allCases where row[Int(word.rawValue)] != 0 { words[word] = row[Int(word.rawValue)] }
        return Account(seen: row[0], words: words)
    }

    func write() throws(StoreError) {
        for id in dirty {
            put.bind(1, id)
            put.bind(2, counts[UInt32(truncatingIfNeeded: id >> 8)]?[Int(id & 0xff)] ?? 0)
            try put.run()
        }
    }

    mutating func committed() { dirty.removeAll(keepingCapacity: true) }
}
