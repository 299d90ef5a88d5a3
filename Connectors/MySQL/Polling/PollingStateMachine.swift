package import Connecting

/// Decides what to ask the server next so that no committed row is missed and none is handed on as fresh twice.
/// It does no I/O; time comes in with every event. One query is under way at a time, and its answer is the next event.
package struct PollingStateMachine: Sendable {
    package enum KeyKind: Sendable, Hashable {
        /// A single integer primary key: gaps are known exactly.
        case increasing
        /// Anything else: late rows are found by reading the last minutes again, best effort.
        case composite
    }

    package struct Settings: Sendable {
        package var key: KeyKind
        package var everyMilliseconds: Int64
        package var batch: Int
        package var start: SourceRequest.StartPosition
        package var sweepEveryMilliseconds: Int64 = 3_600_000
        package var sweepBackMilliseconds: Int64 = 86_400_000
        package var gapAgeMilliseconds: Int64 = 3_600_000
        package var gapLimit = 4_096

        package init(
            key: KeyKind, everyMilliseconds: Int64, batch: Int, start: SourceRequest.StartPosition
        ) {
            self.key = key
            self.everyMilliseconds = min(max(everyMilliseconds, 1), 86_400_000)
            self.batch = max(batch, 1)
            self.start = start
        }
    }

    /// A stretch that is being read again.
    struct Reread: Sendable, Hashable {
        var after: RowIdentity?
        let through: RowIdentity
    }

    /// One walk over all gaps.
    struct GapWalk: Sendable, Hashable {
        var from: Int64
        /// What is still empty up to here when the walk sees it is closed.
        let closing: Int64?
    }

    package let settings: Settings
    package internal(set) var position: PollingPosition
    /// Rows of a page; lowered while rows are huge.
    package var pageLimit: Int
    var server: ServerFacts?
    /// Whether `start` has become a position.
    var isPlaced: Bool
    var knowsNewest = false
    var newest: Int64?
    /// Ids up to here hold all rows that they ever will; of this server, since it was first seen.
    var horizon: Int64?
    var round: SettlingRound?
    var walk: GapWalk?
    var rereading: Reread?
    var pageDueAt: Int64 = 0
    var walkDueAt: Int64 = 0
    var sweepDueAt: Int64 = 0
    var overlapDueAt: Int64 = 0
    var newestDueAt: Int64 = 0
    var pageWasFull = false
    var rereadGoesFirst = false
    package private(set) var connectedAt: Int64 = 0

    package init(_ settings: Settings, position: PollingPosition?) {
        self.settings = settings
        self.position = position ?? PollingPosition()
        isPlaced = position != nil
        pageLimit = settings.batch
    }

    package var gapsOpen: Int { position.gaps.ranges.count }
    package var seesTransactions: Bool { server?.listsTransactions ?? false }
    /// Whether the last page was not full: nothing is waiting.
    package var isCaughtUp: Bool { !pageWasFull }

    /// A connection stands. Everything that was learnt from the last one and may have changed is learnt again.
    package mutating func connected(_ facts: ServerFacts, at now: Moment) {
        knowsNewest = false
        if !position.serverUUID.isEmpty, position.serverUUID != facts.uuid { failOver(at: now) }
        if position.serverUUID != facts.uuid { horizon = nil }
        position.serverUUID = facts.uuid
        server = facts
        round = nil
        walk = nil
        rereading = nil
        connectedAt = now.monotonicMilliseconds
        (pageDueAt, walkDueAt) = (connectedAt, connectedAt)
        overlapDueAt = connectedAt + overlapEvery
        if position.lastSweepWallMilliseconds == 0 { position.lastSweepWallMilliseconds = now.wallMilliseconds }
        let sinceSweep = max(0, now.wallMilliseconds &- position.lastSweepWallMilliseconds)
        sweepDueAt = connectedAt + max(0, settings.sweepEveryMilliseconds - sinceSweep)
    }

    /// What to ask now. Without an answer the same question is asked again.
    package mutating func next(at now: Moment) -> PollingQuery {
        let time = now.monotonicMilliseconds
        if !isPlaced, settings.start == .now { return .newest(limit: settings.key == .increasing ? 10_000 : 1) }
        if !isPlaced { place(at: now) }
        // A table that was emptied or made anew begins below the cursor, where nobody would look before the sweep.
        if settings.key == .increasing, !knowsNewest || (newestDueAt <= time && !pageWasFull) {
            return .newest(limit: 1)
        }
        advanceRound(time)
        if let round, round.wantsList, round.dueAt <= time { return .transactions }
        if let walk = walkToAsk(now) { return walk }
        beginReread(now)
        if let reread = rereading, rereadGoesFirst || pageDueAt > time || isHeldBack {
            return .reread(after: reread.after, through: reread.through, limit: pageLimit)
        }
        if pageDueAt <= time, !isHeldBack { return .page(after: position.cursor, limit: pageLimit) }
        return .wait(untilMonotonicMilliseconds: nextDue(after: time))
    }

    private func nextDue(after time: Int64) -> Int64 {
        var due = isHeldBack ? Int64.max : pageDueAt
        if let round { due = min(due, round.dueAt) }
        if !position.gaps.isEmpty { due = min(due, walkDueAt) }
        if canReread { due = min(due, sweepDueAt) }
        due = min(due, settings.key == .composite ? overlapDueAt : newestDueAt)
        return max(due, time + 1)
    }

    /// `start first` and `start ID` need no question.
    private mutating func place(at now: Moment) {
        if case .after(let id) = settings.start {
            position.cursor = .int(id)
            position.origin = .int(id)
        }
        isPlaced = true
        position.marks.note(position.cursor, wallMilliseconds: now.wallMilliseconds)
    }
}
