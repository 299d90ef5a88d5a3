package import Billing
package import Connecting
package import Message

extension SQLiteStore: Store {
    package func commit() throws(StoreError) { try commitTurn() }

    // MARK: Names

    package func routeID(_ name: String) -> RouteID {
        guard let id = routes.id(name) else {
            return refused("all numbers of routes are given out", RouteID(rawValue: 0))
        }
        return RouteID(rawValue: UInt32(truncatingIfNeeded: id))
    }

    package func queueID(_ name: String) -> QueueID {
        guard let id = queues.id(name) else {
            return refused("all numbers of queues are given out", QueueID(rawValue: 0))
        }
        return QueueID(rawValue: UInt16(truncatingIfNeeded: id))
    }

    package func routeName(_ id: RouteID) -> String { routes.name(Int64(id.rawValue)) ?? "route \(id.rawValue)" }
    package func queueName(_ id: QueueID) -> String { queues.name(Int64(id.rawValue)) ?? "queue \(id.rawValue)" }

    package func keepPlan(hash: String, sources: @autoclosure () -> [UInt8]) -> PlanID {
        plans.keep(hash: hash, sources: sources)
    }

    package func keptPlans() -> [(id: PlanID, hash: String, sources: [UInt8])] {
        reading([]) { () throws(StoreError) in
            var wanted = try letters.plansInUse()
            forEachHead { wanted.insert($0.plan) }
            return try plans.plans(wanted)
        }
    }

    // MARK: Sources and keys

    package func position(of route: RouteID) -> [UInt8]? { sources.position(route) }

    package func seen(_ route: RouteID, _ identity: RowIdentity) -> SeenRow? {
        reading(nil) { () throws(StoreError) in try seen.find(route, identity) }
    }

    package func key(_ fingerprint: KeyFingerprint) -> AcceptedKey? {
        reading(nil) { () throws(StoreError) in try keys.find(fingerprint) }
    }

    package func rowCrashMarks(_ route: RouteID) -> [RowIdentity: Int] { sources.marks(route) }

    // MARK: Entries

    package func newEntryID(bodyBytes: Int) -> EntryID { entries.table.reserve(bodyBytes: bodyBytes) }
    package func head(_ id: EntryID) -> EntryHead? { entries.head(id) }
    package func forEachHead(_ body: (EntryHead) -> Void) { entries.table.forEach(body) }
    package func body(_ id: EntryID) throws(StoreError) -> [UInt8]? { try entries.body(id) }
    package func progress(_ id: EntryID) throws(StoreError) -> [UInt8]? { try entries.progress(id) }
    package var entryCount: Int { entries.table.count }

    // MARK: Dead letters, files, ledger

    package func deadLetter(_ id: Int64) throws(StoreError) -> DeadLetter? { try letters.find(id) }

    package func deadLetters(route: RouteID?, after id: Int64, limit: Int) throws(StoreError) -> [DeadLetter] {
        try letters.list(route: route, after: id, limit: limit)
    }

    package func deadLetters(
        route: RouteID, ofMessageAndParts message: String
    ) throws(StoreError) -> (own: [Int64], parts: [Int64]) {
        try letters.find(route: route, messageAndParts: message)
    }

    package func deadLetterCount(queue: String) throws(StoreError) -> Int { try letters.count(queue: queue) }

    package func deadLetters(
        queue: String, newestFirst: Bool, limit: Int
    ) throws(StoreError) -> [(message: String, reason: String)] {
        try letters.list(queue: queue, newestFirst: newestFirst, limit: limit)
    }

    package func pause(of queue: QueueID) -> PauseState { pauses.state(queue) }

    package func extents(connection: String) -> [FileExtent] { files.extents(of: connection) }
    package func ledgerHead() -> (seq: Int64, hash: [UInt8]) { ledger.head }

    /// The record of a charge, for who must know whether it was written. Pending ones included.
    package func ledgerRecord(_ charge: ChargeID) throws(StoreError) -> LedgerRecord? { try ledger.record(charge) }

    package func tallies() throws(StoreError) -> [(key: TallyKey, tally: Tally)] { try ledger.allTallies() }
    package func account(_ route: RouteID) -> Account { outcomes.accounts.account(route) }

    package var lastMoment: Instant { Instant(microseconds: max(0, now)) }

    // MARK: Space

    package func freeBytes() -> Int64? { folder?.freeBytes() }

    // MARK: Failures

    /// A read that cannot answer does not invent one: the turn that asked will not be committed.
    private func reading<R>(_ otherwise: R, _ read: () throws(StoreError) -> R) -> R {
        do throws(StoreError) { return try read() } catch {
            refusal = refusal ?? error
            return otherwise
        }
    }

    private func refused<R>(_ message: String, _ otherwise: R) -> R {
        refusal = refusal ?? .failed(operation: "name", message: message)
        return otherwise
    }
}
