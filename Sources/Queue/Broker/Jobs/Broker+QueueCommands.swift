import Message
import Store

/// QLEN, QSTAT, QPEEK, PAUSE.
extension Broker {
    func queueLength(_ arguments: Arguments, _ client: BrokerClient) {
        guard may(client, use: arguments[1]) else { return }
        if let (queues, id) = routeQueue(arguments[1]) {
            return client.replies.integer(Int64(queues.counts(of: id).queued))
        }
        client.replies.integer(
            Int64(findQueue(arguments[1], for: client).map { jobs.count(.queued, in: $0.id) } ?? 0))
    }

    // MARK: QSTAT

    func queueStatistics(_ arguments: Arguments, _ client: BrokerClient) {
        guard may(client, use: arguments[1]) else { return }
        if let (queues, id) = routeQueue(arguments[1]) {
            let counts = queues.counts(of: id)
            return client.replies.statistics(QueueStatistics(arguments[1], counts, queues.pause(of: id)))
        }
        guard let queue = findQueue(arguments[1], for: client), let state = jobs.state(of: queue.id) else {
            return client.replies.nullArray()
        }
        client.replies.statistics(
            QueueStatistics(
                state, age: time.duration(since: state.made), idle: time.duration(since: queue.lastUsed),
                blocked: queue.waiting.count))
    }

    // MARK: QPEEK

    /// What one QPEEK shows at most.
    private static let peekMost = 10_000

    func peek(_ arguments: Arguments, _ client: BrokerClient) {
        guard may(client, use: arguments[1]) else { return }
        guard let count = IntegerText.parse(arguments[2]) else {
            return client.replies.error("ERR value is not an integer or out of range")
        }
        if let (queues, id) = routeQueue(arguments[1]) { return peek(queues, id, arguments[1], count, client) }
        guard count != 0, let queue = findQueue(arguments[1], for: client) else { return client.replies.array(0) }
        let numbers = queuedJobs(
            of: queue, most: Int(min(count.magnitude, UInt64(Self.peekMost))), backwards: count < 0)
        _ = client.replies.array(expecting: numbers.count) { replies in
            var written = 0
            for number in numbers where replies.count < settings.outputBytesMost / 2 {
                if jobs.withContent(of: number, { replies.job($0, in: queue, counters: nil) }) != nil { written += 1 }
            }
            return written
        }
    }

    private func queuedJobs(of queue: BrokerQueue, most: Int, backwards: Bool) -> [JobNumber] {
        var numbers: [JobNumber] = []
        jobs.forEachQueued(in: queue.id, backwards: backwards) {
            numbers.append($0)
            return numbers.count < most
        }
        return numbers.filter { (jobs.head($0)?.expires ?? time) > time }
    }

    private func peek(
        _ queues: any RouteQueues, _ id: QueueID, _ name: UnsafeRawBufferPointer, _ count: Int64, _ client: BrokerClient
    ) {
        let most = Int64(Self.peekMost)
        let messages = count == 0 ? [] : queues.peek(id, count: Int(max(-most, min(most, count))))
        client.replies.array(messages.count)
        for message in messages {
            client.replies.array(3)
            client.replies.bulk(name)
            client.replies.bulk(message.id)
            client.replies.bulk(message.body)
        }
    }

    // MARK: PAUSE

    func pauseQueue(_ arguments: Arguments, _ client: BrokerClient) {
        let name = arguments[1]
        guard may(client, use: name), isAllowedName(name, client) else { return }
        var wanted: PauseState?
        var isQuery = false
        for index in 2..<arguments.count {
            switch Keyword(arguments[index]) {
            case .input: wanted = (wanted ?? []).union(.input)
            case .output: wanted = (wanted ?? []).union(.output)
            case .all: wanted = [.input, .output]
            case .nothing: wanted = PauseState([])
            case .state: isQuery = true
            case .broadcast: break
            default: return syntaxError(client)
            }
        }
        let isChange = wanted != nil && !isQuery
        if let (queues, id) = routeQueue(name) {
            if isChange, let wanted { queues.setPause(wanted, of: id) }
            return client.replies.status(Self.word(queues.pause(of: id)))
        }
        if isChange, let wanted, !setPause(wanted, of: name, client) { return }
        client.replies.status(Self.word(findQueue(name, for: client)?.pause ?? []))
    }

    /// A queue is made only to be paused.
    private func setPause(_ pause: PauseState, of name: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        let existing = findQueue(name, for: client)
        guard existing != nil || pause != [] else { return true }
        guard let queue = existing ?? makeQueue(name, for: client) else { return false }
        guard queue.pause != pause else { return true }
        queue.pause = pause
        jobs.setPause(pause, of: queue.id)
        hasJobs(queue)
        return true
    }

    static func word(_ pause: PauseState) -> StaticString {
        switch (pause.contains(.input), pause.contains(.output)) {
        case (false, false): "none"
        case (true, false): "in"
        case (false, true): "out"
        case (true, true): "all"
        }
    }
}

extension Keyword {
    static let input = Keyword("in")
    static let output = Keyword("out")
    static let all = Keyword("all")
    static let nothing = Keyword("none")
    static let state = Keyword("state")
    static let broadcast = Keyword("bcast")
}
