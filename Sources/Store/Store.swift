package import Billing
package import Connecting
package import Message

/// The seam between the engine and whatever keeps its state. Owned by the core's thread.
///
/// `record` gathers the facts of a turn; reads see the last commit plus what this turn has recorded; `commit` makes the
/// turn durable, whole or not at all. There is no undo: a commit that meets a full disk is tried again as it is, every
/// other failure ends the process.
package protocol Store: AnyObject {
    func record(_ change: Change)

    /// Durable when it returns. Does nothing where nothing was recorded.
    /// - Throws: `.full`: nothing was written, call it again; anything else: stop acknowledging and exit.
    func commit() throws(StoreError)

    // MARK: Names

    func routeID(_ name: String) -> RouteID
    func queueID(_ name: String) -> QueueID
    func routeName(_ id: RouteID) -> String
    func queueName(_ id: QueueID) -> String
    /// Keeps a plan as the bytes of its source texts; the same hash gets the same id.
    func keepPlan(hash: String, sources: @autoclosure () -> [UInt8]) -> PlanID
    /// Hash and sources of every plan that an entry or a dead letter refers to.
    func keptPlans() -> [(id: PlanID, hash: String, sources: [UInt8])]

    // MARK: Sources and keys

    func position(of route: RouteID) -> [UInt8]?
    /// What is known of this row.
    func seen(_ route: RouteID, _ identity: RowIdentity) -> SeenRow?
    func key(_ fingerprint: KeyFingerprint) -> AcceptedKey?
    /// Crash marks of raw rows that are still to be read.
    func rowCrashMarks(_ route: RouteID) -> [RowIdentity: Int]

    // MARK: Entries

    /// The id of the next entry; entries of one turn lie together.
    func newEntryID(bodyBytes: Int) -> EntryID
    func head(_ id: EntryID) -> EntryHead?
    /// All entries in order of admission.
    func forEachHead(_ body: (EntryHead) -> Void)
    func body(_ id: EntryID) throws(StoreError) -> [UInt8]?
    func progress(_ id: EntryID) throws(StoreError) -> [UInt8]?
    var entryCount: Int { get }

    // MARK: Queues of routes

    func pause(of queue: QueueID) -> PauseState
    /// Open dead letters of the queue of this name.
    func deadLetterCount(queue: String) throws(StoreError) -> Int
    /// The oldest, or the newest first; without their bodies.
    func deadLetters(
        queue: String, newestFirst: Bool, limit: Int
    ) throws(StoreError) -> [(message: String, reason: String)]

    // MARK: Jobs of queue clients

    var jobs: any JobIndex { get }

    // MARK: Dead letters, files, ledger

    func deadLetter(_ id: Int64) throws(StoreError) -> DeadLetter?
    func deadLetters(route: RouteID?, after id: Int64, limit: Int) throws(StoreError) -> [DeadLetter]
    /// Numbers of the dead letters of a message and of its parts (children, and theirs).
    func deadLetters(
        route: RouteID, ofMessageAndParts message: String
    ) throws(StoreError) -> (own: [Int64], parts: [Int64])
    func extents(connection: String) -> [FileExtent]
    /// The record of a charge; nil where it was never made.
    func ledgerRecord(_ charge: ChargeID) throws(StoreError) -> LedgerRecord?
    /// The last record's number and hash: (0, 32 zero bytes) at the beginning.
    func ledgerHead() -> (seq: Int64, hash: [UInt8])
    /// Units and total so far, for every open (customer, tariff, charge, period).
    func tallies() throws(StoreError) -> [(key: TallyKey, tally: Tally)]
    /// Messages by route and word, for ever; `waiting` is what is left.
    func account(_ route: RouteID) -> Account

    /// The latest moment that a commit carried, so that a clock which was set back counts as no time passed.
    var lastMoment: Instant { get }

    // MARK: Space

    /// Bytes that can still be written beside the store; nil where that cannot be known.
    func freeBytes() -> Int64?
}

/// The account of P6 for one route: counts for ever.
package struct Account: Sendable, Hashable {
    package var seen: Int64
    package var words: [FinalWord: Int64]
    package init(seen: Int64 = 0, words: [FinalWord: Int64] = [:]) {
        self.seen = seen
        self.words = words
    }
    package var waiting: Int64 { seen - words.values.reduce(0, +) }
}

package enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No space: the turn was rolled back and can be committed again.
    case full
    /// The disk or the file failed; nothing may be acknowledged after it.
    case failed(operation: String, message: String)
    /// Another process holds the folder.
    case held(folder: String, by: String)
    case damaged(what: String)
    /// Written by a newer Waybill.
    case newer(version: Int, known: Int)

    package var description: String {
        switch self {
        case .full: "the disk is full: free some space, the same work goes on by itself"
        case .failed(let operation, let message): "\(operation) failed: \(message)"
        case .held(let folder, let holder): "\(folder) is in use by \(holder); stop it first, or give another --data"
        case .damaged(let what): "the store is damaged: \(what)"
        case .newer(let version, let known):
            "the store has format \(version), this Waybill knows \(known): run the newer version"
        }
    }
}
