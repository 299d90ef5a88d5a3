/// Kept plans: the sources that entries were admitted with, by the hash of the plan.
final class PlanStorage {
    private var ids: [String: Int64] = [:]
    private var new: [(id: Int64, hash: String, sources: [UInt8])] = []
    private var next: Int64 = 1
    private let insert: Statement
    private let read: Statement

    init(_ database: Database) throws(StoreError) {
        insert = database.prepare("INSERT INTO plans (id, hash, sources) VALUES (?1, ?2, ?3)")
        read = database.prepare("SELECT hash, sources FROM plans WHERE id = ?1")
        let stored = database.prepare("SELECT id, hash FROM plans")
        while try stored.next() {
            ids[stored.text(1)] = stored.integer(0)
            next = max(next, stored.integer(0) + 1)
        }
        guard next < UInt32.max else { throw .damaged(what: "the numbers of kept plans") }
    }

    var hasChanges: Bool { !new.isEmpty }

    func keep(hash: String, sources: () -> [UInt8]) -> PlanID {
        let id: Int64
        if let known = ids[hash] {
            id = known
        } else {
            id = next
            next += 1
            ids[hash] = id
            new.append((id, hash, sources()))
        }
        return PlanID(rawValue: UInt32(truncatingIfNeeded: id))
    }

    /// The plans of these numbers; one that is not kept is damage.
    func plans(_ wanted: Set<PlanID>) throws(StoreError) -> [(id: PlanID, hash: String, sources: [UInt8])] {
        var found: [(id: PlanID, hash: String, sources: [UInt8])] = []
        for id in wanted.sorted(by: { $0.rawValue < $1.rawValue }) {
            if let pending = new.first(where: { $0.id == Int64(id.rawValue) }) {
                found.append((id, pending.hash, pending.sources))
                continue
            }
            read.bind(1, Int64(id.rawValue))
            guard try read.next() else { throw .damaged(what: "plan \(id.rawValue), which entries refer to, is gone") }
            found.append((id, read.text(0), read.bytes(1)))
            read.reset()
        }
        return found
    }

    func write() throws(StoreError) {
        for plan in new {
            insert.bind(1, plan.id)
            insert.bind(2, plan.hash)
            insert.bind(3, plan.sources)
            try insert.run()
        }
    }

    func committed() { new.removeAll() }
}
