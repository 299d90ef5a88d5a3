import Billing
import Connecting
import Store
import Testing

@Suite("The SQLite store") struct SQLiteStoreTests {
    @Test func keepsAWholeLifeOverARestart() throws {
        let store = try SQLiteStore()
        let work = Workload(store)
        let ids = work.admit(1..<1001)
        try store.commit()
        work.settle(1..<501, Array(ids.prefix(500)))
        try store.commit()
        let again = try SQLiteStore(inMemory: try store.serialized())
        #expect(again.entryCount == 500)
        #expect(again.account(work.route) == Account(seen: 1000, words: [.delivered: 500]))
        #expect(try again.body(ids[700]) == Sample.body(701))
        #expect(try again.body(ids[3]) == nil)
        #expect(again.key(Sample.fingerprint(77)) == Sample.key(77))
        #expect(again.seen(work.route, .int(77)) == Sample.row(77))
        #expect(again.ledgerHead().seq == 500)
        #expect(try again.tallies().first?.tally.quantity == 500)
    }
}
