import Queue
import Store
import Testing

@Suite struct OrderingKeysTests {
    private func entry(_ number: UInt64) -> EntryID { EntryID(rawValue: number) }

    @Test func oneHolderAtATimeInOrderOfAdmission() {
        var keys = OrderingKeys()
        #expect(keys.acquire(7, for: entry(1)))
        #expect(!keys.acquire(7, for: entry(2)))
        #expect(!keys.acquire(7, for: entry(3)))
        #expect(keys.acquire(8, for: entry(4)))
        #expect(keys.acquire(7, for: entry(1)), "who holds it may ask again")
        #expect(keys.release(7, by: entry(2)) == nil, "only the holder gives it up")
        #expect(keys.release(7, by: entry(1)) == entry(2))
        #expect(keys.release(7, by: entry(2)) == entry(3))
        #expect(keys.release(7, by: entry(3)) == nil)
        #expect(keys.acquire(7, for: entry(5)))
    }

    @Test func keyZeroIsNoKey() {
        var keys = OrderingKeys()
        #expect(keys.acquire(0, for: entry(1)))
        #expect(keys.acquire(0, for: entry(2)))
    }
}
