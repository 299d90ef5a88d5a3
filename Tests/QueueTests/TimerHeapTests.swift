import Message
import Queue
import Store
import Testing

@Suite struct TimerHeapTests {
    private func at(_ moment: Int64) -> Instant { Instant(microseconds: moment) }

    @Test func givesBackTheEarliestFirstAndEqualOnesInOrderOfAdmission() {
        var heap = TimerHeap()
        for (due, entry) in [(5, 1), (3, 2), (5, 0), (1, 3), (3, 4)] {
            heap.insert(EntryID(rawValue: UInt64(entry)), due: at(Int64(due)))
        }
        #expect(heap.next == at(1))
        var order: [UInt64] = []
        while let entry = heap.popDue(at(10)) { order.append(entry.rawValue) }
        #expect(order == [3, 2, 4, 0, 1])
        #expect(heap.next == nil)
    }

    @Test func keepsWhatIsNotDue() {
        var heap = TimerHeap()
        heap.insert(EntryID(rawValue: 1), due: at(10))
        let early = heap.popDue(at(9))
        let due = heap.popDue(at(10))
        #expect(early == nil && due == EntryID(rawValue: 1))
    }
}
