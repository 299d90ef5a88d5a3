import Message

/// Waits by the moment at which they time out, earliest first. Ended waits stay until they are at the top or half of all.
struct WaitDeadlines {
    private var heap: [BlockedWait] = []
    private var ended = 0

    /// The earliest that is not over.
    mutating func first() -> BlockedWait? {
        while let first = heap.first {
            if !first.isOver { return first }
            removeFirst()
            ended -= 1
        }
        return nil
    }

    mutating func insert(_ wait: BlockedWait) {
        guard wait.deadline != .never else { return }
        heap.append(wait)
        rise(from: heap.count - 1)
    }

    /// A wait that was inserted is over.
    mutating func left(_ wait: BlockedWait) {
        guard wait.deadline != .never else { return }
        ended += 1
        guard heap.count > 64, ended * 2 > heap.count else { return }
        let living = heap.filter { !$0.isOver }
        heap = []
        ended = 0
        for wait in living { insert(wait) }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        sink()
    }

    private mutating func rise(from index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBefore(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && Self.isBefore(heap[right], heap[left]) ? right : left
            guard Self.isBefore(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    private static func isBefore(_ left: BlockedWait, _ right: BlockedWait) -> Bool {
        left.deadline == right.deadline ? left.ticket < right.ticket : left.deadline < right.deadline
    }
}
