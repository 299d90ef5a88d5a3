package import Message

/// A job by its place in the store: chunk and slot, so that finding it needs no table. 48 bits; increases within a
/// queue in order of creation.
package struct JobNumber: Sendable, Hashable, Comparable, BitwiseCopyable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A queue of jobs, by the number that the store keeps for its name as long as the queue exists.
package struct JobQueueID: Sendable, Hashable, BitwiseCopyable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

package enum JobState: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    /// Can be handed out now.
    case queued = 0
    /// Comes into the queue when it is `due`: by its delay, or put off.
    case delayed = 1
    /// Handed out; comes back when it is `due`.
    case leased = 2
    /// At most once: handed out for the only time. Waits for its acknowledgement or its expiry.
    case spent = 3
}

/// What changes in a job's life. Small, so that many can be in memory.
package struct JobHead: Sendable, Hashable, BitwiseCopyable {
    package var state: JobState
    /// Wall clock: when it comes (back) into the queue. `.never` where only a command brings it back; not used while
    /// queued.
    package var due: Instant
    /// Wall clock: gone after this, whatever it does; `.never`: kept.
    package var expires: Instant
    package var nacks: UInt16
    /// How often it came back into the queue otherwise than by NACK.
    package var additionalDeliveries: UInt16
    /// How often it was handed out.
    package var deliveries: UInt16
    /// Whether it was in the queue already: coming back counts, the first time does not.
    package var wasQueued: Bool
    /// `JobTerms.retrySeconds` is 0.
    package var isAtMostOnce: Bool
    /// `JobTerms.deliveriesMost` is not 0: who brings it back looks at the terms.
    package var isLimited: Bool

    package init(
        state: JobState, due: Instant, expires: Instant, nacks: UInt16 = 0, additionalDeliveries: UInt16 = 0,
        deliveries: UInt16 = 0, wasQueued: Bool, isAtMostOnce: Bool, isLimited: Bool
    ) {
        self.state = state
        self.due = due
        self.expires = expires
        self.nacks = nacks
        self.additionalDeliveries = additionalDeliveries
        self.deliveries = deliveries
        self.wasQueued = wasQueued
        self.isAtMostOnce = isAtMostOnce
        self.isLimited = isLimited
    }
}

/// What never changes in a job's life. Kept beside its body.
package struct JobTerms: Sendable, Hashable, BitwiseCopyable {
    /// 0: at most once.
    package var retrySeconds: UInt32
    package var delaySeconds: UInt32
    /// 0: kept without limit.
    package var ttlSeconds: UInt32
    /// Handed out at most so often, then a dead letter; 0: no limit.
    package var deliveriesMost: UInt16
    /// Milliseconds since the epoch × 1,000,000 + a count, greater than that of every job before it.
    package var created: UInt64

    package init(
        retrySeconds: UInt32, delaySeconds: UInt32, ttlSeconds: UInt32, deliveriesMost: UInt16, created: UInt64
    ) {
        self.retrySeconds = retrySeconds
        self.delaySeconds = delaySeconds
        self.ttlSeconds = ttlSeconds
        self.deliveriesMost = deliveriesMost
        self.created = created
    }
}

extension JobTerms {
    /// The most that `deliveriesMost` can say.
    package static let deliveriesMostAllowed: UInt16 = 0x7fff
    /// In a stored `deliveriesMost`: the name of the dead-letter queue lies behind the body, and behind it its length in
    /// two bytes, little endian. So that a job can name one without a place for it in every other job.
    private static let namesDeadLetterQueue: UInt16 = 0x8000

    /// What `JobIndex.add` is given for a job that names its dead-letter queue; `JobContent` takes it apart again.
    /// - Parameter name: at most 65,535 bytes.
    package func naming(
        deadLetterQueue name: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer
    ) -> (terms: JobTerms, body: [UInt8]) {
        var stored: [UInt8] = []
        stored.reserveCapacity(body.count + name.count + 2)
        stored.append(contentsOf: body)
        stored.append(contentsOf: name)
        stored.append(UInt8(truncatingIfNeeded: name.count))
        stored.append(UInt8(truncatingIfNeeded: name.count >> 8))
        var terms = self
        terms.deliveriesMost |= Self.namesDeadLetterQueue
        return (terms, stored)
    }

    /// The length of the name behind a stored body; nil: there is none. Clears the mark.
    fileprivate mutating func takeNameLength(behind body: UnsafeRawBufferPointer) -> Int? {
        guard deliveriesMost & Self.namesDeadLetterQueue != 0 else { return nil }
        deliveriesMost &= ~Self.namesDeadLetterQueue
        guard body.count >= 2 else { return nil }
        let length = Int(body[body.count - 2]) | Int(body[body.count - 1]) << 8
        return length <= body.count - 2 ? length : nil
    }
}

/// A job's content, in memory that the index owns: valid only inside the closure that gets it.
package struct JobContent {
    package let terms: JobTerms
    /// 40 bytes.
    package let id: UnsafeRawBufferPointer
    package let body: UnsafeRawBufferPointer
    /// Where it goes after `deliveriesMost`; nil: to the queue that is named as its own with `.dead`.
    package let deadLetterQueue: UnsafeRawBufferPointer?

    /// - Parameters:
    ///   - terms: as stored, that is as `JobIndex.add` got them.
    ///   - body: the same.
    package init(terms: JobTerms, id: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        var terms = terms
        let nameLength = terms.takeNameLength(behind: body)
        self.terms = terms
        self.id = id
        guard let nameLength else {
            self.body = body
            deadLetterQueue = nil
            return
        }
        let end = body.count - 2
        self.body = UnsafeRawBufferPointer(rebasing: body[..<(end - nameLength)])
        deadLetterQueue = UnsafeRawBufferPointer(rebasing: body[(end - nameLength)..<end])
    }
}

/// Why a job's head changes: what is counted for its queue.
package enum JobEvent: UInt8, Sendable, Hashable {
    /// Handed out: jobs-out.
    case fetched = 0
    /// Came into the queue: jobs-in.
    case queued = 1
    /// Anything else.
    case changed = 2
}

/// How a job ended.
package enum JobEnding: UInt8, Sendable, Hashable, CaseIterable {
    case acknowledged = 0
    case deleted = 1
    case expired = 2
    /// By QPURGE.
    case purged = 3
    /// Taken over by a route: it goes on as that route's message.
    case routed = 4
}

package struct PauseState: Sendable, Hashable, OptionSet, BitwiseCopyable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Nothing is added.
    package static let input = Self(rawValue: 1)
    /// Nothing is handed out.
    package static let output = Self(rawValue: 2)
}

/// A queue as it is now.
package struct JobQueueState: Sendable {
    package var name: [UInt8]
    /// Jobs by state, `JobState.rawValue` as the index.
    package var counts: [Int]
    package var jobsIn: UInt64
    package var jobsOut: UInt64
    /// Endings, `JobEnding.rawValue` as the index.
    package var ended: [UInt64]
    /// Jobs that went to its dead-letter queue.
    package var deadLettered: UInt64
    package var pause: PauseState
    package var made: Instant
    package init(
        name: [UInt8], counts: [Int], jobsIn: UInt64, jobsOut: UInt64, ended: [UInt64], deadLettered: UInt64,
        pause: PauseState, made: Instant
    ) {
        self.name = name
        self.counts = counts
        self.jobsIn = jobsIn
        self.jobsOut = jobsOut
        self.ended = ended
        self.deadLettered = deadLettered
        self.pause = pause
        self.made = made
    }
}
