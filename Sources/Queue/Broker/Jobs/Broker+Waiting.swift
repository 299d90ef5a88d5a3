import Message
import Store

/// Clients that wait for a job.
extension Broker {
    /// Puts the client into the lines of the queues that its command asks for.
    func block(_ client: BrokerClient, _ options: GetJobOptions) {
        lastTicket += 1
        let wait = BlockedWait(
            ticket: lastTicket, client: client, queues: uniqueAsked(), withCounters: options.withCounters,
            deadline: deadline(in: options.timeout))
        for queue in wait.queues {
            queue.waiting.join(wait)
            hasJobs(queue)
        }
        deadlines.insert(wait)
        client.wait = wait
        blockedCount += 1
        placesTaken += wait.queues.count
    }

    private func uniqueAsked() -> [BrokerQueue] {
        if asked.count == 1 { return asked }
        return asked.filter { queue in
            defer { queue.lastTicket = lastTicket }
            return queue.lastTicket != lastTicket
        }
    }

    /// Jobs may have come into the queue: who waits for them is served at the end of the turn.
    func hasJobs(_ queue: BrokerQueue) {
        guard queue.waiting.count > 0, !queue.isReady else { return }
        queue.isReady = true
        ready.append(queue)
    }

    /// The client waits no longer, for whatever reason; nothing where it did not wait.
    func endWait(of client: BrokerClient) {
        guard let wait = client.wait else { return }
        client.wait = nil
        wait.isOver = true
        blockedCount -= 1
        placesTaken -= wait.queues.count
        for queue in wait.queues { queue.waiting.left() }
        deadlines.left(wait)
    }

    /// Ends a wait with a reply.
    private func answer(_ wait: BlockedWait, _ reply: (inout ReplyBuffer) -> Void) {
        let client = wait.client
        reply(&client.replies)
        endWait(of: client)
        woken.append(client)
    }

    /// The same for everybody: the node leaves, or everything was removed.
    func endAllWaits(_ reply: (inout ReplyBuffer) -> Void) {
        for client in clients.values {
            if let wait = client.wait { answer(wait, reply) }
        }
    }

    // MARK: At the end of a turn

    /// One job for each who waits, in the order in which they came, from the queues as they are now.
    func serveWaiting() {
        guard !ready.isEmpty else { return }
        let queues = ready
        ready = []
        for queue in queues {
            queue.isReady = false
            serve(queue)
        }
    }

    private func serve(_ queue: BrokerQueue) {
        guard !queue.isGone, !queue.pause.contains(.output) else { return }
        while let wait = queue.waiting.first() {
            let client = wait.client
            guard !client.isKilled else {
                endWait(of: client)
                continue
            }
            guard jobs.count(.queued, in: queue.id) > 0 else { return }
            let start = client.replies.count
            client.replies.array(1)
            guard handNext(of: queue, withCounters: wait.withCounters, to: &client.replies) else {
                client.replies.bytes.removeSubrange(start...)
                // Too many expired jobs before it for one turn.
                if dueBudget <= 0 { hasJobs(queue) }
                return
            }
            endWait(of: client)
            woken.append(client)
        }
    }

    /// Answers those whose time is over.
    func endOverdueWaits() {
        while let wait = deadlines.first(), wait.deadline <= time {
            answer(wait) { $0.nullArray() }
        }
    }
}
