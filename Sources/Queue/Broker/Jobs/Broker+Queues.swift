import Message
import Store

/// Finding, making and forgetting queues.
extension Broker {
    /// The queue of the client's last command, if it has this name, the client may use it, and no route has declared it
    /// since: what most commands ask for, at the price of one comparison.
    func sameQueue(_ name: UnsafeRawBufferPointer, for client: BrokerClient) -> BrokerQueue? {
        guard let last = client.lastQueue, !last.isGone, last.hasName(name), client.access.allows(queue: name),
            routeQueues == nil || routeQueues?.version == client.routesVersion
        else { return nil }
        return last
    }

    /// The queue of this name; nil: there is none. Whoever asks knows that it is no queue of a route.
    func findQueue(_ name: UnsafeRawBufferPointer, for client: BrokerClient) -> BrokerQueue? {
        if let last = client.lastQueue, !last.isGone, last.hasName(name) {
            remember(last, for: client)
            return last
        }
        guard let id = jobs.queue(named: name) else { return nil }
        let queue = known[id] ?? know(id, name: Array(name))
        remember(queue, for: client)
        return queue
    }

    private func remember(_ queue: BrokerQueue, for client: BrokerClient) {
        client.lastQueue = queue
        if let routeQueues { client.routesVersion = routeQueues.version }
    }

    /// The queue of this name, made where it does not exist; answers an error where there are too many.
    func makeQueue(_ name: UnsafeRawBufferPointer, for client: BrokerClient) -> BrokerQueue? {
        if let queue = findQueue(name, for: client) { return queue }
        guard jobs.queueCount < settings.queuesMost else {
            client.replies.error("ERR there are \(settings.queuesMost) queues already, and no more are allowed")
            return nil
        }
        let queue = makeQueue(named: name)
        remember(queue, for: client)
        return queue
    }

    /// Without a limit: for dead letters, which must go somewhere.
    func makeQueue(named name: UnsafeRawBufferPointer) -> BrokerQueue {
        let isNew = jobs.queue(named: name) == nil
        let id = jobs.makeQueue(name, at: time)
        let queue = known[id] ?? know(id, name: Array(name))
        if isNew { queue.lastUsed = time }
        return queue
    }

    /// The queue that a job belongs to.
    func queue(of number: JobNumber) -> BrokerQueue? {
        guard let id = jobs.queue(of: number) else { return nil }
        return queue(id)
    }

    func queue(_ id: JobQueueID) -> BrokerQueue? {
        if let queue = known[id] { return queue }
        guard let state = jobs.state(of: id) else { return nil }
        return know(id, name: state.name)
    }

    private func know(_ id: JobQueueID, name: [UInt8]) -> BrokerQueue {
        let queue = BrokerQueue(id: id, name: name, pause: jobs.pause(of: id), lastUsed: started ?? time)
        known[id] = queue
        return queue
    }

    // MARK: Rights and limits

    /// Answers NOPERM where the client's user may not use this queue.
    func may(_ client: BrokerClient, use name: UnsafeRawBufferPointer) -> Bool {
        if client.access.allows(queue: name) { return true }
        client.replies.error("NOPERM this user may not use the queue ", quoting: name)
        return false
    }

    /// Answers an error where a queue cannot have such a name.
    func isAllowedName(_ name: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        if name.count <= settings.queueNameBytesMost { return true }
        client.replies.error(
            "ERR the queue's name has \(name.count) bytes, and \(settings.queueNameBytesMost) are allowed")
        return false
    }

    // MARK: Queues of routes

    /// The route's queue of this name, so that it is no queue of jobs.
    func routeQueue(_ name: UnsafeRawBufferPointer) -> (queues: any RouteQueues, id: QueueID)? {
        guard let routeQueues, let id = routeQueues.queue(named: name) else { return nil }
        return (routeQueues, id)
    }

    /// Answers an error where the name is a queue that a route declares: its messages are not handed out here.
    func isNoRouteQueue(_ name: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        guard let (queues, id) = routeQueue(name) else { return true }
        let reason = queues.worker(of: id).map { "its messages are worked by the route \($0)" }
        client.replies.error(
            "ERR the queue '\(Self.shown(name))' is declared by a route: "
                + (reason ?? "its messages are not handed out here"))
        return false
    }

    /// A name as an error can quote it.
    static func shown(_ name: UnsafeRawBufferPointer) -> String {
        String(decoding: name.prefix(128).map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
    }

    // MARK: Idle queues

    static let idleMost = Microseconds(300_000_000)
    private static let sweepPause = Microseconds(10_000_000)
    private static let slicePause = Microseconds(1_000_000)
    private static let queuesPerSlice = 5_000

    /// Forgets queues that were empty, unpaused and unused for 300 s, some thousand a second.
    func dropIdleQueues() {
        guard jobs.queueCount > 0, time >= nextSweep else { return }
        var idle: [JobQueueID] = []
        var looked = 0
        var last = sweepCursor
        jobs.forEachQueue(after: sweepCursor) { id in
            looked += 1
            last = id.rawValue
            if isIdle(id) { idle.append(id) }
            return looked < Self.queuesPerSlice
        }
        for id in idle { dropQueue(id) }
        let isRound = looked < Self.queuesPerSlice
        sweepCursor = isRound ? 0 : last
        nextSweep = time.advanced(by: isRound ? Self.sweepPause : Self.slicePause)
    }

    private func isIdle(_ id: JobQueueID) -> Bool {
        if let queue = known[id] {
            guard queue.waiting.count == 0, time.duration(since: queue.lastUsed) >= Self.idleMost else { return false }
        } else {
            guard time.duration(since: started ?? time) >= Self.idleMost else { return false }
        }
        return jobs.pause(of: id) == [] && JobState.allCases.allSatisfy { jobs.count($0, in: id) == 0 }
    }

    private func dropQueue(_ id: JobQueueID) {
        jobs.drop(id)
        known.removeValue(forKey: id)?.isGone = true
    }

    /// Removes every job and queue; who waits gets nothing: DEBUG FLUSHALL, CLUSTER RESET.
    func removeEverything() {
        endAllWaits { $0.nullArray() }
        jobs.removeAll()
        for queue in known.values { queue.isGone = true }
        known = [:]
    }
}
