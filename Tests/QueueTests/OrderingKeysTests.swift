import Queue
import Store
import Testing

@Suite struct OrderingKeysTests {
    private func entry(_ number: UInt64) -> EntryID { EntryID(rawValue: number) }

    @Test func oneHolderAtATimeInOrderOfAdmission() {
        var keys = OrderingKeys()
        let step1 = keys.acquire(7, for: entry(1))
        #expect(step1)
        let step2 = keys.acquire(7, for: entry(2))
        #expect(!step2)
        let step3 = keys.acquire(7, for: entry(3))
        #expect(!step3)
        let step4 = keys.acquire(8, for: entry(4))
        #expect(step4)
        let step5 = keys.acquire(7, for: entry(1))
        #expect(step5, "who holds it may ask again")
        let step6 = keys.release(7, by: entry(2))
        #expect(step6 == nil, "only the holder gives it up")
        let step7 = keys.release(7, by: entry(1))
        #expect(step7 == entry(2))
        let step8 = keys.release(7, by: entry(2))
        #expect(step8 == entry(3))
        let step9 = keys.release(7, by: entry(3))
        #expect(step9 == nil)
        let step10 = keys.acquire(7, for: entry(5))
        #expect(step10)
    }

    @Test func keyZeroIsNoKey() {
        var keys = OrderingKeys()
        let step11 = keys.acquire(0, for: entry(1))
        #expect(step11)
        let step12 = keys.acquire(0, for: entry(2))
        #expect(step12)
    }
}
