import Message
import Store

/// GETJOB.
extension Broker {
    func getJob(_ arguments: Arguments, _ client: BrokerClient) {
        guard let options = getJobOptions(arguments, client) else { return }
        defer { forgetAsked() }
        guard ask(for: options.queues, arguments, client) else { return }
        if hand(out: options, to: client) { return }
        guard options.isWaiting else { return client.replies.nullArray() }
        guard !jobs.isLeaving else { return client.replies.error(Self.leaving) }
        guard blockedCount < settings.blockedClientsMost else {
            return client.replies.error(
                "ERR \(settings.blockedClientsMost) clients wait for jobs already, and no more are allowed")
        }
        guard placesTaken + asked.count <= Self.placesMost else {
            return client.replies.error("ERR clients wait for too many queues already: wait for fewer, or with NOHANG")
        }
        block(client, options)
    }

    static let leaving: StaticString =
        "LEAVING This node is leaving the cluster, please connect to a different one"

    /// Finds and makes the queues in the order of the command. All names are looked at before a queue is made.
    private func ask(for range: Range<Int>, _ arguments: Arguments, _ client: BrokerClient) -> Bool {
        if range.count == 1, let queue = sameQueue(arguments[range.lowerBound], for: client) {
            asked.append(queue)
            return true
        }
        for index in range {
            let name = arguments[index]
            guard may(client, use: name), isAllowedName(name, client) else { return false }
            if routeQueues != nil, !isNoRouteQueue(name, client) { return false }
        }
        for index in range {
            guard let queue = makeQueue(arguments[index], for: client) else { return false }
            asked.append(queue)
        }
        return true
    }

    private func forgetAsked() {
        if asked.capacity > 1_024 { asked = [] } else { asked.removeAll(keepingCapacity: true) }
    }

    // MARK: Handing out

    /// One job of each queue in turn until there are enough or no more; at least one, then as many as the reply has room
    /// for.
    /// - Returns: whether there was any.
    private func hand(out options: GetJobOptions, to client: BrokerClient) -> Bool {
        let start = client.replies.count
        let expected = min(options.count, availableCount(options))
        guard expected > 0 else { return false }
        let count = client.replies.array(expecting: Int(expected)) { replies in
            asked.count == 1
                ? handOne(queue: asked[0], options, to: &replies) : handInTurn(options, to: &replies)
        }
        guard count == 0 else { return true }
        client.replies.bytes.removeSubrange(start...)
        return false
    }

    /// Jobs that may be there for this command.
    private func availableCount(_ options: GetJobOptions) -> Int64 {
        var sum: Int64 = 0
        for queue in asked { sum += Int64(available(in: queue, options)) }
        return sum
    }

    /// A client that could wait does not overtake those who do: what the queue has is first theirs, when the turn ends.
    private func available(in queue: BrokerQueue, _ options: GetJobOptions) -> Int {
        guard !queue.pause.contains(.output) else { return 0 }
        let count = jobs.count(.queued, in: queue.id)
        return options.isWaiting ? max(0, count - queue.waiting.count) : count
    }

    private func handOne(queue: BrokerQueue, _ options: GetJobOptions, to replies: inout ReplyBuffer) -> Int {
        let most = min(Int(clamping: options.count), available(in: queue, options))
        var count = 0
        while count < most, count == 0 || replies.count < roomForReply,
            handNext(of: queue, withCounters: options.withCounters, to: &replies)
        {
            count += 1
        }
        return count
    }

    /// A queue that had nothing is not asked again: nothing comes while a command is executed.
    private func handInTurn(_ options: GetJobOptions, to replies: inout ReplyBuffer) -> Int {
        let most = Int(clamping: options.count)
        var count = 0
        var left = asked
        while !left.isEmpty {
            var kept = 0
            for index in left.indices {
                guard count < most, count == 0 || replies.count < roomForReply else { return count }
                let queue = left[index]
                guard available(in: queue, options) > 0,
                    handNext(of: queue, withCounters: options.withCounters, to: &replies)
                else { continue }
                count += 1
                left[kept] = queue
                kept += 1
            }
            left.removeLast(left.count - kept)
        }
        return count
    }

    /// Bytes of replies after which a command hands out no more.
    private var roomForReply: Int { settings.outputBytesMost / 2 }

    /// Hands out the first job of the queue that has not expired.
    func handNext(of queue: BrokerQueue, withCounters: Bool, to replies: inout ReplyBuffer) -> Bool {
        while let number = jobs.firstQueued(in: queue.id), var head = jobs.head(number) {
            guard head.expires > time else {
                guard dueBudget > 0 else { return false }
                dueBudget -= 1
                expire(number)
                continue
            }
            let retry = jobs.withContent(of: number) { content in
                replies.job(content, in: queue, counters: withCounters ? head : nil)
                return content.terms.retrySeconds
            }
            guard let retry else { return false }
            head.state = head.isAtMostOnce ? .spent : .leased
            head.due = head.isAtMostOnce ? .never : after(seconds: retry)
            if head.deliveries < .max { head.deliveries += 1 }
            jobs.change(number, to: head, event: .fetched)
            queue.lastUsed = time
            return true
        }
        return false
    }
}
