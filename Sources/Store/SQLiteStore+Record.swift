import Message

extension SQLiteStore {
    /// Takes a fact into this turn. What does not fit the facts before it makes the commit fail.
    package func record(_ change: Change) {
        do throws(StoreError) {
            if let mistake = try apply(change) {
                refusal = refusal ?? .failed(operation: "record", message: mistake)
            }
        } catch {
            refusal = refusal ?? error
        }
    }

    /// - Returns: a sentence where the change contradicts what is there.
    private func apply(_ change: Change) throws(StoreError) -> String? {
        switch change {
        case .seen(let advance): try see(advance)
        case .seenAgain(let route, let row, let before): try seeAgain(route, row, before)
        case .keyAccepted(let key): keys.insert(key)
        case .conflictFound(let conflict): sources.found(conflict)
        case .admitted(let entry): return entries.admit(entry)
        case .headChanged(let head): return entries.change(head)
        case .progressed(let id, let bytes): return entries.progressed(id, bytes)
        case .removed(let id): return entries.remove(id)
        case .delivered(let mark):
            outcomes.delivered(mark)
            note(mark.at)
        case .charged(let record): return try ledger.charge(record)
        case .ended(let ending):
            outcomes.ended(ending, reopened: false)
            note(ending.at)
        case .reopened(let ending):
            outcomes.ended(ending, reopened: true)
            note(ending.at)
        case .deadLettered(let letter): letters.add(letter)
        case .deadLetterClosed(let id): letters.close(id)
        case .appended(let connection, let extent): files.appended(connection, extent)
        case .rowCrashMarked(let route, let identity): sources.crashed(route, identity)
        case .acted(let note): files.acted(note)
        case .queuePaused(let queue, let pause): pauses.pause(queue, pause)
        }
        return nil
    }

    private func see(_ advance: SourceAdvance) throws(StoreError) {
        sources.moved(advance)
        for row in advance.rows {
            try seen.put(row, route: advance.route)
            outcomes.seen(advance.route, row.word)
            note(row.seenAt)
        }
    }

    private func seeAgain(_ route: RouteID, _ row: SeenRow, _ before: FinalWord) throws(StoreError) {
        try seen.put(row, route: route)
        outcomes.seenAgain(route, before: before, after: row.word)
        note(row.seenAt)
    }

    private func note(_ time: Instant) { now = max(now, time.microseconds) }
}
