import Message
import Queue
import RouteLanguage
import Store

extension Core {
    func obey(_ command: Command) throws(StoreError) {
        switch command {
        case .snapshot(let reply):
            let picture = snapshot()
            effects.replies.append { reply(picture) }
        case .retryDead(let retry, let reply):
            let answer = try self.retry(retry)
            effects.replies.append { reply(answer) }
        }
    }

    private func retry(_ retry: DeadLetterRetry) throws(StoreError) -> DeadLetterRetry.Answer {
        var answer = DeadLetterRetry.Answer()
        switch retry.selection {
        case .ids(let ids):
            for id in ids {
                if let letter = try store.deadLetter(id) {
                    try self.retry(letter, retry, &answer)
                } else {
                    answer.refused.append(.init(id: id, reason: "there is no dead letter \(id)"))
                }
            }
        case .all(let route):
            for letter in try store.deadLetters(route: route.map(store.routeID), after: 0, limit: 10_000) {
                try self.retry(letter, retry, &answer)
            }
        }
        if !answer.retried.isEmpty {
            let ids = answer.retried.prefix(20).map(String.init).joined(separator: ",")
            let what = "dead retry: \(answer.retried.count) letters (\(ids)\(answer.retried.count > 20 ? ",..." : ""))"
            store.record(.acted(AuditNote(at: time.wall, who: retry.who, what: what)))
        }
        return answer
    }

    /// Puts a dead letter back into its queue: same id, same key, same bytes, and nothing that succeeded is repeated.
    private func retry(
        _ letter: DeadLetter, _ retry: DeadLetterRetry, _ answer: inout DeadLetterRetry.Answer
    ) throws(StoreError) {
        guard let plan = plans[letter.plan], let route = plan.route(letter.route) else {
            answer.refused.append(.init(id: letter.id, reason: "its plan is not known any more"))
            return
        }
        if route.queuePlan.isAtMostOnce, letter.lastOutcomeUnknown, !retry.force {
            answer.refused.append(
                .init(id: letter.id, reason: "it may have been delivered already (at most once); add --force"))
            return
        }
        do throws(ByteDecodingError) {
            var body = try MessageBody(decoding: letter.body, shapes: plan.shapes)
            var progress = try letter.progress.map { bytes throws(ByteDecodingError) in
                try Progress(decoding: bytes)
            }
            progress?.firstSentAt = nil
            reopen(letter, &body)
            admitAgain(body, progress, plan: plan, route: route)
            answer.retried.append(letter.id)
        } catch {
            answer.refused.append(.init(id: letter.id, reason: "\(error)"))
        }
    }

    private func reopen(_ letter: DeadLetter, _ body: inout MessageBody) {
        store.record(.deadLetterClosed(id: letter.id))
        body.intakeError = nil
        guard let lineage = body.lineage else {
            store.record(
                .reopened(Ending(route: letter.route, message: letter.message, word: letter.word, at: time.wall)))
            return
        }
        guard store.head(lineage.parent) == nil else {
            adopt(lineage)
            return
        }
        body.lineage?.isOrphan = true
        store.record(
            .reopened(Ending(route: letter.route, message: lineage.parentMessage, word: .dead, at: time.wall)))
    }

    /// The parent still waits for other children: it waits for this one again, too.
    private func adopt(_ lineage: MessageBody.Lineage) {
        guard let head = store.head(lineage.parent), let parent = try? load(head) else { return }
        parent.progress.childrenPending += 1
        parent.progress.deadChildren = max(0, parent.progress.deadChildren - 1)
        keepProgress(of: parent)
    }

    private func admitAgain(_ body: MessageBody, _ progress: Progress?, plan: LoadedPlan, route: LoadedRoute) {
        let bytes = body.encoded(shapes: plan.shapes)
        let head = newHead(plan: plan, route: route, bodyBytes: bytes.count, orderingKey: 0)
        store.record(.admitted(NewEntry(head: head, body: bytes)))
        if let progress, !progress.isEmpty { store.record(.progressed(head.id, progress.encoded())) }
        queues[route.queue]?.append(head.id)
    }

    private func snapshot() -> CoreSnapshot {
        var picture = CoreSnapshot()
        picture.entries = store.entryCount
        picture.counters = counters
        var delayed: [QueueID: Int] = [:]
        var parked: [QueueID: Int] = [:]
        store.forEachHead { head in
            if head.state == .delayed { delayed[head.queue, default: 0] += 1 }
            if head.state == .parked { parked[head.queue, default: 0] += 1 }
        }
        for (id, queue) in queues {
            let sent = queue.hosts.reduce(0) { $0 + queue.inFlight($1) }
            let waiting = queue.unsortedCount + queue.hosts.reduce(0) { $0 + queue.waitingCount($1) }
            picture.queues.append(
                .init(
                    name: store.queueName(id), waiting: waiting, inFlight: sent, delayed: delayed[id] ?? 0,
                    parked: parked[id] ?? 0))
        }
        for (id, entry) in active {
            picture.routes.append(
                .init(name: entry.route.plan.name, account: store.account(id), position: ""))
        }
        for (index, host) in hosts.enumerated() {
            let id = HostID(rawValue: index)
            picture.hosts.append(
                .init(
                    connection: host.connection, name: host.name,
                    inFlight: queues.values.reduce(0) { $0 + $1.inFlight(id) },
                    waiting: queues.values.reduce(0) { $0 + $1.waitingCount(id) }, isCutOff: host.gate.isCutOff))
        }
        return picture
    }
}
