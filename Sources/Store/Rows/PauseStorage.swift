import Message

/// Which queues of routes are paused: a number in `meta` each.
final class PauseStorage {
    private var states: [QueueID: PauseState] = [:]
    private var changed: Set<QueueID> = []
    private let put: Statement
    private let delete: Statement
    private static let prefix = "pause_of_queue_"

    init(_ database: Database) throws(StoreError) {
        put = database.prepare("REPLACE INTO meta (name, value) VALUES (?1, ?2)")
        delete = database.prepare("DELETE FROM meta WHERE name = ?1")
        let stored = database.prepare("SELECT name, value FROM meta WHERE name LIKE '\(Self.prefix)%'")
        while try stored.next() {
            guard let number = UInt16(stored.text(0).dropFirst(Self.prefix.count)),
                let state = UInt8(exactly: stored.integer(1))
            else { throw .damaged(what: "the pause of a queue") }
            states[QueueID(rawValue: number)] = PauseState(rawValue: state)
        }
    }

    var hasChanges: Bool { !changed.isEmpty }

    func state(_ queue: QueueID) -> PauseState { states[queue] ?? [] }

    func pause(_ queue: QueueID, _ state: PauseState) {
        states[queue] = state.isEmpty ? nil : state
        changed.insert(queue)
    }

    func write() throws(StoreError) {
        for queue in changed {
            let name = "\(Self.prefix)\(queue.rawValue)"
            if let state = states[queue] {
                put.bind(1, name)
                put.bind(2, Int64(state.rawValue))
                try put.run()
            } else {
                delete.bind(1, name)
                try delete.run()
            }
        }
    }

    func committed() { changed.removeAll() }
}
