import Store

extension Core {
    /// Takes a fact into this turn; every fact of the core goes this way, so that what is counted here is never behind.
    func record(_ change: Change) {
        count(change)
        store.record(change)
    }

    private func count(_ change: Change) {
        if case .admitted(let entry) = change {
            entryCounts.add(1, entry.head)
        } else if case .headChanged(let head) = change {
            guard let before = store.head(head.id), before.state != head.state else { return }
            entryCounts.add(-1, before)
            entryCounts.add(1, head)
        } else if case .removed(let id) = change {
            if let before = store.head(id) { entryCounts.add(-1, before) }
        } else if case .deadLettered(let letter) = change {
            deadLetterCounts[letter.queue]? += 1
        } else if case .deadLetterClosed = change {
            // It may be of any queue: counted anew when somebody asks.
            deadLetterCounts.removeAll()
        }
    }
}

/// Entries by queue and state, kept as they change: asking costs nothing however many there are.
struct EntryCounts {
    private var counts: [QueueID: [Int]] = [:]
    private static let states = Int(EntryHead.State.spent.rawValue) + 1

    mutating func add(_ change: Int, _ head: EntryHead) {
        counts[head.queue, default: Array(repeating: 0, count: Self.states)][Int(head.state.rawValue)] += change
    }

    func count(_ state: EntryHead.State, in queue: QueueID) -> Int {
        counts[queue]?[Int(state.rawValue)] ?? 0
    }
}
