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
        if !answer.retried.isEmpty, !retry.dryRun {
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
        do throws(RefusedRetry) {
            let again = try revived(letter, retry)
            answer.retried.append(letter.id)
            if again.repeats > 0 { answer.repeats[letter.id] = again.repeats }
            guard !retry.dryRun else { return }
            var body = again.body
            reopen(letter, &body)
            admitAgain(body, again.progress, plan: again.plan, route: again.route)
        } catch {
            answer.refused.append(.init(id: letter.id, reason: error.reason))
        }
    }

    private struct Revived {
        var body: MessageBody
        var progress: Progress?
        let plan: LoadedPlan
        let route: LoadedRoute
        /// Deliveries that succeeded before and are made again.
        var repeats = 0
    }

    private func revived(_ letter: DeadLetter, _ retry: DeadLetterRetry) throws(RefusedRetry) -> Revived {
        guard let plan = plans[letter.plan], let route = plan.route(letter.route) else {
            throw RefusedRetry(reason: "its plan is not known any more")
        }
        if route.queuePlan.isAtMostOnce, letter.lastOutcomeUnknown, !retry.force {
            throw RefusedRetry(reason: "it may have been delivered already (at most once); add --force")
        }
        let kept: Revived
        do throws(ByteDecodingError) {
            let body = try MessageBody(decoding: letter.body, shapes: plan.shapes)
            var progress: Progress?
            if let bytes = letter.progress { progress = try Progress(decoding: bytes) }
            progress?.firstSentAt = nil
            kept = Revived(body: body, progress: progress, plan: plan, route: route)
        } catch {
            throw RefusedRetry(reason: "\(error)")
        }
        guard !kept.body.isIncomplete else {
            throw RefusedRetry(reason: "its row was too long to be read: insert the row anew")
        }
        return retry.latest ? try onNewestPlan(kept) : kept
    }

    /// The message as the newest plan would have admitted it: the same values under the same names.
    private func onNewestPlan(_ old: Revived) throws(RefusedRetry) -> Revived {
        guard let (plan, route) = active[old.route.id] else {
            throw RefusedRetry(reason: "the newest plan has no route \(old.route.plan.name)")
        }
        guard old.body.lineage == nil else {
            throw RefusedRetry(reason: "it is a part of \(old.body.lineage?.parentMessage ?? ""): retry it as it is")
        }
        var body = old.body
        body.slots = Array(repeating: .missing, count: route.plan.slotCount)
        for (slot, name) in route.plan.slotNames.enumerated() where slot < route.plan.slotCount {
            guard let before = old.route.plan.slotNames.firstIndex(of: name), before < old.body.slots.count else {
                continue
            }
            body.slots[slot] = try old.body.slots[before].reshaped(
                from: old.route.plan.source.shape, to: route.plan.source.shape)
        }
        return Revived(
            body: body, progress: nil, plan: plan, route: route, repeats: old.progress?.done.count ?? 0)
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
        picture.billed = store.ledgerHead().seq
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

extension Value {
    /// A row with the columns that the newest plan reads.
    fileprivate func reshaped(from old: Shape, to new: Shape) throws(RefusedRetry) -> Value {
        guard case .record(let record) = self, record.shape == old, old != new else { return self }
        var fields: [Value] = []
        for name in new.names {
            guard let value = record.value(named: name) else {
                throw RefusedRetry(reason: "the newest plan reads `\(name)`, which this message was admitted without")
            }
            fields.append(value)
        }
        return .record(Record(shape: new, fields: fields))
    }
}

/// Why a dead letter is not worked again.
private struct RefusedRetry: Error {
    let reason: String
}
