package import Connecting

/// How far a source had been read at which time: where the sweep, a failover and the closing by age go back to.
/// Close together for the last minutes, an hour apart for the last day.
package struct ReadMarks: Sendable, Hashable {
    package struct Mark: Sendable, Hashable {
        package var wallMilliseconds: Int64
        /// nil: before the first row.
        package var cursor: RowIdentity?
        package init(wallMilliseconds: Int64, cursor: RowIdentity?) {
            self.wallMilliseconds = wallMilliseconds
            self.cursor = cursor
        }
    }

    package private(set) var marks: [Mark] = []

    package init() {}
    init(_ marks: [Mark]) { self.marks = marks }

    /// Notes the cursor, at most once a minute. Marks of a clock that has stepped back are drawn to now.
    package mutating func note(_ cursor: RowIdentity?, wallMilliseconds now: Int64) {
        for index in marks.indices.reversed() where marks[index].wallMilliseconds > now {
            marks[index].wallMilliseconds = now
        }
        if let last = marks.last, now &- last.wallMilliseconds < Self.minute { return }
        marks.append(Mark(wallMilliseconds: now, cursor: cursor))
        thin(now)
    }

    /// Where the cursor was `age` ago: the newest mark at least that old.
    package func mark(_ age: Int64, before now: Int64) -> Mark? {
        marks.last { $0.wallMilliseconds <= now &- age }
    }

    /// After a failover the ids above `cursor` are read anew, so that no mark may lie above it.
    package mutating func lower(to cursor: Int64?) {
        for index in marks.indices {
            guard case .int(let marked)? = marks[index].cursor else { continue }
            if let cursor {
                marks[index].cursor = .int(min(marked, cursor))
            } else {
                marks[index].cursor = nil
            }
        }
    }

    private mutating func thin(_ now: Int64) {
        var kept: [Mark] = []
        for (index, mark) in marks.enumerated() {
            let age = now &- mark.wallMilliseconds
            let spacing = age < 15 * Self.minute ? 0 : age < 70 * Self.minute ? 5 * Self.minute : 60 * Self.minute
            let isLastOld = age > 25 * 60 * Self.minute && index + 1 < marks.count
            if isLastOld, now &- marks[index + 1].wallMilliseconds > 24 * 60 * Self.minute { continue }
            if let last = kept.last, mark.wallMilliseconds &- last.wallMilliseconds < spacing { continue }
            kept.append(mark)
        }
        marks = kept
    }

    static let minute: Int64 = 60_000
}
