package import Store

/// The entries of one queue that could be worked now, sorted by the host that their next delivery reaches, as far as
/// they have been looked at. Holds ids only: 8 bytes an entry, whatever the size of its message.
///
/// A host that is full, backs off or is cut off is simply not taken from; the entries of the others flow past it.
/// A class, so that no accidental copy of a long line is ever made; the core's thread owns it.
package final class WorkQueue {
    /// Waiting, and their next host is not known yet; in order of admission.
    private var unsorted = Deque<EntryID>()
    private var lanes: [HostID: Lane] = [:]
    package var keys = OrderingKeys()
    /// Messages between send and outcome that a host may have from this queue, where a route says; else each host's own.
    package var workers: Int?
    /// Nothing is taken from it; what is under way comes back.
    package var isPaused = false

    /// What waits for one host.
    package struct Lane {
        package var waiting = Deque<EntryID>()
        package var inFlight = 0
        /// What the host takes where no route says.
        var limit = 64
    }

    package init(workers: Int?) { self.workers = workers }

    package var hasUnsorted: Bool { !unsorted.isEmpty }
    package var unsortedCount: Int { unsorted.count }

    /// The lines of what waits, each about in order of admission; entries that have ended may still stand in them.
    package var lines: [Deque<EntryID>] { [unsorted] + lanes.values.map(\.waiting) }

    package func append(_ entry: EntryID) { unsorted.append(entry) }
    package func prepend(_ entry: EntryID) { unsorted.prepend(entry) }
    package func popUnsorted() -> EntryID? { unsorted.popFirst() }

    /// Makes the host known to the queue, so that `hasRoom` speaks of it.
    package func open(_ host: HostID, limit: Int) {
        lanes[host, default: Lane()].limit = limit
    }

    package var hosts: Dictionary<HostID, Lane>.Keys { lanes.keys }

    package func inFlight(_ host: HostID) -> Int { lanes[host]?.inFlight ?? 0 }
    package func waitingCount(_ host: HostID) -> Int { lanes[host]?.waiting.count ?? 0 }
    package func hasRoom(_ host: HostID) -> Bool {
        if isPaused { return false }
        guard let lane = lanes[host] else { return true }
        return lane.inFlight < workers ?? lane.limit
    }

    /// Puts an entry behind those that wait for the host; `atFront` for one that comes back to its old place.
    package func wait(_ entry: EntryID, for host: HostID, atFront: Bool = false) {
        if atFront {
            lanes[host, default: Lane()].waiting.prepend(entry)
        } else {
            lanes[host, default: Lane()].waiting.append(entry)
        }
    }

    package func popWaiting(_ host: HostID) -> EntryID? { lanes[host]?.waiting.popFirst() }
    package func sent(_ host: HostID) { lanes[host, default: Lane()].inFlight += 1 }
    package func returned(_ host: HostID) { lanes[host]?.inFlight -= 1 }
}
