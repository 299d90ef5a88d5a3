import Message
import Queue
import RouteLanguage
import Store

extension Core {
    /// A child for each item; the parent waits for the last one.
    /// - Returns: whether the parent goes on at once, having no children.
    func admitChildren(of work: Work, _ split: SplitPlan, at position: Int) throws(StoreError) -> Bool {
        let items: [Value]
        do throws(EvaluationError) {
            items = try list(try work.frame.evaluate(split.items), of: split.step)
        } catch {
            try fail(work, reason: error.reason, failure: nil)
            return false
        }
        for (index, item) in items.enumerated() {
            var slots = work.frame.slots
            slots[0] = item
            if let slot = split.itemSlot { slots[slot] = item }
            let lane = split.workers.map { UInt64(index % max(1, $0)) }
            admitChild(of: work, step: split.step, index: index, start: split.body, slots: slots, lane: lane)
        }
        return park(work, children: items.count, at: position)
    }

    private func list(_ value: Value, of step: StepID) throws(EvaluationError) -> [Value] {
        switch value {
        case .list(let items): return items
        case .missing: return []
        case .json(let text):
            if case .list(let items)? = try? JSONText.parse(Array(text.utf8)) { return items }
        default: break
        }
        throw EvaluationError("\(step): what is split is no list")
    }

    /// A child for each branch, with a copy of the message.
    func admitChildren(of work: Work, _ fanout: FanoutPlan, at position: Int) throws(StoreError) -> Bool {
        for (index, start) in fanout.branches.enumerated() {
            admitChild(of: work, step: fanout.step, index: index, start: start, slots: work.frame.slots, lane: nil)
        }
        return park(work, children: fanout.branches.count, at: position)
    }

    /// - Parameter lane: children of one lane are worked one at a time, which is how `workers` of a split is kept.
    private func admitChild(
        of work: Work, step: StepID, index: Int, start: Int, slots: [Value], lane: UInt64?
    ) {
        let path = work.itemPath.isEmpty ? "\(index)" : "\(work.itemPath).\(index)"
        var body = MessageBody(
            messageID: "\(work.frame.messageID)/\(step.withoutRoute)/\(index)", received: work.received, start: start,
            slots: slots,
            lineage: .init(
                parent: work.id, parentMessage: work.frame.messageID, itemPath: path,
                orderingKey: work.lineage?.orderingKey ?? work.head.orderingKey))
        body.isRepeat = work.isRepeat
        let bytes = body.encoded(shapes: work.plan.shapes)
        let key = lane.map { laneKey(of: work.id, $0) } ?? 0
        let head = newHead(plan: work.plan, route: work.route, bodyBytes: bytes.count, orderingKey: key)
        record(.admitted(NewEntry(head: head, body: bytes)))
        if fault == .forgetChild, index == 1 { return }
        if queues[head.queue]?.keys.acquire(key, for: head.id) == true { queues[head.queue]?.append(head.id) }
    }

    private func laneKey(of parent: EntryID, _ lane: UInt64) -> UInt64 {
        var mix = SplitMix(seed: parent.rawValue ^ (lane &* 0x9e37_79b9_7f4a_7c15))
        return max(1, mix.next())
    }

    private func park(_ work: Work, children: Int, at position: Int) -> Bool {
        work.progress.done.append(position)
        work.position = position + 1
        guard children > 0 else { return true }
        work.progress.childrenPending = children
        work.head.state = .parked
        record(.headChanged(work.head))
        keepProgress(of: work)
        return false
    }

    /// One child less to wait for; with the last one the parent goes on, in the same turn.
    func childEnded(_ lineage: MessageBody.Lineage, isDead: Bool, work child: Work) throws(StoreError) {
        if lineage.isOrphan { return try orphanEnded(lineage, isDead: isDead, work: child) }
        guard let head = store.head(lineage.parent), head.state == .parked, let parent = try load(head) else { return }
        parent.progress.childrenPending = max(0, parent.progress.childrenPending - 1)
        if isDead { parent.progress.deadChildren += 1 }
        if child.progress.hasDelivered { parent.progress.hasDelivered = true }
        guard parent.progress.childrenPending == 0 else { return keepProgress(of: parent) }
        if parent.head.crashMarks >= Self.crashesThatPutAside { return try putAside(parent) }
        parent.head.state = .waiting
        record(.headChanged(parent.head))
        keepProgress(of: parent)
        try advance(parent)
    }

    /// A retried part whose parent has ended `dead`: with the last one that was dead the parent's word moves.
    ///
    /// The word is left alone where the parent or a part of it is still among the dead letters, and where the parent is
    /// a part itself: those have no word of their own.
    private func orphanEnded(_ lineage: MessageBody.Lineage, isDead: Bool, work: Work) throws(StoreError) {
        // Counted anew, this one is not among them: it has been removed.
        let left = orphans == nil ? try orphansAtWork()[lineage.parentMessage] ?? 0 : forgetOrphan(of: lineage)
        guard !isDead, left == 0, !lineage.itemPath.contains(".") else { return }
        let letters = try store.deadLetters(route: work.route.id, ofMessageAndParts: lineage.parentMessage)
        guard letters.own.isEmpty, letters.parts.isEmpty else { return }
        record(
            .reopened(Ending(route: work.route.id, message: lineage.parentMessage, word: .dead, at: time.wall)))
        record(
            .ended(Ending(route: work.route.id, message: lineage.parentMessage, word: .delivered, at: time.wall)))
    }

    private func forgetOrphan(of lineage: MessageBody.Lineage) -> Int {
        let left = max(0, (orphans?[lineage.parentMessage] ?? 0) - 1)
        orphans?[lineage.parentMessage] = left > 0 ? left : nil
        return left
    }

    /// How many parts of messages that have ended are being worked again, by the id of the message.
    func orphansAtWork() throws(StoreError) -> [String: Int] {
        if let orphans { return orphans }
        var found: [String: Int] = [:]
        try forEachBegun { body in
            if let lineage = body.lineage, lineage.isOrphan { found[lineage.parentMessage, default: 0] += 1 }
        }
        orphans = found
        return found
    }

    /// The bodies of all entries to which something has happened. Every retried one is among them.
    func forEachBegun(_ look: (MessageBody) -> Void) throws(StoreError) {
        var heads: [EntryHead] = []
        store.forEachHead { heads.append($0) }
        for head in heads {
            guard let plan = plans[head.plan], try store.progress(head.id) != nil, let bytes = try store.body(head.id)
            else { continue }
            do throws(ByteDecodingError) { look(try MessageBody(decoding: bytes, shapes: plan.shapes)) } catch {
                throw StoreError.damaged(what: "entry \(head.id.rawValue): \(error)")
            }
        }
    }
}

extension StepID {
    /// The path inside the route: `7/1` of `orders/7/1`.
    fileprivate var withoutRoute: Substring {
        path.firstIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
}
