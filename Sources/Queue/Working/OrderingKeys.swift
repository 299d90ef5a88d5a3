package import Store

/// Messages of one ordering key are worked one at a time, in order of admission; who retries keeps its key.
package struct OrderingKeys {
    private struct Line {
        var holder: EntryID
        var waiting = Deque<EntryID>()
    }

    private var lines: [UInt64: Line] = [:]

    package init() {}

    /// Whether `entry` holds its key now; where another does, the entry waits in line and comes out of `release`.
    /// Key 0 is no key.
    package mutating func acquire(_ key: UInt64, for entry: EntryID) -> Bool {
        guard key != 0 else { return true }
        guard lines[key] != nil else {
            lines[key] = Line(holder: entry)
            return true
        }
        if lines[key]?.holder == entry { return true }
        lines[key]?.waiting.append(entry)
        return false
    }

    /// Gives the key up; the next in line that is still there holds it then, and is returned to be worked.
    package mutating func release(
        _ key: UInt64, by entry: EntryID, isAlive: (EntryID) -> Bool = { _ in true }
    ) -> EntryID? {
        guard key != 0, lines[key]?.holder == entry else { return nil }
        while let next = lines[key]?.waiting.popFirst() {
            guard isAlive(next) else { continue }
            lines[key]?.holder = next
            return next
        }
        lines[key] = nil
        return nil
    }
}
