/// Learns below which id no open transaction can still commit a row.
///
/// A round notes the highest id (the ceiling), lists the open transactions 200 ms later (the server lists from a cache
/// of 100 ms), and waits until all of those have left the list. Then every id up to the ceiling is settled: a read from
/// now on sees all rows that it will ever hold. A new connection starts a new round, because a restart of the server
/// gives prepared transactions another start time.
struct SettlingRound: Sendable, Hashable {
    enum Phase: Sendable, Hashable {
        case listing(at: Int64)
        case watching(Set<OpenTransaction>, nextCheck: Int64)
        /// All have left; a moment more, because a transaction leaves the list just before its rows can be seen.
        case settling(until: Int64)
    }

    let ceiling: Int64
    private(set) var phase: Phase
    private var checks: Int64 = 0

    init(ceiling: Int64, at now: Int64) {
        self.ceiling = ceiling
        phase = .listing(at: now + 200)
    }

    /// When the round has something to do next, on the monotonic clock.
    var dueAt: Int64 {
        switch phase {
        case .listing(let at): at
        case .watching(_, let nextCheck): nextCheck
        case .settling(let until): until
        }
    }

    /// Whether `dueAt` asks for the transaction list.
    var wantsList: Bool {
        switch phase {
        case .listing, .watching: true
        case .settling: false
        }
    }

    mutating func listed(_ open: [OpenTransaction], at now: Int64) {
        switch phase {
        case .listing:
            phase = open.isEmpty ? .settling(until: now + 50) : .watching(Set(open), nextCheck: now + 100)
        case .watching(let earlier, _):
            let left = earlier.filter { old in open.contains { $0.isSame(as: old) } }
            checks += 1
            phase =
                left.isEmpty
                ? .settling(until: now + 50) : .watching(left, nextCheck: now + min(100 * checks, 2_000))
        case .settling:
            break
        }
    }
}
