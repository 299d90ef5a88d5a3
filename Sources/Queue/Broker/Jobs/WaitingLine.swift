/// Who waits for jobs of one queue, first come, first served. Leaving is O(1): waits that are over stay in the array
/// until they are at its front or half of it.
struct WaitingLine {
    private var waits: [BlockedWait] = []
    private var start = 0
    /// Who still waits.
    private(set) var count = 0

    mutating func join(_ wait: BlockedWait) {
        waits.append(wait)
        count += 1
    }

    /// The longest waiting one.
    mutating func first() -> BlockedWait? {
        while start < waits.count {
            if !waits[start].isOver { return waits[start] }
            start += 1
        }
        waits.removeAll(keepingCapacity: waits.capacity <= 64)
        start = 0
        return nil
    }

    /// One of them is over.
    mutating func left() {
        count -= 1
        if count == 0 {
            waits.removeAll(keepingCapacity: waits.capacity <= 64)
            start = 0
        } else if waits.count > 32, waits.count > count * 2 {
            waits.removeAll { $0.isOver }
            start = 0
        }
    }
}
