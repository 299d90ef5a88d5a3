package import Connecting

extension PollingStateMachine {
    /// The answer to `newest`: keys from the highest down. At `start now` it places the cursor and gives an emission
    /// without rows, so that the place is committed.
    package mutating func newest(_ keys: [RowIdentity], at now: Moment) -> Emission? {
        newestDueAt = now.monotonicMilliseconds + Self.newestEvery
        if !isPlaced { return placeNow(keys, at: now) }
        if case .int(let id)? = keys.first { newest = id } else { newest = nil }
        knowsNewest = true
        if let cursor = cursorId, cursor > newest ?? .min { failOver(at: now, below: newest) }
        let farBehind = (newest ?? .min).subtractingReportingOverflow(cursorId ?? 0)
        let isFarBehind = newest != nil && (farBehind.overflow || farBehind.partialValue > 10_000)
        if round == nil, seesTransactions, isFarBehind || !position.gaps.isEmpty, let ceiling = ceiling {
            round = SettlingRound(ceiling: ceiling, at: now.monotonicMilliseconds)
        }
        return nil
    }

    private mutating func placeNow(_ keys: [RowIdentity], at now: Moment) -> Emission {
        position.cursor = keys.first
        position.origin = keys.first
        isPlaced = true
        var above: Int64?
        for case .int(let id) in keys {
            if let above { openGap(between: id, and: above) }
            above = id
        }
        if case .int(let id)? = keys.first { newest = id }
        knowsNewest = true
        position.marks.note(position.cursor, wallMilliseconds: now.wallMilliseconds)
        return emission(.fresh, 0..<0)
    }

    /// The answer to `page`. `wasFull`: more rows may follow at once. Rows come out as one or two emissions: those that
    /// another server may have shown before, and fresh ones.
    package mutating func page(_ keys: [RowIdentity], wasFull: Bool, at now: Moment) -> [Emission] {
        pageWasFull = wasFull
        rereadGoesFirst = rereading != nil
        let time = now.monotonicMilliseconds
        if !wasFull { pageDueAt = max(pageDueAt, time - settings.everyMilliseconds) + settings.everyMilliseconds }
        defer { position.marks.note(position.cursor, wallMilliseconds: now.wallMilliseconds) }
        guard let last = keys.last else {
            clearFailover()
            return []
        }
        position.marks.note(position.cursor, wallMilliseconds: now.wallMilliseconds)
        guard settings.key == .increasing else {
            position.cursor = last
            return [emission(.fresh, 0..<keys.count)]
        }
        let split = failoverEnd(keys)
        var emissions: [Emission] = []
        for (kind, rows) in [(SourceBatch.Kind.failover, 0..<split), (.fresh, split..<keys.count)]
        where !rows.isEmpty {
            advance(keys[rows])
            emissions.append(emission(kind, rows))
        }
        startRoundIfGaps(time)
        return emissions
    }

    private mutating func advance(_ keys: ArraySlice<RowIdentity>) {
        for case .int(let id) in keys {
            if let cursor = cursorId {
                guard id > cursor else { continue }
                openGap(between: cursor, and: id)
            } else if id > 1 {
                openGap(between: 0, and: id)
            }
            position.cursor = .int(id)
        }
        position.gapsForgotten &+= UInt64(position.gaps.forgetOldest(keeping: settings.gapLimit))
        clearFailover()
    }

    /// Notes the ids between two neighbours, unless they are settled or the server would not hand them out.
    private mutating func openGap(between low: Int64, and high: Int64) {
        guard low < high, low + 1 < high, server?.leavesNoRoom(between: low, and: high) != true else { return }
        let first = max(low + 1, (horizon ?? .min) == .max ? .max : (horizon ?? .min) + 1)
        if first < high { position.gaps.open(first...(high - 1)) }
    }

    private func failoverEnd(_ keys: [RowIdentity]) -> Int {
        guard let through = position.failoverThrough else { return 0 }
        return keys.firstIndex { if case .int(let id) = $0 { id > through } else { true } } ?? keys.count
    }

    /// Once everything up to where the other server had been is read and settled, ids are enough again.
    mutating func clearFailover() {
        guard let through = position.failoverThrough, let cursor = cursorId, cursor > through else { return }
        if position.gaps.ranges(from: .min, count: 1).first.map({ $0.lowerBound > through }) ?? true {
            position.failoverThrough = nil
        }
    }

    private static let newestEvery: Int64 = 60_000

    func emission(_ kind: SourceBatch.Kind, _ rows: Range<Int>) -> Emission {
        Emission(kind: kind, rows: rows, position: position.encoded, positionText: positionText)
    }

    var cursorId: Int64? { if case .int(let id)? = position.cursor { id } else { nil } }

    /// The highest id that is known to have been handed out.
    var ceiling: Int64? {
        guard let cursor = cursorId else { return newest }
        return max(cursor, newest ?? cursor)
    }
}
