import Message
import Store

/// ADDJOB.
extension Broker {
    func addJob(_ arguments: Arguments, _ client: BrokerClient) {
        let (name, body) = (arguments[1], arguments[2])
        let same = sameQueue(name, for: client)
        guard same != nil || may(client, use: name) else { return }
        var options = AddJobOptions()
        if arguments.count > AddJobOptions.firstWord, let error = options.read(arguments) {
            return client.replies.error(error)
        }
        guard timeout(arguments[3], client) != nil, isAllowed(options, client) else { return }
        guard isAllowedName(name, client), isAllowedBody(body, client) else { return }
        if same == nil, let (queues, id) = routeQueue(name) {
            return fill(queues, id, options, body, client)
        }
        guard isAllowedDeadLetterQueue(options, arguments, client) else { return }
        if options.uniqueWord != 0, replyFirst(arguments, options, client) { return }
        let existing = same ?? findQueue(name, for: client)
        if options.maxLength > 0, let existing, jobs.count(.queued, in: existing.id) >= options.maxLength {
            return client.replies.error("MAXLEN Queue is already longer than the specified MAXLEN count")
        }
        if let existing, existing.pause.contains(.input) {
            return client.replies.error("PAUSED Queue paused in input, try later")
        }
        guard let queue = existing ?? makeQueue(name, for: client) else { return }
        add(body, to: queue, options, arguments, client)
    }

    // MARK: Checks

    private func isAllowed(_ options: AddJobOptions, _ client: BrokerClient) -> Bool {
        if options.retry == 0, let copies = options.copies, copies > 1 {
            client.replies.error(
                "ERR With RETRY set to 0 please explicitly set  REPLICATE to 1 (at-most-once delivery)")
            return false
        }
        if options.ttl > 0, options.delay >= options.ttl {
            client.replies.error(
                "ERR The specified DELAY is greater than TTL. Job refused since would never be delivered")
            return false
        }
        let isLeaving = jobs.isLeaving
        guard let copies = options.copies, copies > 1 else {
            guard isLeaving else { return true }
            client.replies.error(
                "NOREPL Not enough reachable nodes for the requested replication level, since I'm unable to hold a copy"
                    + " of the message for the following reason: I'm leaving the cluster")
            return false
        }
        client.replies.error("NOREPL Not enough reachable nodes for the requested replication level")
        return false
    }

    private func isAllowedBody(_ body: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        if body.count <= settings.bodyBytesMost { return true }
        client.replies.error("ERR the body has \(body.count) bytes, and \(settings.bodyBytesMost) are allowed")
        return false
    }

    private func isAllowedDeadLetterQueue(
        _ options: AddJobOptions, _ arguments: Arguments, _ client: BrokerClient
    ) -> Bool {
        guard options.deadLetterWord != 0 else { return true }
        let name = arguments[options.deadLetterWord]
        guard may(client, use: name), isAllowedName(name, client), isNoRouteQueue(name, client) else { return false }
        guard name.count <= Int(UInt16.max), !name.elementsEqual(arguments[1]) else {
            client.replies.error("ERR DEADLETTER must be another queue")
            return false
        }
        return true
    }

    // MARK: Unique keys

    /// Whether the key is known: then the reply is the id of the job that was added with it, wherever that is by now.
    private func replyFirst(_ arguments: Arguments, _ options: AddJobOptions, _ client: BrokerClient) -> Bool {
        let fingerprint = fingerprint(of: arguments[options.uniqueWord], in: arguments[1])
        guard let first = store.key(fingerprint), first.until > time else { return false }
        let number = JobNumber(rawValue: first.message >> 16)
        withID(number, ttlField: UInt16(truncatingIfNeeded: first.message)) {
            client.replies.status(UnsafeRawBufferPointer($0))
        }
        return true
    }

    private func remember(
        _ number: JobNumber, ttlField: UInt16, _ arguments: Arguments, _ options: AddJobOptions
    ) {
        let fingerprint = fingerprint(of: arguments[options.uniqueWord], in: arguments[1])
        store.record(
            .keyAccepted(
                AcceptedKey(
                    fingerprint: fingerprint, content: 0, message: number.rawValue << 16 | UInt64(ttlField),
                    until: after(milliseconds: options.within ?? AddJobOptions.withinDefault))))
    }

    /// Keys of one queue are not keys of another, nor of a route.
    private func fingerprint(of key: UnsafeRawBufferPointer, in queue: UnsafeRawBufferPointer) -> KeyFingerprint {
        var scope = Array("jobs of queue \(queue.count)/".utf8)
        scope.append(contentsOf: queue)
        scope.append(contentsOf: key)
        let fingerprint = SHA256.fingerprint(scope)
        return KeyFingerprint(high: fingerprint.high, low: fingerprint.low)
    }

    // MARK: Adding

    private func add(
        _ body: UnsafeRawBufferPointer, to queue: BrokerQueue, _ options: AddJobOptions, _ arguments: Arguments,
        _ client: BrokerClient
    ) {
        let retry = options.effectiveRetry
        let terms = JobTerms(
            retrySeconds: retry, delaySeconds: options.delay, ttlSeconds: options.ttl,
            deliveriesMost: options.deliveriesMost, created: nextCreated())
        let head = JobHead(
            state: options.delay > 0 ? .delayed : .queued,
            due: options.delay > 0 ? after(seconds: options.delay) : .never,
            expires: options.ttl > 0 ? after(seconds: options.ttl) : .never,
            wasQueued: options.delay == 0, isAtMostOnce: retry == 0, isLimited: options.deliveriesMost > 0)
        let number = jobs.reserve(in: queue.id)
        let ttlField = JobIDCipher.ttlField(ttlSeconds: options.ttl, retrySeconds: retry)
        withID(number, ttlField: ttlField) { id in
            let id = UnsafeRawBufferPointer(id)
            if options.deadLetterWord == 0 {
                jobs.add(number, to: queue.id, head: head, terms: terms, id: id, body: body)
            } else {
                let (named, content) = terms.naming(deadLetterQueue: arguments[options.deadLetterWord], body)
                content.withUnsafeBytes {
                    jobs.add(number, to: queue.id, head: head, terms: named, id: id, body: $0)
                }
            }
            client.replies.status(id)
        }
        if options.uniqueWord != 0 { remember(number, ttlField: ttlField, arguments, options) }
        queue.lastUsed = time
        if head.state == .queued { hasJobs(queue) }
    }

    /// 40 bytes that live as long as `body` runs.
    private func withID(
        _ number: JobNumber, ttlField: UInt16, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        withUnsafeTemporaryAllocation(byteCount: JobIDCipher.length, alignment: 8) { id in
            jobs.nodeID.withUnsafeBytes { ids.encode(number, ttlField: ttlField, nodeID: $0, into: id) }
            body(id)
        }
    }

    /// Milliseconds since the epoch × 1,000,000, and always more than the last one.
    private func nextCreated() -> UInt64 {
        let milliseconds = UInt64(max(0, time.microseconds) / 1_000)
        let (now, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let last = jobs.lastCreated
        return max(overflow ? 0 : now, last == .max ? last : last + 1)
    }

    // MARK: A route's queue

    private func fill(
        _ queues: any RouteQueues, _ id: QueueID, _ options: AddJobOptions, _ body: UnsafeRawBufferPointer,
        _ client: BrokerClient
    ) {
        if options.delay > 0 || options.ttl > 0 || options.retry == 0 || options.uniqueWord != 0
            || options.deliveriesMost > 0
        {
            return client.replies.error(
                "ERR this queue is declared by a route, which says itself how its messages are worked: DELAY, TTL,"
                    + " RETRY 0, UNIQUE and MAXDELIVERIES are for other queues")
        }
        if options.maxLength > 0, queues.counts(of: id).queued >= options.maxLength {
            return client.replies.error("MAXLEN Queue is already longer than the specified MAXLEN count")
        }
        if queues.pause(of: id).contains(.input) {
            return client.replies.error("PAUSED Queue paused in input, try later")
        }
        switch queues.fill(id, body: body) {
        case .success(let message):
            message.map { $0 < 0x20 ? 0x20 : $0 }.withUnsafeBytes { client.replies.status($0) }
        case .failure(let refusal): client.replies.error("ERR \(refusal.sentence)")
        }
    }
}
