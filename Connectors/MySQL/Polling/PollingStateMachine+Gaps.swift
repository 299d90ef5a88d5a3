package import Connecting

extension PollingStateMachine {
    /// The answer to `transactions`.
    package mutating func transactions(_ open: [OpenTransaction], at now: Moment) {
        round?.listed(open, at: now.monotonicMilliseconds)
        advanceRound(now.monotonicMilliseconds)
    }

    /// The server no longer lists transactions for this user: gaps close by age from now on.
    package mutating func transactionsDenied() {
        server?.listsTransactions = false
        round = nil
    }

    /// The answer to `gaps`: rows that were found in the ranges asked for.
    package mutating func gapRows(_ keys: [RowIdentity], wasFull: Bool, at now: Moment) -> Emission? {
        guard let walk else { return nil }
        let asked = position.gaps.ranges(from: walk.from, count: Self.rangesPerQuery)
        guard let lastAsked = asked.last?.upperBound else { return nil }
        var reached = lastAsked
        if wasFull, case .int(let id)? = keys.last { reached = id }
        let mayBeKnown = keys.contains { isWithinFailover($0) }
        for case .int(let id) in keys { position.gaps.fill(id) }
        closeSettled(asked, through: min(reached, walk.closing ?? .min))
        clearFailover()
        continueWalk(from: reached, now)
        return keys.isEmpty ? nil : emission(mayBeKnown ? .failover : .fresh, 0..<keys.count)
    }

    private func isWithinFailover(_ key: RowIdentity) -> Bool {
        guard let through = position.failoverThrough, case .int(let id) = key else { return false }
        return id <= through
    }

    private mutating func closeSettled(_ asked: [ClosedRange<Int64>], through end: Int64) {
        guard let first = asked.first, first.lowerBound <= end else { return }
        position.gaps.remove(first.lowerBound...end)
    }

    private mutating func continueWalk(from reached: Int64, _ now: Moment) {
        let isOver = reached == .max || position.gaps.ranges(from: reached + 1, count: 1).isEmpty
        walk = isOver ? nil : GapWalk(from: reached + 1, closing: walk?.closing)
        if walk == nil { walkDueAt = now.monotonicMilliseconds + settings.everyMilliseconds }
        if walk == nil { startRoundIfGaps(now.monotonicMilliseconds) }
    }

    mutating func walkToAsk(_ now: Moment) -> PollingQuery? {
        if walk == nil, walkDueAt <= now.monotonicMilliseconds, !position.gaps.isEmpty {
            walk = GapWalk(from: .min, closing: settledThrough(now))
        }
        guard let current = walk else { return nil }
        let ranges = position.gaps.ranges(from: current.from, count: Self.rangesPerQuery)
        if !ranges.isEmpty { return .gaps(ranges, limit: pageLimit) }
        walk = nil
        walkDueAt = now.monotonicMilliseconds + settings.everyMilliseconds
        return nil
    }

    private func settledThrough(_ now: Moment) -> Int64? {
        if seesTransactions { return horizon }
        let mark = position.marks.mark(settings.gapAgeMilliseconds, before: now.wallMilliseconds)
        if case .int(let id)? = mark?.cursor { return id }
        return nil
    }

    mutating func startRoundIfGaps(_ time: Int64) {
        guard round == nil, seesTransactions, let ceiling, let last = position.gaps.ranges.last,
            last.upperBound > horizon ?? .min
        else { return }
        round = SettlingRound(ceiling: ceiling, at: time)
    }

    mutating func advanceRound(_ time: Int64) {
        guard let current = round, !current.wantsList, current.dueAt <= time else { return }
        horizon = max(horizon ?? .min, current.ceiling)
        round = nil
        walkDueAt = time
        startRoundIfGaps(time)
    }

    /// Far behind, the first pages wait a moment for the transaction list: with it, old holes are no gaps.
    var isHeldBack: Bool {
        guard horizon == nil, let round, pageDueAt <= connectedAt else { return false }
        switch round.phase {
        case .listing, .settling: return true
        case .watching: return false
        }
    }

    static let rangesPerQuery = 32
}
