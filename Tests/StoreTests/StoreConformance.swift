import Billing
import Connecting
import Message
import Store
import StoreSamples
import Testing

/// What every store must do, whatever keeps it. A driver's tests make one and reopen it.
///
/// A second driver adds a case to `StoreDriver`; the suite runs once for each.
enum StoreDriver: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteInMemory = "SQLite in memory"
    case sqliteFile = "SQLite in a folder"

    var testDescription: String { rawValue }

    /// An empty store and a way to close and reopen it.
    func make() throws -> ReopenableStore {
        switch self {
        case .sqliteInMemory: try ReopenableStore(memory: true)
        case .sqliteFile: try ReopenableStore(memory: false)
        }
    }
}

/// A store under test; `reopen` throws every object away and reads what was committed.
final class ReopenableStore {
    private(set) var store: SQLiteStore
    private let folder: TemporaryFolder?

    static var settings: StoreSettings {
        var settings = StoreSettings()
        settings.ballastBytes = 0
        return settings
    }

    init(memory: Bool) throws {
        folder = memory ? nil : try TemporaryFolder()
        if let folder {
            store = try SQLiteStore(folder: folder.path, settings: Self.settings)
        } else {
            store = try SQLiteStore(settings: Self.settings)
        }
    }

    func reopen() throws {
        guard let folder else {
            store = try SQLiteStore(inMemory: try store.serialized(), settings: Self.settings)
            return
        }
        // The lock must be given back before the next one takes it.
        store = try SQLiteStore(settings: Self.settings)
        store = try SQLiteStore(folder: folder.path, settings: Self.settings)
    }
}

@Suite("Every store") struct StoreConformance {
    @Test(arguments: StoreDriver.allCases) func keepsAWholeLife(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        let ids = work.admit(1..<1001)
        #expect(ids == ids.sorted() && Set(ids).count == 1000)
        try kept.store.commit()
        work.settle(1..<501, Array(ids.prefix(500)))
        try kept.store.commit()
        try kept.reopen()
        let store = kept.store
        #expect(store.entryCount == 500)
        #expect(store.account(work.route) == Account(seen: 1000, words: [.delivered: 500]))
        for number in [501, 760, 1000] { #expect(try store.body(ids[number - 1]) == Sample.body(number)) }
        #expect(try store.body(ids[3]) == nil)
        #expect(store.head(ids[3]) == nil)
        #expect(store.head(ids[600]) == Sample.head(ids[600], queue: work.queue, route: work.route, plan: work.plan))
        #expect(store.key(Sample.fingerprint(77)) == Sample.key(77))
        #expect(store.key(Sample.fingerprint(7777)) == nil)
        #expect(store.seen(work.route, .int(77)) == Sample.row(77))
        #expect(store.seen(work.route, .int(7777)) == nil)
        #expect(store.ledgerHead() == (500, Sample.record(500, after: (499, [])).hash))
        let tallies = try store.tallies()
        #expect(tallies.count == 1 && tallies[0].tally == Tally(quantity: 500, total: 2_000_000_000))
        var order: [EntryID] = []
        store.forEachHead { order.append($0.id) }
        #expect(order == Array(ids.dropFirst(500)))
    }

    @Test(arguments: StoreDriver.allCases) func readsWhatTheTurnHasRecorded(_ driver: StoreDriver) throws {
        let store = try driver.make().store
        let work = Workload(store)
        let ids = work.admit(1..<3)
        #expect(try store.body(ids[0]) == Sample.body(1))
        #expect(store.key(Sample.fingerprint(2)) == Sample.key(2))
        #expect(store.seen(work.route, .int(1)) == Sample.row(1))
        work.settle(1..<2, ids)
        #expect(store.entryCount == 1)
        #expect(store.ledgerHead().seq == 1)
        #expect(try store.tallies().first?.tally.quantity == 1)
        #expect(store.account(work.route).words == [.delivered: 1])
        #expect(store.keptPlans().map(\.hash) == ["plan-1"])
    }

    @Test(arguments: StoreDriver.allCases) func forgetsWhatWasNotCommitted(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        work.admit(1..<11)
        try kept.store.commit()
        let lost = work.admit(11..<21)
        try kept.reopen()
        #expect(kept.store.entryCount == 10)
        #expect(kept.store.head(lost[0]) == nil)
        #expect(kept.store.key(Sample.fingerprint(15)) == nil)
        #expect(kept.store.seen(work.route, .int(15)) == nil)
        #expect(kept.store.account(work.route).seen == 10)
    }

    @Test(arguments: StoreDriver.allCases) func keepsHeadsAndProgress(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        let ids = work.admit(1..<4)
        try kept.store.commit()
        var head = try #require(kept.store.head(ids[1]))
        head.state = .delayed
        head.due = Sample.instant(99)
        head.take = 3
        head.attempt = 2
        head.crashMarks = 1
        kept.store.record(.headChanged(head))
        kept.store.record(.progressed(ids[1], [1, 2, 3]))
        kept.store.record(.progressed(ids[2], [4]))
        #expect(try kept.store.progress(ids[1]) == [1, 2, 3])
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.head(ids[1]) == head)
        #expect(try kept.store.progress(ids[1]) == [1, 2, 3])
        kept.store.record(.progressed(ids[1], nil))
        kept.store.record(.removed(ids[2]))
        try kept.store.commit()
        try kept.reopen()
        #expect(try kept.store.progress(ids[1]) == nil)
        #expect(try kept.store.progress(ids[2]) == nil)
        #expect(try kept.store.body(ids[1]) == Sample.body(2))
    }

    @Test(arguments: StoreDriver.allCases) func keepsHeadsWithoutAnEndAndWithOne(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        let id = kept.store.newEntryID(bodyBytes: 0)
        let head = EntryHead(
            id: id, queue: work.queue, plan: work.plan, route: work.route, state: .parked, due: Sample.instant(1),
            expires: Sample.instant(5), orderingKey: .max, take: .max, attempt: .max, crashMarks: .max)
        kept.store.record(.admitted(NewEntry(head: head, body: [])))
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.head(id) == head)
        #expect(try kept.store.body(id) == [])
    }

    @Test(arguments: StoreDriver.allCases) func neverGivesAnIDTwice(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        var given: Set<EntryID> = []
        var last = EntryID(rawValue: 0)
        for turn in 0..<6 {
            let work = Workload(kept.store)
            let ids = work.admit(turn * 10 + 1..<turn * 10 + 11)
            #expect(ids.allSatisfy { given.insert($0).inserted && $0 > last })
            last = ids.max() ?? last
            try kept.store.commit()
            for id in ids { kept.store.record(.removed(id)) }
            try kept.store.commit()
            try kept.reopen()
        }
    }

    @Test(arguments: StoreDriver.allCases) func keepsEverySourceFact(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let route = kept.store.routeID("orders")
        let other = kept.store.routeID("archive")
        let composite = SeenRow(
            identity: .bytes([0, 255, 7]), message: "shop.orders/2026,7", content: 9, word: .rejected,
            seenAt: Sample.instant(2))
        let odd = SeenRow(
            identity: .int(.min), message: "another spelling", content: .max, word: nil, seenAt: Sample.instant(3))
        let far = SeenRow(
            identity: .int(1 << 40), message: "shop.orders/\(1 << 40)", content: 1, word: .duplicate,
            seenAt: Sample.instant(4))
        let rows = [Sample.row(5, word: .filtered), Sample.row(-6), far, composite, odd]
        kept.store.record(.rowCrashMarked(route: route, identity: .int(5)))
        kept.store.record(.rowCrashMarked(route: route, identity: .int(9)))
        kept.store.record(.rowCrashMarked(route: route, identity: .int(9)))
        kept.store.record(.rowCrashMarked(route: route, identity: .bytes([9])))
        try kept.store.commit()
        kept.store.record(.seen(Sample.advance(route, rows)))
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.routeID("orders") == route && kept.store.routeName(other) == "archive")
        for row in rows { #expect(kept.store.seen(route, row.identity) == row) }
        #expect(kept.store.seen(other, .int(5)) == nil)
        #expect(kept.store.position(of: route) == Array("p5".utf8))
        #expect(kept.store.position(of: other) == nil)
        #expect(kept.store.rowCrashMarks(route) == [.int(9): 2, .bytes([9]): 1])
        #expect(kept.store.account(route) == Account(seen: 5, words: [.filtered: 1, .duplicate: 1, .rejected: 1]))
    }

    @Test(arguments: StoreDriver.allCases) func movesAWordWithItsRow(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let route = kept.store.routeID("orders")
        kept.store.record(.seen(Sample.advance(route, [Sample.row(1, word: .filtered), Sample.row(2)])))
        try kept.store.commit()
        kept.store.record(.seenAgain(route: route, row: Sample.row(1, word: nil, content: 8), before: .filtered))
        #expect(kept.store.account(route) == Account(seen: 2))
        kept.store.record(.ended(Sample.ending(route, 1, .dead)))
        kept.store.record(.reopened(Sample.ending(route, 1, .dead)))
        kept.store.record(.ended(Sample.ending(route, 1, .delivered)))
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.seen(route, .int(1))?.content == 8)
        #expect(kept.store.seen(route, .int(1))?.word == nil)
        #expect(kept.store.account(route) == Account(seen: 2, words: [.delivered: 1]))
    }

    @Test(arguments: StoreDriver.allCases) func keepsDeadLetters(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let route = kept.store.routeID("orders")
        let plan = kept.store.keepPlan(hash: "h", sources: [1])
        func letter(_ number: Int, parent: EntryID? = nil) -> DeadLetter {
            DeadLetter(
                id: 0, route: route, queue: "dead", message: Sample.message(number), step: "orders/7",
                reason: "503 \u{1F600}", lastOutcomeUnknown: number.isMultiple(of: 2), attempts: number,
                at: Sample.instant(number), plan: plan, body: Sample.body(number), progress: parent == nil ? nil : [],
                parent: parent)
        }
        for number in 1..<4 { kept.store.record(.deadLettered(letter(number))) }
        try kept.store.commit()
        kept.store.record(.deadLettered(letter(4, parent: EntryID(rawValue: .max))))
        kept.store.record(.deadLetterClosed(id: 2))
        let within = try kept.store.deadLetters(route: nil, after: 0, limit: 10)
        #expect(within.map(\.message) == [1, 3, 4].map(Sample.message))
        try kept.store.commit()
        try kept.reopen()
        let letters = try kept.store.deadLetters(route: route, after: 0, limit: 10)
        #expect(letters == within)
        #expect(letters.last?.parent == EntryID(rawValue: .max) && letters.last?.progress == [])
        #expect(try kept.store.deadLetters(route: nil, after: 1, limit: 1).map(\.id) == [3])
        #expect(try kept.store.deadLetters(route: kept.store.routeID("none"), after: 0, limit: 5).isEmpty)
        #expect(try kept.store.deadLetter(2) == nil)
        #expect(try kept.store.deadLetter(3) == letters[1])
        #expect(kept.store.keptPlans().map(\.id) == [plan])
        try self.tellsPartsFromStrangers(kept.store, route, letters[0])
        for id: Int64 in [1, 3, 4] { kept.store.record(.deadLetterClosed(id: id)) }
        try kept.store.commit()
        try kept.reopen()
        kept.store.record(.deadLettered(letter(9)))
        #expect(try kept.store.deadLetters(route: nil, after: 0, limit: 9).first?.id == 8)
    }

    /// Parts of a message are found by its id, in the turn and after its commit; one whose id only begins alike is none.
    private func tellsPartsFromStrangers(_ store: any Store, _ route: RouteID, _ letter: DeadLetter) throws {
        let number = store.keepPlan(hash: "h", sources: [1])
        for (message, parent) in [("/1/0", EntryID(rawValue: 1)), ("0", nil), ("0/1/0", EntryID(rawValue: 2))] {
            store.record(
                .deadLettered(
                    DeadLetter(
                        id: 0, route: route, queue: "dead", message: letter.message + message, step: "orders/7",
                        reason: "", lastOutcomeUnknown: false, attempts: 1, at: letter.at, plan: number, body: [],
                        progress: nil, parent: parent)))
        }
        for _ in 0..<2 {
            let found = try store.deadLetters(route: route, ofMessageAndParts: letter.message)
            #expect(found.own == [letter.id] && found.parts == [5])
            try store.commit()
        }
        for id: Int64 in [5, 6, 7] { store.record(.deadLetterClosed(id: id)) }
        #expect(try store.deadLetters(route: route, ofMessageAndParts: letter.message).parts.isEmpty)
        try store.commit()
    }

    @Test(arguments: StoreDriver.allCases) func keepsFilesAndPlans(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let extent = FileExtent(path: "a.jsonl", inode: .max, length: 10)
        kept.store.record(.appended(connection: "archive", FileExtent(path: "a.jsonl", inode: 1, length: 5)))
        kept.store.record(.appended(connection: "archive", extent))
        kept.store.record(.acted(AuditNote(at: Sample.instant(1), who: "root", what: "dead retry 1")))
        let first = kept.store.keepPlan(hash: "one", sources: [1])
        let second = kept.store.keepPlan(hash: "two", sources: [2])
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.extents(connection: "archive") == [extent])
        #expect(kept.store.extents(connection: "other").isEmpty)
        #expect(kept.store.keepPlan(hash: "two", sources: []) == second)
        #expect(kept.store.keepPlan(hash: "one", sources: []) == first)
        #expect(kept.store.keptPlans().isEmpty)
    }

    @Test(arguments: StoreDriver.allCases) func chargesOnce(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let first = Sample.record(1, after: kept.store.ledgerHead())
        kept.store.record(.charged(first))
        kept.store.record(.charged(first))
        #expect(kept.store.ledgerHead().seq == 1)
        try kept.store.commit()
        try kept.reopen()
        kept.store.record(.charged(Sample.record(1, after: kept.store.ledgerHead())))
        try kept.store.commit()
        #expect(kept.store.ledgerHead().seq == 1)
        kept.store.record(.charged(Sample.record(1, after: kept.store.ledgerHead(), amount: 5)))
        #expect(throws: StoreError.self) { try kept.store.commit() }
        try kept.reopen()
        #expect(kept.store.ledgerHead() == (1, first.hash))
        #expect(try kept.store.tallies().map(\.tally) == [Tally(quantity: 1, total: first.amount)])
    }

    @Test(arguments: StoreDriver.allCases) func refusesAChainThatDoesNotFollow(_ driver: StoreDriver) throws {
        let store = try driver.make().store
        store.record(.charged(Sample.record(1, after: (5, []))))
        #expect(throws: StoreError.self) { try store.commit() }
    }

    @Test(arguments: StoreDriver.allCases) func refusesFactsAboutStrangers(_ driver: StoreDriver) throws {
        for change in [
            Change.removed(EntryID(rawValue: 7)), .progressed(EntryID(rawValue: 7), [1]),
            .admitted(
                NewEntry(
                    head: Sample.head(
                        EntryID(rawValue: 7), queue: QueueID(rawValue: 1), route: RouteID(rawValue: 1)), body: [])),
        ] {
            let store = try driver.make().store
            store.record(change)
            #expect(throws: StoreError.self) { try store.commit() }
        }
    }

    @Test(arguments: StoreDriver.allCases) func keepsSurvivorsOfSparseChunks(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        var survivors: [Int: EntryID] = [:]
        for turn in 0..<8 {
            let numbers = turn * 500 + 1..<turn * 500 + 501
            let ids = work.admit(numbers, bytes: 60)
            try kept.store.commit()
            for (number, id) in zip(numbers, ids) {
                if number.isMultiple(of: 50) { survivors[number] = id } else { kept.store.record(.removed(id)) }
            }
            try kept.store.commit()
        }
        func check() throws {
            #expect(kept.store.entryCount == survivors.count)
            for (number, id) in survivors { #expect(try kept.store.body(id) == Sample.body(number, bytes: 60)) }
        }
        try check()
        try kept.reopen()
        try check()
        let again = Workload(kept.store)
        for turn in 0..<8 {
            again.admit(10_000 + turn..<10_001 + turn)
            try kept.store.commit()
        }
        try kept.reopen()
        for (number, id) in survivors { #expect(try kept.store.body(id) == Sample.body(number, bytes: 60)) }
    }

    @Test(arguments: StoreDriver.allCases) func keepsLargeAndSmallBodies(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        var kept1: [(EntryID, [UInt8])] = []
        for (position, bytes) in [0, 1, 300_000, 17, 262_144, 100_000, 200_000, 3].enumerated() {
            let body = [UInt8](repeating: UInt8(position), count: bytes)
            let id = kept.store.newEntryID(bodyBytes: bytes)
            kept.store.record(
                .admitted(NewEntry(head: Sample.head(id, queue: work.queue, route: work.route), body: body)))
            kept1.append((id, body))
            if position.isMultiple(of: 3) { try kept.store.commit() }
        }
        try kept.store.commit()
        try kept.reopen()
        for (id, body) in kept1 { #expect(try kept.store.body(id) == body) }
    }

    @Test(arguments: StoreDriver.allCases) func admitsOutOfOrderAndLate(_ driver: StoreDriver) throws {
        let kept = try driver.make()
        let work = Workload(kept.store)
        let ids = (0..<600).map { _ in kept.store.newEntryID(bodyBytes: 10) }
        for (position, id) in ids.enumerated().reversed() where position != 5 {
            kept.store.record(
                .admitted(
                    NewEntry(
                        head: Sample.head(id, queue: work.queue, route: work.route),
                        body: Sample.body(position, bytes: 10))))
        }
        try kept.store.commit()
        try kept.reopen()
        #expect(kept.store.entryCount == 599)
        for (position, id) in ids.enumerated() where position != 5 {
            #expect(try kept.store.body(id) == Sample.body(position, bytes: 10))
        }
        #expect(kept.store.head(ids[5]) == nil)
    }
}
