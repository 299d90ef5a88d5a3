import Connecting
import Message
import Queue
import RouteLanguage
import Store

extension Core {
    /// Takes up the rows of a batch: what each became, new entries, keys and the source's position, all in this turn.
    func admit(_ read: ReadBatch) throws(StoreError) {
        let (routeID, batch) = (read.route, read.batch)
        guard let (plan, route) = active[routeID], generations[routeID] == read.generation else { return }
        effects.grants[routeID, default: 0] += 1
        let crashMarks = store.rowCrashMarks(routeID)
        var seen: [SeenRow] = []
        seen.reserveCapacity(batch.rows.count)
        for row in batch.rows {
            guard let row = identified(row, in: batch.kind, of: route) else { continue }
            let crashes = Self.crashes(of: row.identity, in: crashMarks)
            let word =
                crashes >= Self.crashesThatPutAside
                ? try putAside(row.row, as: row.message, crashes: crashes, plan: plan, route: route)
                : try admit(row.row, as: row.message, plan: plan, route: route)
            let now = SeenRow(
                identity: row.identity, message: row.message, content: row.row.content, word: word, seenAt: time.wall)
            if let before = row.wordBefore {
                record(.seenAgain(route: routeID, row: now, before: before))
            } else {
                seen.append(now)
            }
        }
        guard fault != .forgetPosition else { return }
        record(
            .seen(
                SourceAdvance(
                    route: routeID, rows: seen, position: batch.position, positionText: batch.positionText)))
    }

    /// How often this row or job has crashed the process above the line.
    static func crashes(of identity: RowIdentity, in marks: [RowIdentity: Int]) -> Int {
        marks.isEmpty ? 0 : marks[.int(Int64(bitPattern: identity.number))] ?? 0
    }

    private struct IdentifiedRow {
        let row: SourceRow
        let identity: RowIdentity
        let message: String
        /// Set where a filtered row came again with other content.
        let wordBefore: FinalWord?
    }

    /// The row with the id it is known by; nil where it is known already and says nothing new.
    private func identified(
        _ row: SourceRow, in kind: SourceBatch.Kind, of route: LoadedRoute
    ) -> IdentifiedRow? {
        let message = route.messagePrefix + row.identityText
        let plain = IdentifiedRow(row: row, identity: row.identity, message: message, wordBefore: nil)
        guard kind != .fresh, let known = store.seen(route.id, row.identity) else { return plain }
        if known.content == row.content { return nil }
        if known.word == .filtered {
            return IdentifiedRow(row: row, identity: row.identity, message: message, wordBefore: .filtered)
        }
        return kind == .failover ? reused(row, as: message, of: route) : nil
    }

    /// An id that another server gave to another row: a conflict that somebody has to look at, once.
    private func reused(_ row: SourceRow, as message: String, of route: LoadedRoute) -> IdentifiedRow? {
        let identity = RowIdentity.bytes(Array("\(row.identityText)~\(row.content)".utf8))
        guard store.seen(route.id, identity) == nil else { return nil }
        let name = "\(message)~\(String(row.content, radix: 16))"
        record(conflict: name, key: row.identityText, first: row.content, of: route)
        record(
            .seen(
                SourceAdvance(
                    route: route.id,
                    rows: [
                        SeenRow(
                            identity: identity, message: name, content: row.content, word: .conflict,
                            seenAt: time.wall)
                    ], position: nil, positionText: "")))
        return nil
    }

    private func record(conflict message: String, key: String, first: UInt64, of route: LoadedRoute) {
        guard fault != .skipConflict else { return }
        record(
            .conflictFound(
                Conflict(
                    route: route.id, message: message, key: String(key.prefix(200)), firstMessage: first,
                    at: time.wall)))
        tell(
            .conflict,
            Notice(
                .warning, "the same key came with other content: it is kept as a conflict and not delivered",
                [.init("route", route.plan.name), .init("message", message)]))
    }

    /// A raw row that crashed the engine above the line becomes a dead letter without being worked, and the cursor moves.
    private func putAside(
        _ row: SourceRow, as message: String, crashes: Int, plan: LoadedPlan, route: LoadedRoute
    ) throws(StoreError) -> FinalWord? {
        var slots = [Value](repeating: .missing, count: route.plan.slotCount)
        slots[0] = .record(Record(shape: route.plan.source.shape, fields: row.values))
        if let slot = route.plan.source.nameSlot { slots[slot] = slots[0] }
        var body = MessageBody(messageID: message, received: time.wall, start: 0, slots: slots)
        body.isRaw = true
        let bytes = body.encoded(shapes: plan.shapes)
        let head = newHead(plan: plan, route: route, bodyBytes: bytes.count, orderingKey: 0)
        record(.admitted(NewEntry(head: head, body: bytes)))
        let work = Work(
            head: head, plan: plan, route: route, body: body, progress: Progress(), hasStoredProgress: false)
        try die(
            work, reason: "put aside: it crashed the engine \(crashes) times above the durability line",
            step: route.plan.name, queue: route.queuePlan.name)
        return nil
    }

    /// Runs the steps above the durability line.
    /// - Returns: the row's final word; nil where it was admitted.
    func admit(
        _ row: SourceRow, as message: String, plan: LoadedPlan, route: LoadedRoute
    ) throws(StoreError) -> FinalWord? {
        var frame = Frame(
            slots: Array(repeating: .missing, count: route.plan.slotCount), messageID: message, received: time.wall)
        let value = Value.record(Record(shape: route.plan.source.shape, fields: row.values))
        frame.slots[0] = value
        if let slot = route.plan.source.nameSlot { frame.slots[slot] = value }
        if let problem = row.problem {
            var body = MessageBody(messageID: message, received: time.wall, start: 0, slots: frame.slots)
            body.intakeError = problem
            body.isIncomplete = true
            try admit(body, frame: frame, plan: plan, route: route, orderingKey: 0)
            return nil
        }
        marks?.begin(row: row.identity.number, of: route.id)
        if trapsOn == message { fatalError("a test asked for this trap") }
        let arrival = Execution.run(route.plan.intake, from: 0, frame: &frame, done: [], log: &log)
        marks?.end()
        var body = MessageBody(messageID: message, received: time.wall, start: 0, slots: frame.slots)
        switch arrival {
        case .filtered: return .filtered
        case .stopped: return .stopped
        case .invalid(let reason):
            tell(
                .rejected,
                Notice(.warning, "rejected: \(reason)", [.init("route", route.plan.name), .init("message", message)]))
            return .rejected
        case .failed(let error): body.intakeError = error.reason
        case .ended, .deliver, .split, .fanout, .deadLetter: break
        }
        var orderingKey: UInt64 = 0
        if body.intakeError == nil {
            do throws(EvaluationError) {
                if let word = try refused(row, frame: &frame, message: message, route: route) { return word }
                orderingKey = try self.orderingKey(&frame, route: route)
            } catch {
                body.intakeError = error.reason
            }
        }
        try admit(body, frame: frame, plan: plan, route: route, orderingKey: orderingKey)
        return nil
    }

    /// Duplicate or conflict, where the route's key is known; else the key is taken.
    private func refused(
        _ row: SourceRow, frame: inout Frame, message: String, route: LoadedRoute
    ) throws(EvaluationError) -> FinalWord? {
        guard let unique = route.plan.unique else { return nil }
        let key = try frame.evaluate(unique.key)
        var writer = ByteWriter(reserving: 64)
        writer.write(route.keyScope)
        writer.write(key, shapes: .empty)
        let digest = SHA256.fingerprint(writer.bytes)
        let fingerprint = KeyFingerprint(high: digest.high, low: digest.low)
        if let known = store.key(fingerprint) {
            if known.content == row.contentBesidesKey { return .duplicate }
            record(conflict: message, key: key.plainText ?? message, first: known.message, of: route)
            return .conflict
        }
        if fault != .forgetKey {
            record(
                .keyAccepted(
                    AcceptedKey(
                        fingerprint: fingerprint, content: row.contentBesidesKey, message: row.identity.number,
                        until: Instant(
                            microseconds: time.wall.microseconds.addingMilliseconds(unique.withinMilliseconds)))))
        }
        return nil
    }

    func orderingKey(_ frame: inout Frame, route: LoadedRoute) throws(EvaluationError) -> UInt64 {
        guard let expression = route.plan.orderingKey else { return 0 }
        var writer = ByteWriter(reserving: 64)
        writer.write(try frame.evaluate(expression), shapes: .empty)
        return max(1, SHA256.fingerprint(writer.bytes).low)
    }

    /// Writes the entry, and works it at once where there is room.
    private func admit(
        _ body: MessageBody, frame: Frame, plan: LoadedPlan, route: LoadedRoute, orderingKey: UInt64
    ) throws(StoreError) {
        let bytes = body.encoded(shapes: plan.shapes, sameAsCurrent: route.sameAsCurrent)
        let head = newHead(plan: plan, route: route, bodyBytes: bytes.count, orderingKey: orderingKey)
        record(.admitted(NewEntry(head: head, body: bytes)))
        guard queues[route.queue]?.keys.acquire(orderingKey, for: head.id) == true else { return }
        guard let queue = queues[route.queue], !queue.hasUnsorted, isHungry(queue), budget > 0, !isDraining else {
            queues[route.queue]?.append(head.id)
            return
        }
        let work = Work(
            head: head, plan: plan, route: route, body: body, progress: Progress(), hasStoredProgress: false)
        try advance(work)
    }

    /// The head of an entry that is being admitted in this turn.
    func newHead(plan: LoadedPlan, route: LoadedRoute, bodyBytes: Int, orderingKey: UInt64) -> EntryHead {
        EntryHead(
            id: store.newEntryID(bodyBytes: bodyBytes), queue: route.queue, plan: plan.id, route: route.id,
            state: .waiting, due: Instant(microseconds: 0),
            expires: route.queuePlan.keepMilliseconds.map {
                Instant(microseconds: time.now.microseconds.addingMilliseconds($0))
            }, orderingKey: orderingKey, take: 0, attempt: 0, crashMarks: 0)
    }
}

extension RowIdentity {
    /// The row's number where it has one, else a hash: names the first message of a key.
    var number: UInt64 {
        switch self {
        case .int(let id): UInt64(bitPattern: id)
        case .bytes(let bytes): SHA256.fingerprint(bytes).low
        }
    }
}

extension Int64 {
    /// Adds milliseconds to microseconds, staying at the far end of time instead of overflowing.
    func addingMilliseconds(_ milliseconds: Int64) -> Int64 {
        let scaled = milliseconds.multipliedReportingOverflow(by: 1000)
        let sum = addingReportingOverflow(scaled.partialValue)
        return scaled.overflow || sum.overflow ? .max : sum.partialValue
    }
}
