import Message
import Store

/// QPURGE and QMOVE.
extension Broker {
    /// What was not handed out is removed.
    func purge(_ arguments: Arguments, _ client: BrokerClient) {
        let name = arguments[1]
        guard may(client, use: name) else { return }
        if let (queues, id) = routeQueue(name) {
            if let refusal = queues.refusal(ofPurge: id) { return client.replies.error("ERR \(refusal.sentence)") }
            let who = "\(client.user?.name ?? "default") at \(client.address)"
            return client.replies.integer(Int64(queues.purge(id, by: who)))
        }
        client.replies.integer(Int64(findQueue(name, for: client).map { jobs.purge($0.id) } ?? 0))
    }

    // MARK: QMOVE

    private static let moveMost = 10_000
    private static let moveDefault: Int64 = 1_000

    /// `QMOVE source target [COUNT n | IDS id...]`.
    func moveJobs(_ arguments: Arguments, _ client: BrokerClient) {
        var most = Self.moveDefault
        var range = 0..<0
        if arguments.count > 3 {
            switch Keyword(arguments[3]) {
            case .count where arguments.count == 5:
                guard let count = IntegerText.parse(arguments[4]), count > 0 else {
                    return client.replies.error("ERR COUNT must be a number greater than zero")
                }
                most = min(count, Int64(Self.moveMost))
            case .ids:
                range = 4..<arguments.count
            default:
                return syntaxError(client)
            }
        }
        guard mayMove(arguments, client), areIDs(arguments, range, client) else { return }
        guard range.count <= Self.moveMost else {
            return client.replies.error("ERR at most \(Self.moveMost) jobs are moved by one command")
        }
        let isByID = arguments.count > 3 && Keyword(arguments[3]) == .ids
        guard let source = findQueue(arguments[1], for: client) else { return client.replies.integer(0) }
        guard let target = makeQueue(arguments[2], for: client) else { return }
        guard !target.pause.contains(.input) else {
            return client.replies.error("PAUSED Queue paused in input, try later")
        }
        let count =
            isByID ? move(arguments, range, from: source, to: target) : move(Int(most), from: source, to: target)
        client.replies.integer(Int64(count))
    }

    private func mayMove(_ arguments: Arguments, _ client: BrokerClient) -> Bool {
        for index in 1...2 {
            let name = arguments[index]
            guard may(client, use: name), isAllowedName(name, client), isNoRouteQueue(name, client) else {
                return false
            }
        }
        guard !arguments[1].elementsEqual(arguments[2]) else {
            client.replies.error("ERR source and target are the same queue")
            return false
        }
        return true
    }

    /// The first queued ones; at least one, then no more than the turn's budget pays for.
    private func move(_ most: Int, from source: BrokerQueue, to target: BrokerQueue) -> Int {
        var count = 0
        while count < most, count == 0 || dueBudget > 0, let number = jobs.firstQueued(in: source.id),
            let head = jobs.head(number)
        {
            guard head.expires > time else {
                guard dueBudget > 0 else { break }
                dueBudget -= 1
                expire(number)
                continue
            }
            move(number, head, to: target)
            count += 1
        }
        return count
    }

    /// Those of these jobs that are in the source, queued or delayed; at least one, then no more than the turn's budget
    /// pays for.
    private func move(
        _ arguments: Arguments, _ range: Range<Int>, from source: BrokerQueue, to target: BrokerQueue
    ) -> Int {
        var count = 0
        for index in range where count == 0 || dueBudget > 0 {
            guard let (number, head) = living(arguments[index]), jobs.queue(of: number) == source.id,
                head.state == .queued || head.state == .delayed
            else { continue }
            move(number, head, to: target)
            count += 1
        }
        return count
    }

    /// A dead letter that somebody takes out of its queue may be handed out as often again as at first.
    private func move(_ number: JobNumber, _ head: JobHead, to target: BrokerQueue) {
        var head = head
        if !head.isLimited, let most = jobs.withContent(of: number, { $0.terms.deliveriesMost }), most > 0 {
            head.isLimited = true
            head.deliveries = 0
        }
        move(number, to: target, head, isDeadLetter: false)
        target.lastUsed = time
        if head.state == .queued { hasJobs(target) }
    }
}

extension Keyword {
    static let ids = Keyword("ids")
}
