package import Message

/// The jobs of all queues: the part of the seam that queue clients use. Owned by the core's thread.
///
/// Every call that changes something is a fact of this turn, committed with the other changes of the turn by
/// `Store.commit`; reads see what this turn changed. A read that cannot answer (damage, the disk) gives the empty answer
/// and makes the commit fail: nothing of that turn is acknowledged. Memory does not grow with the jobs that wait: heads
/// and bodies of all but the ends of the queues lie on disk.
package protocol JobIndex: AnyObject {
    // MARK: Identity of this node

    /// 40 hexadecimal digits, made with the store.
    var nodeID: [UInt8] { get }
    /// 16 random bytes, made with the store: the secret that job ids are sealed with.
    var idKey: [UInt8] { get }
    /// A new node id: CLUSTER RESET HARD.
    func renewNodeID()
    /// CLUSTER LEAVING.
    var isLeaving: Bool { get set }
    /// `JobTerms.created` of the newest job there ever was.
    var lastCreated: UInt64 { get }

    // MARK: Queues

    var queueCount: Int { get }
    var jobCount: Int { get }
    func queue(named name: UnsafeRawBufferPointer) -> JobQueueID?
    /// Makes the queue where it does not exist.
    func makeQueue(_ name: UnsafeRawBufferPointer, at time: Instant) -> JobQueueID
    /// nil: there is no such queue (any more).
    func state(of queue: JobQueueID) -> JobQueueState?
    /// Without building a `JobQueueState`.
    func count(_ state: JobState, in queue: JobQueueID) -> Int
    func pause(of queue: JobQueueID) -> PauseState
    func setPause(_ pause: PauseState, of queue: JobQueueID)
    /// Forgets an empty queue with its counters.
    func drop(_ queue: JobQueueID)
    /// Queues in order of their numbers, after `cursor`; stops where `body` returns false.
    func forEachQueue(after cursor: UInt32, _ body: (JobQueueID) -> Bool)

    // MARK: Jobs

    /// The number that the next job of this queue gets: its id is made from it. Given out once.
    func reserve(in queue: JobQueueID) -> JobNumber
    /// - Parameters:
    ///   - number: from `reserve`, in this turn.
    ///   - head: `queued` counts as a job in.
    ///   - id: 40 bytes.
    func add(
        _ number: JobNumber, to queue: JobQueueID, head: JobHead, terms: JobTerms, id: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer)
    /// The living job that had this number when it was added, wherever it was moved since; nil: there is none.
    func find(_ number: JobNumber) -> JobNumber?
    func head(_ number: JobNumber) -> JobHead?
    func queue(of number: JobNumber) -> JobQueueID?
    /// Moves the job between states; `event` says what its queue counts. Its place in the order stays.
    func change(_ number: JobNumber, to head: JobHead, event: JobEvent)
    func remove(_ number: JobNumber, ending: JobEnding)
    /// To the end of another queue, with this head; its id and terms stay. `event` `.queued` counts there.
    /// - Parameter isDeadLetter: counts as such where it leaves.
    func move(_ number: JobNumber, to queue: JobQueueID, head: JobHead, isDeadLetter: Bool) -> JobNumber
    /// Removes queued and delayed jobs, whole chunks at a time; leased and spent ones stay.
    /// - Returns: how many.
    func purge(_ queue: JobQueueID) -> Int
    /// Removes every job and queue.
    func removeAll()
    func withContent<Result>(of number: JobNumber, _ body: (JobContent) -> Result) -> Result?

    /// The first queued job in order of creation.
    func firstQueued(in queue: JobQueueID) -> JobNumber?
    /// Queued jobs from the first on, or from the last backwards.
    func forEachQueued(in queue: JobQueueID, backwards: Bool, _ body: (JobNumber) -> Bool)
    /// All jobs in order of their numbers, after `cursor`, of one queue or of all; looks at jobs on disk without keeping
    /// them in memory.
    func forEachJob(after cursor: JobNumber, in queue: JobQueueID?, _ body: (JobNumber, JobHead) -> Bool)

    // MARK: Time

    /// A job whose `expires`, or whose `due` while it is delayed or leased, is not after `now`. Comes again until it is
    /// changed.
    func nextDue(by now: Instant) -> JobNumber?
    /// When to ask next; may be earlier than needed.
    var nextDueTime: Instant? { get }
    /// How late this turn is: committed with its changes, so that a clock which is set back counts as no time passed.
    func note(moment: Instant)
}
