import Message

/// Waits by the moment at which they time out, earliest first. Ended waits stay until they are at the top or half of all.
struct WaitDeadlines {
    private struct Deadline: Comparable {
        let wait: BlockedWait

        static func < (left: Self, right: Self) -> Bool {
            let (left, right) = (left.wait, right.wait)
            return left.deadline == right.deadline ? left.ticket < right.ticket : left.deadline < right.deadline
        }

        static func == (left: Self, right: Self) -> Bool { left.wait === right.wait }
    }

    private var heap = Heap<Deadline>()
    private var ended = 0

    /// The earliest that is not over.
    mutating func first() -> BlockedWait? {
        while let first = heap.min {
            if !first.wait.isOver { return first.wait }
            _ = heap.popMin()
            ended -= 1
        }
        return nil
    }

    mutating func insert(_ wait: BlockedWait) {
        if wait.deadline != .never { heap.insert(Deadline(wait: wait)) }
    }

    /// A wait that was inserted is over.
    mutating func left(_ wait: BlockedWait) {
        guard wait.deadline != .never else { return }
        ended += 1
        guard heap.count > 64, ended * 2 > heap.count else { return }
        heap = Heap(heap.unordered.filter { !$0.wait.isOver })
        ended = 0
    }
}
