package import Connecting

extension PollingStateMachine {
    var overlapEvery: Int64 { max(60_000, settings.everyMilliseconds) }

    var canReread: Bool { position.cursor != nil && position.cursor != position.origin }

    /// Starts the sweep, or for composite keys the last minutes, when it is time.
    mutating func beginReread(_ now: Moment) {
        let time = now.monotonicMilliseconds
        guard rereading == nil, let through = position.cursor else { return }
        if sweepDueAt <= time, !pageWasFull {
            sweepDueAt = time + settings.sweepEveryMilliseconds
            position.lastSweepWallMilliseconds = now.wallMilliseconds
            begin(back: settings.sweepBackMilliseconds, through, now)
            if settings.key == .increasing { knowsNewest = false }
        } else if settings.key == .composite, overlapDueAt <= time {
            overlapDueAt = time + overlapEvery
            begin(back: 120_000, through, now)
        }
    }

    private mutating func begin(back age: Int64, _ through: RowIdentity, _ now: Moment) {
        let mark = position.marks.mark(age, before: now.wallMilliseconds)
        let after = mark.map(\.cursor) ?? position.origin
        guard after != through else { return }
        rereading = Reread(after: after, through: through)
        rereadGoesFirst = false
    }

    /// The answer to `reread`.
    package mutating func reread(_ keys: [RowIdentity], wasFull: Bool, at now: Moment) -> Emission? {
        guard let current = rereading else { return nil }
        rereadGoesFirst = false
        if wasFull, let last = keys.last, last != current.after {
            rereading = Reread(after: last, through: current.through)
        } else {
            rereading = nil
        }
        for case .int(let id) in keys { position.gaps.fill(id) }
        return keys.isEmpty ? nil : emission(.reread, 0..<keys.count)
    }

    /// Another server, or one that has lost its newest rows: what may differ is read again and compared by content.
    mutating func failOver(at now: Moment, below newest: Int64? = nil) {
        guard settings.key == .increasing, let cursor = cursorId else { return }
        horizon = nil
        round = nil
        walk = nil
        rereading = nil
        let mark = position.marks.mark(600_000, before: now.wallMilliseconds)
        var back = mark.map(\.cursor) ?? position.origin
        if knowsNewest, case .int(let id)? = back { back = newest.map { .int(min(id, $0)) } ?? position.origin }
        if case .int(let id)? = back, case .int(let origin)? = position.origin { back = .int(max(id, origin)) }
        guard back != position.cursor else { return }
        position.failoverThrough = max(position.failoverThrough ?? .min, cursor)
        position.cursor = back
        position.marks.lower(to: cursorId)
        if let cursor = cursorId, cursor < .max {
            position.gaps.remove((cursor + 1)...(.max))
        } else {
            position.gaps = GapList()
        }
    }

    package var positionText: String {
        var text =
            switch position.cursor {
            case nil: "before the first row"
            case .int(let id)?: "after id \(Self.grouped(id))"
            case .bytes(let bytes)?: "after \(KeyEncoding.text(of: bytes))"
            }
        let gaps = position.gaps.ranges.count
        if gaps > 0 { text += gaps == 1 ? ", 1 gap open" : ", \(gaps) gaps open" }
        if position.failoverThrough != nil { text += ", comparing after a failover" }
        return text
    }

    /// `5,000,000`.
    static func grouped(_ number: Int64) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }
}
