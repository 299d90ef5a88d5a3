package import Message

/// The commands that took long, newest first: SLOWLOG.
package struct SlowLog: Sendable {
    package struct Entry: Sendable, Hashable {
        package let id: Int64
        package let time: Instant
        package let taken: Microseconds
        package let words: [[UInt8]]
    }

    /// Microseconds from which a command is noted; 0: every one; negative: none.
    package var threshold: Int64 = 10_000
    package var entriesMost = 128 {
        didSet { shorten() }
    }
    /// Oldest first.
    private var entries: [Entry] = []
    private var nextID: Int64 = 0

    package init() {}

    package var count: Int { entries.count }

    package func isSlow(_ taken: Microseconds) -> Bool { threshold >= 0 && taken.count >= threshold }

    /// - Parameter words: as they may be shown: shortened, without secrets.
    package mutating func note(_ words: [[UInt8]], taken: Microseconds, at time: Instant) {
        entries.append(Entry(id: nextID, time: time, taken: taken, words: words))
        nextID += 1
        shorten()
    }

    package func newest(_ limit: Int) -> [Entry] { Array(entries.suffix(limit).reversed()) }

    package mutating func removeAll() { entries = [] }

    private mutating func shorten() {
        if entries.count > entriesMost { entries.removeFirst(entries.count - entriesMost) }
    }
}
