import Billing
import Connecting
package import Store

/// A run of turns that anybody can check: turn `t` admits `size` messages, settles those of the turn before, and works a few
/// jobs (`JobTurns`), so that a store's state says exactly how many turns it holds.
package struct TurnLog {
    package static let size = 20

    /// Records turn `turn`, from 1, behind the `turn - 1` turns that the store holds.
    package static func record(_ turn: Int, in store: any Store) {
        let work = Workload(store)
        var waiting: [EntryID] = []
        store.forEachHead { waiting.append($0.id) }
        if turn > 1 { work.settle((turn - 2) * size + 1..<(turn - 1) * size + 1, waiting) }
        work.admit((turn - 1) * size + 1..<turn * size + 1, bytes: 40 + turn % 7 * 300)
        JobTurns.record(turn, in: store.jobs)
    }

    /// How many turns the store holds, whole.
    /// - Throws: `Broken` where it holds anything but whole turns.
    package static func turns(in store: SQLiteStore) throws -> Int {
        let route = store.routeID("orders")
        let account = store.account(route)
        let turns = Int(account.seen) / size
        let settled = max(0, turns - 1) * size
        try expect(Int(account.seen) == turns * size, "\(account.seen) messages were seen")
        try expect(Int(account.words[.delivered] ?? 0) == settled, "\(account.words) of \(turns) turns")
        try expect(Int(store.ledgerHead().seq) == settled, "\(store.ledgerHead().seq) records of \(turns) turns")
        try expect(store.entryCount == (turns == 0 ? 0 : size), "\(store.entryCount) entries of \(turns) turns")
        try expect(try store.tallies().first?.tally.quantity ?? 0 == Int64(settled), "tally of \(turns) turns")
        try checkEntries(store, turns)
        try JobTurns.check(turns, in: store.jobs)
        // All of the last turns, and a few of the others.
        let recent = max(1, (turns - 10) * size)
        let earlier = stride(from: 1, to: recent, by: max(1, recent / 40))
        for number in Array(earlier) + Array(recent..<turns * size + 1) where number <= turns * size {
            try expect(store.key(Sample.fingerprint(number)) == Sample.key(number), "key \(number) is gone")
            try expect(store.seen(route, .int(Int64(number))) == Sample.row(number), "row \(number) is gone")
        }
        try expect(store.key(Sample.fingerprint(turns * size + 1)) == nil, "a key of a later turn")
        return turns
    }

    private static func checkEntries(_ store: SQLiteStore, _ turns: Int) throws {
        var number = (turns - 1) * size + 1
        var ids: [EntryID] = []
        store.forEachHead { ids.append($0.id) }
        for id in ids {
            let body = Sample.body(number, bytes: 40 + turns % 7 * 300)
            try expect(try store.body(id) == body, "the body of \(number)")
            number += 1
        }
    }

    package struct Broken: Error, CustomStringConvertible {
        package let description: String
    }

    package static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw Broken(description: what()) }
    }
}
