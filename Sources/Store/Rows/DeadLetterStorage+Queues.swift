/// The dead letters of one queue, as clients of the queue's door see them.
extension DeadLetterStorage {
    /// Looks at every dead letter: who asks often keeps the answer.
    func count(queue: String) throws(StoreError) -> Int {
        countOfQueue.bind(1, queue)
        var count = 0
        if try countOfQueue.next() { count = Int(clamping: countOfQueue.integer(0)) }
        countOfQueue.reset()
        for id in closed where try find(closed: id, in: queue) { count -= 1 }
        return max(0, count) + new.count { $0.queue == queue }
    }

    private func find(closed id: Int64, in queue: String) throws(StoreError) -> Bool {
        queueOfLetter.bind(1, id)
        defer { queueOfLetter.reset() }
        return try queueOfLetter.next() && queueOfLetter.text(0) == queue
    }

    func list(
        queue: String, newestFirst: Bool, limit: Int
    ) throws(StoreError) -> [(message: String, reason: String)] {
        let pending = new.filter { $0.queue == queue }.map { (message: $0.message, reason: $0.reason) }
        var found = newestFirst ? pending.reversed() : []
        let statement = newestFirst ? newestOfQueue : oldestOfQueue
        statement.bind(1, queue)
        let (asked, overflow) = limit.addingReportingOverflow(closed.count)
        statement.bind(2, overflow ? Int64.max : Int64(asked))
        while try statement.next() {
            guard !closed.contains(statement.integer(0)) else { continue }
            found.append((message: statement.text(1), reason: statement.text(2)))
        }
        if !newestFirst { found += pending }
        return Array(found.prefix(max(0, limit)))
    }
}
