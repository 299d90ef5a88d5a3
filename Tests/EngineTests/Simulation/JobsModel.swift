import Message
import Queue
import Store

/// Programs that add jobs to the queue that the route `parcels` reads, and what they were told.
struct JobsModel {
    struct Added {
        let isSkipped: Bool
        /// Its body is no parcel.
        let isBad: Bool
    }

    /// Those whose addition is on disk, by the id of the message that each becomes.
    private(set) var acknowledged: [String: Added] = [:]
    /// Added in the turn that is not committed yet.
    private var pending: [String: Added] = [:]
    private var next = 1

    static let queue = "inbox"

    var count: Int { acknowledged.count }

    mutating func add(to store: SQLiteStore, at now: Int64, _ random: inout SplitMix) {
        let number = next
        next += 1
        let isSkipped = Int.random(in: 0..<6, using: &random) == 0
        let isBad = !isSkipped && Int.random(in: 0..<8, using: &random) == 0
        let code = isSkipped ? "skip" : "c"
        let body =
            isBad
            ? "{\"id\":\(number)}" : "{\"id\":\(number),\"code\":\"\(code)\",\"customer\":\(number % 5)}"
        let expires = Int.random(in: 0..<6, using: &random) == 0 ? now + 30_000_000 : Int64.max
        let id = store.addJob(
            Array(body.utf8), to: Self.queue, expires: Instant(microseconds: expires), at: Instant(microseconds: now))
        pending["queue.\(Self.queue)/\(id)"] = Added(isSkipped: isSkipped, isBad: isBad)
    }

    mutating func committed() {
        acknowledged.merge(pending) { first, _ in first }
        pending.removeAll()
    }

    mutating func died() { pending.removeAll() }

    /// A job is in its queue or a message of its route, never both and never neither.
    func problem(_ store: SQLiteStore) -> String? {
        let seen = Int(store.account(store.routeID("parcels")).seen)
        let queue = Array(Self.queue.utf8).withUnsafeBytes { store.jobs.queue(named: $0) }
        let waiting = queue.map { store.jobs.count(.queued, in: $0) } ?? 0
        return seen + waiting == count ? nil : "\(count) jobs were added, \(seen) are seen and \(waiting) wait"
    }
}

extension SQLiteStore {
    /// As ADDJOB does.
    /// - Returns: its id.
    func addJob(_ body: [UInt8], to name: String, expires: Instant, at now: Instant) -> String {
        let queue = Array(name.utf8).withUnsafeBytes { jobs.makeQueue($0, at: now) }
        let number = jobs.reserve(in: queue)
        let id = JobIDCipher(key: jobs.idKey).encode(number, ttlField: 0xffff, nodeID: jobs.nodeID)
        let head = JobHead(
            state: .queued, due: .never, expires: expires, wasQueued: true, isAtMostOnce: false, isLimited: false)
        let terms = JobTerms(
            retrySeconds: 300, delaySeconds: 0, ttlSeconds: expires == .never ? 0 : 30, deliveriesMost: 0,
            created: jobs.lastCreated + 1)
        id.withUnsafeBytes { id in
            body.withUnsafeBytes { jobs.add(number, to: queue, head: head, terms: terms, id: id, body: $0) }
        }
        return String(decoding: id, as: UTF8.self)
    }
}
