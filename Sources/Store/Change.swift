package import Billing
package import Connecting
package import Message

/// A fact that a turn makes durable. A change says what happened, never what to compute, so that a store can also be an
/// ordered log of turns. All changes of a turn are committed together or not at all.
package enum Change: Sendable {
    /// Rows of a source became known, and its position moved behind them.
    case seen(SourceAdvance)
    /// A row that was filtered has changed and is worked after all, or is filtered in another version. Its word in the
    /// account changes with it.
    case seenAgain(route: RouteID, row: SeenRow, before: FinalWord)
    /// A unique key was accepted with this message.
    case keyAccepted(AcceptedKey)
    /// The same key came with other content: somebody has to look.
    case conflictFound(Conflict)
    case admitted(NewEntry)
    /// The head of an entry changed: taken, delayed, parked, marked after a crash.
    case headChanged(EntryHead)
    /// What the engine must remember of an entry besides its head and body; nil: nothing any more.
    case progressed(EntryID, [UInt8]?)
    case removed(EntryID)
    /// A delivery succeeded. The evidence that `audit` holds against the ledger.
    case delivered(DeliveryMark)
    case charged(LedgerRecord)
    /// A message has its final word.
    case ended(Ending)
    /// A message that had ended is worked again (`dead retry`): its word goes back to waiting.
    case reopened(Ending)
    case deadLettered(DeadLetter)
    case deadLetterClosed(id: Int64)
    /// An appended file reaches this far now.
    case appended(connection: String, FileExtent)
    /// A raw row crashed the process when it was worked above the durability line. At three it is put aside.
    case rowCrashMarked(route: RouteID, identity: RowIdentity)
    /// Somebody did something that destroys or repeats work: who and what.
    case acted(AuditNote)
    /// A queue that routes go through was paused, or goes on.
    case queuePaused(QueueID, PauseState)
}

/// A route, by the number that the store keeps for its name for ever (`Store.routeID`).
package struct RouteID: Sendable, Hashable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

package struct QueueID: Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// A kept plan, by the number that the store gave it.
package struct PlanID: Sendable, Hashable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// An entry of a queue. Increases in order of admission; carries chunk and slot, so that it needs no hash table.
package struct EntryID: Sendable, Hashable, Comparable, BitwiseCopyable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Where a message is, in one word, once it is nowhere else.
package enum FinalWord: UInt8, Sendable, Hashable, CaseIterable {
    case delivered = 1
    case filtered, duplicate, conflict, rejected, stopped, handled, expired, dead, removed, lost
}

package struct SourceAdvance: Sendable {
    package let route: RouteID
    package let rows: [SeenRow]
    /// What the reader gets back at the next start; nil: it stays where it was (jobs of a queue have none).
    package let position: [UInt8]?
    package let positionText: String
    package init(route: RouteID, rows: [SeenRow], position: [UInt8]?, positionText: String) {
        self.route = route
        self.rows = rows
        self.position = position
        self.positionText = positionText
    }
}

/// What is remembered of a row for as long as it may be read again.
package struct SeenRow: Sendable, Hashable {
    package let identity: RowIdentity
    /// `shop.orders/4711`, the message's id.
    package let message: String
    package let content: UInt64
    /// nil: it was admitted and waits; its ending is a change of its own.
    package let word: FinalWord?
    package let seenAt: Instant
    package init(identity: RowIdentity, message: String, content: UInt64, word: FinalWord?, seenAt: Instant) {
        self.identity = identity
        self.message = message
        self.content = content
        self.word = word
        self.seenAt = seenAt
    }
}

/// 128 bits of SHA-256 over a scope and a key: equal fingerprints are taken for equal keys.
package struct KeyFingerprint: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

package struct AcceptedKey: Sendable, Hashable {
    package let fingerprint: KeyFingerprint
    /// Tells a duplicate from a conflict.
    package let content: UInt64
    /// The row's number within its table where it has one, else a hash of the message's id: names the first message.
    package let message: UInt64
    /// The key is forgotten after this.
    package let until: Instant
    package init(fingerprint: KeyFingerprint, content: UInt64, message: UInt64, until: Instant) {
        self.fingerprint = fingerprint
        self.content = content
        self.message = message
        self.until = until
    }
}

package struct Conflict: Sendable, Hashable {
    package let route: RouteID
    package let message: String
    /// The key as people write it, at most 200 characters.
    package let key: String
    /// `AcceptedKey.message` of the first one.
    package let firstMessage: UInt64
    package let at: Instant
    package init(route: RouteID, message: String, key: String, firstMessage: UInt64, at: Instant) {
        self.route = route
        self.message = message
        self.key = key
        self.firstMessage = firstMessage
        self.at = at
    }
}

/// The small part of an entry that is always in memory.
package struct EntryHead: Sendable, Hashable {
    package enum State: UInt8, Sendable, Hashable {
        /// To be worked as soon as there is room.
        case waiting = 0
        /// Being worked (leased to this process; a start makes it waiting again).
        case taken = 1
        /// Waits for `due`.
        case delayed = 2
        /// Waits for its children.
        case parked = 3
        /// At most once: handed out for the last time, no outcome yet.
        case spent = 4
    }

    package let id: EntryID
    package let queue: QueueID
    package let plan: PlanID
    package let route: RouteID
    package var state: State
    /// Wall clock; only for `delayed`.
    package var due: Instant
    /// Ends as `expired` after this; nil: never.
    package let expires: Instant?
    /// Hash of the queue's `key`; 0: none.
    package let orderingKey: UInt64
    /// How often it was taken: lease and fence.
    package var take: UInt32
    /// Sends of the delivery it stands before.
    package var attempt: UInt16
    package var crashMarks: UInt8

    package init(
        id: EntryID, queue: QueueID, plan: PlanID, route: RouteID, state: State, due: Instant, expires: Instant?,
        orderingKey: UInt64, take: UInt32, attempt: UInt16, crashMarks: UInt8
    ) {
        self.id = id
        self.queue = queue
        self.plan = plan
        self.route = route
        self.state = state
        self.due = due
        self.expires = expires
        self.orderingKey = orderingKey
        self.take = take
        self.attempt = attempt
        self.crashMarks = crashMarks
    }
}

package struct NewEntry: Sendable {
    package let head: EntryHead
    /// Message id and live values, in the engine's encoding.
    package let body: [UInt8]
    package init(head: EntryHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

package struct DeliveryMark: Sendable, Hashable {
    package let route: RouteID
    package let message: String
    /// Step and item path, as in the charge's id.
    package let step: String
    package let itemPath: String
    package let at: Instant
    /// The customer it was billed to; nil: the step has no `bill`.
    package let billedTo: String?
    package init(route: RouteID, message: String, step: String, itemPath: String, at: Instant, billedTo: String?) {
        self.route = route
        self.message = message
        self.step = step
        self.itemPath = itemPath
        self.at = at
        self.billedTo = billedTo
    }
}

package struct Ending: Sendable, Hashable {
    package let route: RouteID
    package let message: String
    package let word: FinalWord
    package let at: Instant
    package init(route: RouteID, message: String, word: FinalWord, at: Instant) {
        self.route = route
        self.message = message
        self.word = word
        self.at = at
    }
}

package struct DeadLetter: Sendable, Hashable {
    /// 0 in a change: the store numbers it.
    package let id: Int64
    package let route: RouteID
    /// The dead-letter queue that the route names.
    package let queue: String
    package let message: String
    package let step: String
    /// Both reasons where `on error` failed itself.
    package let reason: String
    package let lastOutcomeUnknown: Bool
    package let attempts: Int
    package let at: Instant
    package let plan: PlanID
    /// As in `NewEntry`; the raw row's values where it died above the line.
    package let body: [UInt8]
    package let progress: [UInt8]?
    /// The parent that waits or waited for it; nil for a message of its own.
    package let parent: EntryID?
    /// What the account says of the message: `dead`, or `lost` for at-most-once without an outcome.
    package let word: FinalWord
    package init(
        id: Int64, route: RouteID, queue: String, message: String, step: String, reason: String,
        lastOutcomeUnknown: Bool, attempts: Int, at: Instant, plan: PlanID, body: [UInt8], progress: [UInt8]?,
        parent: EntryID?, word: FinalWord = .dead
    ) {
        self.id = id
        self.route = route
        self.queue = queue
        self.message = message
        self.step = step
        self.reason = reason
        self.lastOutcomeUnknown = lastOutcomeUnknown
        self.attempts = attempts
        self.at = at
        self.plan = plan
        self.body = body
        self.progress = progress
        self.parent = parent
        self.word = word
    }
}

package struct AuditNote: Sendable, Hashable {
    package let at: Instant
    package let who: String
    package let what: String
    package init(at: Instant, who: String, what: String) {
        self.at = at
        self.who = who
        self.what = what
    }
}
