package import Message
package import Store

/// Entries by the moment they are due, earliest first; equal moments in order of admission. Nothing is taken out early:
/// who pops an entry looks whether its head still says the same.
package struct TimerHeap {
    private struct Timer: Comparable {
        let due: Instant
        let entry: EntryID

        static func < (left: Self, right: Self) -> Bool {
            left.due == right.due ? left.entry < right.entry : left.due < right.due
        }
    }

    private var timers = Heap<Timer>()

    package init() {}

    package var next: Instant? { timers.min?.due }
    package var count: Int { timers.count }

    package mutating func insert(_ entry: EntryID, due: Instant) { timers.insert(Timer(due: due, entry: entry)) }

    /// The earliest entry that is due by `now`.
    package mutating func popDue(_ now: Instant) -> EntryID? {
        guard let first = timers.min, first.due <= now else { return nil }
        return timers.popMin()?.entry
    }
}
