import Message
package import Queue
import RouteLanguage
package import Store

/// The queues that routes declare, as the broker asks for them.
final class DeclaredQueuesAtDoor: RouteQueues {
    /// Owns the broker, which owns this.
    private unowned let core: Core

    init(_ core: Core) { self.core = core }

    var version: Int { core.declaredQueues.version }
    func queue(named name: UnsafeRawBufferPointer) -> QueueID? { core.declaredQueues[Array(name)]?.id }
    func name(of queue: QueueID) -> [UInt8] { Array(core.store.queueName(queue).utf8) }

    func forEachQueue(_ body: (QueueID) -> Bool) {
        for queue in core.declaredQueues.ids {
            guard body(queue) else { return }
        }
    }

    func worker(of queue: QueueID) -> String? { core.worker(of: queue) }
    func counts(of queue: QueueID) -> RouteQueueCounts { core.counts(of: queue) }
    func peek(_ queue: QueueID, count: Int) -> [(id: [UInt8], body: [UInt8])] { core.peek(queue, count: count) }
    func purge(_ queue: QueueID, by who: String) -> Int { core.purge(queue, by: who) }
    func refusal(ofPurge queue: QueueID) -> RouteQueueRefusal? { core.refusal(ofPurge: queue) }
    func pause(of queue: QueueID) -> PauseState { core.store.pause(of: queue) }
    func setPause(_ pause: PauseState, of queue: QueueID) { core.setPause(pause, of: queue) }
    func fill(_ queue: QueueID, body: UnsafeRawBufferPointer) -> Result<[UInt8], RouteQueueRefusal> {
        core.fill(queue, body: body)
    }
    func jobExpires(_ number: JobNumber) { core.jobExpires(number) }
}

/// What clients of the queue's door see of the queues that routes declare, and do to them. Called within a turn.
extension Core {
    func worker(of queue: QueueID) -> String? { declaredQueues[queue]?.routes.first }

    // MARK: Looking

    package func counts(of queue: QueueID) -> RouteQueueCounts {
        guard let declared = declaredQueues[queue], !declared.routes.isEmpty else {
            let letters = deadLetterCount(of: queue)
            return RouteQueueCounts(queued: letters, delayed: 0, inFlight: 0, deadLettered: UInt64(letters))
        }
        var counts = RouteQueueCounts(
            queued: entryCounts.count(.waiting, in: queue), delayed: entryCounts.count(.delayed, in: queue),
            inFlight: entryCounts.count(.taken, in: queue) + entryCounts.count(.spent, in: queue)
                + entryCounts.count(.parked, in: queue))
        for (_, route) in active.values where route.queue == queue { add(store.account(route.id), to: &counts) }
        counts.purged = purged[queue] ?? 0
        return counts
    }

    /// What the account says of the messages that went through.
    private func add(_ account: Account, to counts: inout RouteQueueCounts) {
        func number(_ words: FinalWord...) -> UInt64 {
            words.reduce(0) { $0 + UInt64(clamping: account.words[$1] ?? 0) }
        }
        let outside = number(.filtered, .duplicate, .conflict, .rejected)
        let seen = UInt64(clamping: account.seen)
        counts.jobsIn += seen - min(seen, outside)
        counts.jobsOut += number(.delivered, .stopped, .handled, .dead, .lost)
        counts.delivered += number(.delivered)
        counts.removed += number(.removed)
        counts.expired += number(.expired)
        counts.deadLettered += number(.dead, .lost)
    }

    private func deadLetterCount(of queue: QueueID) -> Int {
        let name = store.queueName(queue)
        if let known = deadLetterCounts[name] { return known }
        let count = answering(0) { () throws(StoreError) in try store.deadLetterCount(queue: name) }
        deadLetterCounts[name] = count
        return count
    }

    private static let peekedMost = 1_000

    package func peek(_ queue: QueueID, count: Int) -> [(id: [UInt8], body: [UInt8])] {
        let most = min(Int(clamping: count.magnitude), Self.peekedMost)
        guard most > 0, let declared = declaredQueues[queue] else { return [] }
        guard !declared.routes.isEmpty else { return peekDeadLetters(of: queue, most, newestFirst: count < 0) }
        return answering([]) { () throws(StoreError) in
            var found: [(id: [UInt8], body: [UInt8])] = []
            for id in waiting(in: queue, most, newestFirst: count < 0) {
                guard let head = store.head(id), let work = try load(head) else { continue }
                found.append((Array(work.frame.messageID.utf8), JSONBody.render(work.frame.slots.first ?? .missing)))
            }
            return found
        }
    }

    /// Messages that wait for room, in order of admission; not those that wait for others of their key.
    private func waiting(in queue: QueueID, _ most: Int, newestFirst: Bool) -> [EntryID] {
        var found: [EntryID] = []
        for line in queues[queue]?.lines ?? [] {
            var ofLine = 0
            for offset in 0..<line.count where ofLine < most {
                let id = line[newestFirst ? line.count - 1 - offset : offset]
                guard store.head(id)?.state == .waiting else { continue }
                found.append(id)
                ofLine += 1
            }
        }
        let sorted = newestFirst ? found.sorted(by: >) : found.sorted()
        return Array(sorted.prefix(most))
    }

    private func peekDeadLetters(
        of queue: QueueID, _ most: Int, newestFirst: Bool
    ) -> [(id: [UInt8], body: [UInt8])] {
        let name = store.queueName(queue)
        return answering([]) { () throws(StoreError) in
            try store.deadLetters(queue: name, newestFirst: newestFirst, limit: most)
                .map { (Array($0.message.utf8), Array($0.reason.utf8)) }
        }
    }

    /// A question that the store cannot answer gets the empty answer, and the turn is not committed.
    private func answering<Answer>(_ empty: Answer, _ ask: () throws(StoreError) -> Answer) -> Answer {
        do throws(StoreError) { return try ask() } catch {
            failure = failure ?? error
            return empty
        }
    }

    // MARK: Changing

    /// Messages that one purge removes at most: a turn must end.
    static let purgedMost = 100_000

    package func refusal(ofPurge queue: QueueID) -> RouteQueueRefusal? {
        guard worker(of: queue) == nil else { return nil }
        return RouteQueueRefusal(
            "queue \(store.queueName(queue)) holds dead letters: `waybill dead ls` shows them, `waybill dead retry` works them again"
        )
    }

    /// Removes messages that wait or are delayed, each with the word `removed`. Parts of messages, and messages that wait
    /// for their parts, are under way.
    package func purge(_ queue: QueueID, by who: String) -> Int {
        guard worker(of: queue) != nil else { return 0 }
        return answering(0) { () throws(StoreError) in
            let count = try removeWaiting(in: queue)
            guard count > 0 else { return 0 }
            purged[queue, default: 0] += UInt64(count)
            let what = "purge of queue \(store.queueName(queue)): \(count) messages"
            record(.acted(AuditNote(at: time.wall, who: who, what: what)))
            return count
        }
    }

    private func removeWaiting(in queue: QueueID) throws(StoreError) -> Int {
        var found: [EntryHead] = []
        store.forEachHead { head in
            guard head.queue == queue, head.state == .waiting || head.state == .delayed else { return }
            if found.count < Self.purgedMost { found.append(head) }
        }
        var count = 0
        for head in found {
            guard let work = try load(head), work.lineage == nil else { continue }
            try finish(work, .removed)
            count += 1
        }
        return count
    }

    package func setPause(_ pause: PauseState, of queue: QueueID) {
        guard pause != store.pause(of: queue) else { return }
        record(.queuePaused(queue, pause))
        if queues[queue] == nil { queues[queue] = WorkQueue(workers: nil) }
        queues[queue]?.isPaused = pause.contains(.output)
    }

    // MARK: Sources of a queue that takes nothing in

    /// Takes batches up, but those whose queue is paused: they are kept, and their readers wait for the credit.
    func admitBatches(_ fresh: [ReadBatch]) throws(StoreError) {
        let batches = held.isEmpty ? fresh : held + fresh
        held.removeAll()
        for read in batches {
            if let (_, route) = active[read.route], isDraining || store.pause(of: route.queue).contains(.input) {
                held.append(read)
            } else {
                try admit(read)
            }
        }
    }
}
