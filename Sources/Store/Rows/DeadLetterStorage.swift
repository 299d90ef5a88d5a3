import Message

/// Dead letters, a row each, numbered in the order they came.
final class DeadLetterStorage {
    private(set) var new: [DeadLetter] = []
    private(set) var closed: Set<Int64> = []
    private var next: Int64

    private let insert: Statement
    private let delete: Statement
    private let read: Statement
    private let readAll: Statement
    private let readOfRoute: Statement
    private let plans: Statement
    private let family: Statement
    let countOfQueue: Statement
    let queueOfLetter: Statement
    let oldestOfQueue: Statement
    let newestOfQueue: Statement

    static let columns =
        """
        id, route, queue, message, step, reason, last_outcome_unknown, attempts, at_us, plan, body, progress, parent,
        word
        """

    init(_ database: Database) throws(StoreError) {
        insert = database.prepare(
            """
            INSERT INTO dead_letters (\(Self.columns))
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """)
        delete = database.prepare("DELETE FROM dead_letters WHERE id = ?1")
        read = database.prepare("SELECT \(Self.columns) FROM dead_letters WHERE id = ?1")
        readAll = database.prepare(
            "SELECT \(Self.columns) FROM dead_letters WHERE id > ?1 ORDER BY id LIMIT ?2")
        readOfRoute = database.prepare(
            "SELECT \(Self.columns) FROM dead_letters WHERE id > ?1 AND route = ?3 ORDER BY id LIMIT ?2")
        plans = database.prepare("SELECT DISTINCT plan FROM dead_letters")
        // `0` follows `/`: what a part's id begins with.
        family = database.prepare(
            """
            SELECT id, message = ?1 FROM dead_letters WHERE route = ?2 AND message = ?1
            UNION ALL
            SELECT id, 0 FROM dead_letters
            WHERE route = ?2 AND message > ?1 || '/' AND message < ?1 || '0' AND parent IS NOT NULL
            """)
        queueOfLetter = database.prepare("SELECT queue FROM dead_letters WHERE id = ?1")
        countOfQueue = database.prepare("SELECT count(*) FROM dead_letters WHERE queue = ?1")
        let ofQueue = "SELECT id, message, reason FROM dead_letters WHERE queue = ?1 ORDER BY id"
        oldestOfQueue = database.prepare("\(ofQueue) LIMIT ?2")
        newestOfQueue = database.prepare("\(ofQueue) DESC LIMIT ?2")
        let greatest = try database.integer("SELECT max(id) FROM dead_letters") ?? 0
        let promised = try database.integer("SELECT value FROM meta WHERE name = 'next_dead_letter'") ?? 1
        next = max(greatest + 1, promised)
        promise = database.prepare("REPLACE INTO meta (name, value) VALUES ('next_dead_letter', ?1)")
    }

    /// Keeps numbers from being given out again after the last dead letter was closed.
    private let promise: Statement

    var hasChanges: Bool { !new.isEmpty || !closed.isEmpty }

    /// - Returns: the number that it got.
    @discardableResult
    func add(_ letter: DeadLetter) -> Int64 {
        let id = next
        next += 1
        new.append(letter.numbered(id))
        return id
    }

    func close(_ id: Int64) {
        if let pending = new.firstIndex(where: { $0.id == id }) {
            new.remove(at: pending)
        } else {
            closed.insert(id)
        }
    }

    func find(_ id: Int64) throws(StoreError) -> DeadLetter? {
        if let pending = new.first(where: { $0.id == id }) { return pending }
        guard !closed.contains(id) else { return nil }
        read.bind(1, id)
        guard try read.next() else { return nil }
        defer { read.reset() }
        return Self.letter(read)
    }

    func list(route: RouteID?, after id: Int64, limit: Int) throws(StoreError) -> [DeadLetter] {
        var found: [DeadLetter] = []
        let statement = route == nil ? readAll : readOfRoute
        statement.bind(1, id)
        let (asked, overflow) = limit.addingReportingOverflow(closed.count)
        statement.bind(2, overflow ? Int64.max : Int64(asked))
        if let route { statement.bind(3, Int64(route.rawValue)) }
        while try statement.next() {
            let letter = Self.letter(statement)
            if !closed.contains(letter.id) { found.append(letter) }
        }
        found += new.filter { $0.id > id && (route == nil || $0.route == route) }
        return Array(found.prefix(max(0, limit)))
    }

    func find(
        route: RouteID, messageAndParts message: String
    ) throws(StoreError) -> (own: [Int64], parts: [Int64]) {
        var found: (own: [Int64], parts: [Int64]) = ([], [])
        family.bind(1, message)
        family.bind(2, Int64(route.rawValue))
        while try family.next() {
            let id = family.integer(0)
            guard !closed.contains(id) else { continue }
            if family.integer(1) != 0 { found.own.append(id) } else { found.parts.append(id) }
        }
        for letter in new where letter.route == route {
            if letter.message == message { found.own.append(letter.id) }
            if letter.parent != nil, letter.message.hasPrefix(message + "/") { found.parts.append(letter.id) }
        }
        return found
    }

    func plansInUse() throws(StoreError) -> Set<PlanID> {
        var found = Set(new.map(\.plan))
        while try plans.next() { found.insert(PlanID(rawValue: UInt32(truncatingIfNeeded: plans.integer(0)))) }
        return found
    }

    func write() throws(StoreError) {
        for letter in new { try put(letter) }
        for id in closed {
            delete.bind(1, id)
            try delete.run()
        }
        guard hasChanges else { return }
        promise.bind(1, next)
        try promise.run()
    }

    private func put(_ letter: DeadLetter) throws(StoreError) {
        insert.bind(1, letter.id)
        insert.bind(2, Int64(letter.route.rawValue))
        insert.bind(3, letter.queue)
        insert.bind(4, letter.message)
        insert.bind(5, letter.step)
        insert.bind(6, letter.reason)
        insert.bind(7, letter.lastOutcomeUnknown ? 1 : 0)
        insert.bind(8, Int64(letter.attempts))
        insert.bind(9, letter.at.microseconds)
        insert.bind(10, Int64(letter.plan.rawValue))
        letter.body.withUnsafeBytes { insert.bind(11, $0) }
        insert.bind(12, letter.progress)
        if let parent = letter.parent {
            insert.bind(13, Int64(bitPattern: parent.rawValue))
        } else {
            insert.bind(13, nil as [UInt8]?)
        }
        insert.bind(14, Int64(letter.word.rawValue))
        try insert.run()
    }

    func committed() {
        new.removeAll()
        closed.removeAll()
    }

    static func letter(_ row: Statement) -> DeadLetter {
        DeadLetter(
            id: row.integer(0), route: RouteID(rawValue: UInt32(truncatingIfNeeded: row.integer(1))),
            queue: row.text(2), message: row.text(3), step: row.text(4), reason: row.text(5),
            lastOutcomeUnknown: row.integer(6) != 0, attempts: Int(clamping: row.integer(7)),
            at: Instant(microseconds: row.integer(8)),
            plan: PlanID(rawValue: UInt32(truncatingIfNeeded: row.integer(9))), body: row.bytes(10),
            progress: row.optionalBytes(11),
            parent: row.isNull(12) ? nil : EntryID(rawValue: UInt64(bitPattern: row.integer(12))),
            word: FinalWord(rawValue: UInt8(truncatingIfNeeded: row.integer(13))) ?? .dead)
    }
}

extension DeadLetter {
    func numbered(_ id: Int64) -> DeadLetter {
        DeadLetter(
            id: id, route: route, queue: queue, message: message, step: step, reason: reason,
            lastOutcomeUnknown: lastOutcomeUnknown, attempts: attempts, at: at, plan: plan, body: body,
            progress: progress, parent: parent, word: word)
    }
}
