import Message
import Queue
import RouteLanguage
import Store

/// `dead retry`: letters go back into their queues.
extension Core {
    func retry(_ retry: DeadLetterRetry) throws(StoreError) -> DeadLetterRetry.Answer {
        var answer = DeadLetterRetry.Answer()
        var working: Set<String>?
        switch retry.selection {
        case .ids(let ids):
            for id in ids {
                if let letter = try store.deadLetter(id) {
                    try self.retry(letter, retry, &working, &answer)
                } else {
                    answer.refused.append(.init(id: id, reason: "there is no dead letter \(id)"))
                }
            }
        case .all(let route):
            for letter in try store.deadLetters(route: route.map(store.routeID), after: 0, limit: 10_000) {
                // One that was superseded by an earlier one of this command is gone.
                guard try store.deadLetter(letter.id) != nil else { continue }
                try self.retry(letter, retry, &working, &answer)
            }
        }
        if !answer.retried.isEmpty, !retry.dryRun {
            let ids = answer.retried.prefix(20).map(String.init).joined(separator: ",")
            let what = "dead retry: \(answer.retried.count) letters (\(ids)\(answer.retried.count > 20 ? ",..." : ""))"
            record(.acted(AuditNote(at: time.wall, who: retry.who, what: what)))
        }
        return answer
    }

    /// Puts a dead letter back into its queue: same id, same key, same bytes, and nothing that succeeded is repeated.
    /// - Parameter working: messages that are worked again, by id, where that has been looked up.
    private func retry(
        _ letter: DeadLetter, _ retry: DeadLetterRetry, _ working: inout Set<String>?,
        _ answer: inout DeadLetterRetry.Answer
    ) throws(StoreError) {
        if let body = try unreadBody(of: letter) { return try self.retry(letter, unread: body, retry, &answer) }
        let again: Revived
        do throws(RefusedRetry) { again = try revived(letter, retry) } catch {
            answer.refused.append(.init(id: letter.id, reason: error.reason))
            return
        }
        if let reason = try reasonToWait(again, &working) {
            answer.refused.append(.init(id: letter.id, reason: reason))
            return
        }
        answer.retried.append(letter.id)
        if again.repeats > 0 { answer.repeats[letter.id] = again.repeats }
        guard !retry.dryRun else { return }
        let ready = try reopened(letter, again, isLatest: retry.latest)
        if ready.body.lineage == nil { working?.insert(ready.body.messageID) }
        try admitAgain(ready)
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
            // The policy's time runs anew; a request that was sent is kept as it is while it waits.
            let wasSent = progress?.pending != nil
            progress?.firstSentAt = wasSent ? time.now : nil
            kept = Revived(body: body, progress: progress, plan: plan, route: route)
        } catch {
            throw RefusedRetry(reason: "\(error)")
        }
        guard !kept.body.isIncomplete else {
            throw RefusedRetry(reason: "its row was too long to be read: insert the row anew")
        }
        guard !kept.body.isRaw else {
            throw RefusedRetry(
                reason: "it never came through the steps above the durability line, which keep duplicates out: "
                    + "insert the row anew")
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
        body.isRepeat = true
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

    /// Why it cannot be worked now: a message and its parts are not worked again at the same time, or the message would
    /// end without them.
    private func reasonToWait(_ again: Revived, _ working: inout Set<String>?) throws(StoreError) -> String? {
        if let lineage = again.body.lineage {
            let isWorked =
                if let parent = store.head(lineage.parent) { parent.state != .parked } else {
                    try messagesWorkedAgain(&working).contains(lineage.parentMessage)
                }
            guard isWorked else { return nil }
            return "\(lineage.parentMessage), which it is a part of, is being worked: retry it when that has ended"
        }
        let parts = again.body.messageID + "/"
        let hasPartsAtWork = try orphansAtWork().keys.contains { $0 == again.body.messageID || $0.hasPrefix(parts) }
        return hasPartsAtWork ? "parts of it are being worked: retry it when they have ended" : nil
    }

    private func messagesWorkedAgain(_ known: inout Set<String>?) throws(StoreError) -> Set<String> {
        if let known { return known }
        var found: Set<String> = []
        try forEachBegun { body in if body.lineage == nil { found.insert(body.messageID) } }
        known = found
        return found
    }

    /// Records that the letter is worked again, and makes the message ready for it.
    private func reopened(
        _ letter: DeadLetter, _ again: Revived, isLatest: Bool
    ) throws(StoreError) -> Revived {
        var ready = again
        record(.deadLetterClosed(id: letter.id))
        ready.body.intakeError = nil
        if let lineage = again.body.lineage {
            if store.head(lineage.parent) == nil {
                try becomeOrphan(&ready, lineage, reason: letter.reason)
            } else {
                try adopt(lineage)
            }
            return ready
        }
        record(.reopened(Ending(route: letter.route, message: letter.message, word: letter.word, at: time.wall)))
        let parts = try store.deadLetters(route: letter.route, ofMessageAndParts: letter.message).parts
        if isLatest {
            // The parts are made anew.
            for part in parts { record(.deadLetterClosed(id: part)) }
        } else if parts.isEmpty {
            ready.progress?.deadChildren = 0
        }
        return ready
    }

    private func becomeOrphan(
        _ ready: inout Revived, _ lineage: MessageBody.Lineage, reason: String
    ) throws(StoreError) {
        var working = try orphansAtWork()
        working[lineage.parentMessage, default: 0] += 1
        orphans = working
        ready.body.lineage?.isOrphan = true
        var progress = ready.progress ?? Progress()
        // Every orphan has progress: that is how they are found after a restart.
        if progress.lastFailure.isEmpty { progress.lastFailure = reason }
        if progress.isEmpty { progress.lastFailure = "retried" }
        ready.progress = progress
    }

    /// The parent still waits for other children: it waits for this one again, too.
    private func adopt(_ lineage: MessageBody.Lineage) throws(StoreError) {
        guard let head = store.head(lineage.parent), let parent = try load(head) else { return }
        parent.progress.childrenPending += 1
        parent.progress.deadChildren = max(0, parent.progress.deadChildren - 1)
        keepProgress(of: parent)
    }

    private func admitAgain(_ ready: Revived) throws(StoreError) {
        let bytes = ready.body.encoded(shapes: ready.plan.shapes)
        let head = newHead(
            plan: ready.plan, route: ready.route, bodyBytes: bytes.count, orderingKey: orderingKey(of: ready))
        record(.admitted(NewEntry(head: head, body: bytes)))
        if let progress = ready.progress, !progress.isEmpty {
            record(.progressed(head.id, progress.encoded()))
        }
        guard let queue = queues[ready.route.queue], queue.keys.acquire(head.orderingKey, for: head.id) else { return }
        queue.append(head.id)
    }

    /// The key of its queue, as at its admission: messages of one key are worked one at a time, retried ones too. A part
    /// is worked under the key that its parent holds, or under that key itself where the parent has ended.
    private func orderingKey(of ready: Revived) -> UInt64 {
        if let lineage = ready.body.lineage { return lineage.isOrphan ? lineage.orderingKey : 0 }
        var frame = Frame(
            slots: ready.body.slots, messageID: ready.body.messageID, received: ready.body.received)
        do throws(EvaluationError) { return try orderingKey(&frame, route: ready.route) } catch { return 0 }
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
