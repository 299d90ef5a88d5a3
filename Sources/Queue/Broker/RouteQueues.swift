package import Store

/// The queues that routes declare, as clients of the queue's door may see, fill, peek into, pause and purge them. The
/// engine offers them to the broker (`Broker.routeQueues`); everything is called in the core's thread within a turn.
///
/// A queue that a route only reads (`from queue NAME`) is none of these: it is an ordinary queue of jobs.
package protocol RouteQueues: AnyObject {
    /// Changes whenever other names are declared or mean something else: the broker remembers for as long as it stays.
    var version: Int { get }

    /// nil: no route declares a queue of this name.
    func queue(named name: UnsafeRawBufferPointer) -> QueueID?
    func name(of queue: QueueID) -> [UInt8]
    /// In any order; stops where `body` returns false.
    func forEachQueue(_ body: (QueueID) -> Bool)

    /// The name of the route that works the queue's messages (`through`), for the sentence that refuses GETJOB and QMOVE;
    /// nil: no route works them.
    func worker(of queue: QueueID) -> String?

    func counts(of queue: QueueID) -> RouteQueueCounts
    /// What waits in the queue, oldest first; newest first where `count` is negative. At most `count.magnitude`, and the
    /// implementation may give fewer.
    func peek(_ queue: QueueID, count: Int) -> [(id: [UInt8], body: [UInt8])]
    /// Removes what waits and is not being worked.
    /// - Parameter who: the client's user and address, for the note of who destroyed what.
    /// - Returns: how many.
    func purge(_ queue: QueueID, by who: String) -> Int
    /// Why this queue is not purged (dead letters are ended by people, not from here); nil: it may be.
    func refusal(ofPurge queue: QueueID) -> RouteQueueRefusal?
    /// This job, of whatever queue, is about to be removed because its time is over: where a route reads its queue it ends
    /// in that route's account.
    func jobExpires(_ number: JobNumber)
    func pause(of queue: QueueID) -> PauseState
    func setPause(_ pause: PauseState, of queue: QueueID)
    /// Adds a message; its id is the reply.
    func fill(_ queue: QueueID, body: UnsafeRawBufferPointer) -> Result<[UInt8], RouteQueueRefusal>
}

extension RouteQueues {
    package func refusal(ofPurge queue: QueueID) -> RouteQueueRefusal? { nil }
    package func jobExpires(_ number: JobNumber) {}
}

/// How many messages of a route's queue are where, and what became of the others since the counts began.
package struct RouteQueueCounts: Sendable, Hashable {
    package var queued: Int
    package var delayed: Int
    /// Being worked.
    package var inFlight: Int
    package var jobsIn: UInt64
    package var jobsOut: UInt64
    package var delivered: UInt64
    package var removed: UInt64
    package var expired: UInt64
    package var purged: UInt64
    package var deadLettered: UInt64

    package init(
        queued: Int, delayed: Int, inFlight: Int, jobsIn: UInt64 = 0, jobsOut: UInt64 = 0, delivered: UInt64 = 0,
        removed: UInt64 = 0, expired: UInt64 = 0, purged: UInt64 = 0, deadLettered: UInt64 = 0
    ) {
        self.queued = queued
        self.delayed = delayed
        self.inFlight = inFlight
        self.jobsIn = jobsIn
        self.jobsOut = jobsOut
        self.delivered = delivered
        self.removed = removed
        self.expired = expired
        self.purged = purged
        self.deadLettered = deadLettered
    }
}

/// Why a message was not added, in a sentence for the client (without a token, without a line end).
package struct RouteQueueRefusal: Error, Sendable, Hashable {
    package let sentence: String
    package init(_ sentence: String) { self.sentence = sentence }
}
