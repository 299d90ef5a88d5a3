package import Message
package import Store

/// Entries by the moment they are due, earliest first; equal moments in order of admission. Nothing is taken out early:
/// who pops an entry looks whether its head still says the same.
package struct TimerHeap {
    private struct Timer {
        let due: Instant
        let entry: EntryID

        func isBefore(_ other: Timer) -> Bool {
            due == other.due ? entry < other.entry : due < other.due
        }
    }

    private var timers: [Timer] = []

    package init() {}

    package var next: Instant? { timers.first?.due }
    package var count: Int { timers.count }

    package mutating func insert(_ entry: EntryID, due: Instant) {
        timers.append(Timer(due: due, entry: entry))
        var child = timers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard timers[child].isBefore(timers[parent]) else { return }
            timers.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest entry that is due by `now`.
    package mutating func popDue(_ now: Instant) -> EntryID? {
        guard let first = timers.first, first.due <= now else { return nil }
        let last = timers.removeLast()
        if !timers.isEmpty {
            timers[0] = last
            sink()
        }
        return first.entry
    }

    private mutating func sink() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < timers.count else { return }
            let right = left + 1
            let child = right < timers.count && timers[right].isBefore(timers[left]) ? right : left
            guard timers[child].isBefore(timers[parent]) else { return }
            timers.swapAt(child, parent)
            parent = child
        }
    }
}
