import Message
import Store

/// QSCAN and JSCAN. A cursor is the number of the last queue or job that was looked at, so that nothing is missed that
/// stays where it is.
extension Broker {
    // MARK: QSCAN

    func scanQueues(_ arguments: Arguments, _ client: BrokerClient) {
        var cursor = ScanCursor()
        // Negative: no filter.
        var (lengthLeast, lengthMost, rateLeast) = (Int64(-1), Int64(-1), Int64(-1))
        let error = cursor.read(arguments) { option, word in
            switch option {
            case .minLength, .maxLength, .importRate:
                guard let value = IntegerText.parse(word) else {
                    return .failed("ERR value is not an integer or out of range")
                }
                if option == .importRate { rateLeast = value }
                if option == .minLength { lengthLeast = value }
                if option == .maxLength { lengthMost = value }
                return .taken
            default: return .unknown
            }
        }
        if let error { return client.replies.error(error) }
        var names: [[UInt8]] = []
        // Nothing is imported from other nodes here.
        let isWanted = { (length: Int) in
            rateLeast <= 0 && Int64(length) >= lengthLeast && (lengthMost < 0 || Int64(length) <= lengthMost)
        }
        if cursor.position == 0 { names = routeQueueNames(client, isWanted) }
        let next = scanQueues(cursor, client, isWanted, &names)
        client.replies.array(2)
        client.replies.bulk(String(next))
        client.replies.array(names.count)
        for name in names { client.replies.bulk(name) }
    }

    private func scanQueues(
        _ cursor: ScanCursor, _ client: BrokerClient, _ isWanted: (Int) -> Bool, _ names: inout [[UInt8]]
    ) -> UInt64 {
        guard let after = UInt32(exactly: cursor.position) else { return 0 }
        var (looked, found) = (0, [JobQueueID]())
        var last = after
        jobs.forEachQueue(after: after) { id in
            looked += 1
            last = id.rawValue
            if isWanted(jobs.count(.queued, in: id)) { found.append(id) }
            return looked < cursor.stepsMost && found.count < cursor.foundMost
        }
        for id in found {
            guard let name = known[id]?.name ?? jobs.state(of: id)?.name else { continue }
            if name.withUnsafeBytes({ client.access.allows(queue: $0) }) { names.append(name) }
        }
        return looked < cursor.stepsMost && found.count < cursor.foundMost ? 0 : UInt64(last)
    }

    private func routeQueueNames(_ client: BrokerClient, _ isWanted: (Int) -> Bool) -> [[UInt8]] {
        guard let routeQueues else { return [] }
        var names: [[UInt8]] = []
        routeQueues.forEachQueue { id in
            let name = routeQueues.name(of: id)
            if name.withUnsafeBytes({ client.access.allows(queue: $0) }), isWanted(routeQueues.counts(of: id).queued) {
                names.append(name)
            }
            return true
        }
        return names
    }

    // MARK: JSCAN

    func scanJobs(_ arguments: Arguments, _ client: BrokerClient) {
        var cursor = ScanCursor()
        var filter = JobFilter()
        if let error = cursor.read(arguments, { filter.read($0, $1) }) { return client.replies.error(error) }
        var only: JobQueueID?
        if let name = filter.queue {
            guard name.withUnsafeBytes({ may(client, use: $0) }) else { return }
            guard let queue = name.withUnsafeBytes({ findQueue($0, for: client) }) else {
                return replyScan(next: 0, [], filter, client)
            }
            only = queue.id
        }
        let (found, next) = findJobs(cursor, filter, only)
        replyScan(next: next, only == nil ? visible(found, client) : found, filter, client)
    }

    private func findJobs(
        _ cursor: ScanCursor, _ filter: JobFilter, _ queue: JobQueueID?
    ) -> (found: [(JobNumber, JobHead)], next: UInt64) {
        var looked = 0
        var found: [(JobNumber, JobHead)] = []
        var last: UInt64 = 0
        var isComplete = true
        jobs.forEachJob(after: JobNumber(rawValue: cursor.position), in: queue) { number, head in
            guard looked < cursor.stepsMost, found.count < cursor.foundMost else {
                isComplete = false
                return false
            }
            looked += 1
            last = number.rawValue
            if filter.matches(head.state), head.expires > time { found.append((number, head)) }
            return true
        }
        return (found, isComplete ? 0 : last)
    }

    /// Those in queues that the client's user may use.
    private func visible(_ jobs: [(JobNumber, JobHead)], _ client: BrokerClient) -> [(JobNumber, JobHead)] {
        if client.access.isEverywhere { return jobs }
        var allowed: [JobQueueID: Bool] = [:]
        return jobs.filter { number, _ in
            guard let id = self.jobs.queue(of: number) else { return false }
            if let known = allowed[id] { return known }
            let isAllowed = queue(id)?.name.withUnsafeBytes { client.access.allows(queue: $0) } ?? false
            allowed[id] = isAllowed
            return isAllowed
        }
    }

    /// A reply that grows too large ends early, and its cursor says where.
    private func replyScan(
        next: UInt64, _ found: [(JobNumber, JobHead)], _ filter: JobFilter, _ client: BrokerClient
    ) {
        var list = ReplyBuffer()
        list.isRESP3 = client.replies.isRESP3
        var (written, next) = (0, next)
        for (number, head) in found {
            if list.count >= settings.outputBytesMost / 2 { break }
            let isWritten =
                filter.isFull
                ? describe(number, head, to: &list)
                : jobs.withContent(of: number) { list.status($0.id) } != nil
            if isWritten { written += 1 }
            if list.count >= settings.outputBytesMost / 2 { next = number.rawValue }
        }
        client.replies.array(2)
        client.replies.bulk(String(next))
        client.replies.array(written)
        list.bytes.withUnsafeBytes { client.replies.raw($0) }
    }
}

/// Which jobs a JSCAN wants, and how much of each.
struct JobFilter {
    private(set) var queue: [UInt8]?
    private(set) var isFull = false
    /// Bits of `JobState.rawValue`; nil: every state.
    private var states: UInt8?

    func matches(_ state: JobState) -> Bool { states.map { $0 & Self.bit(state) != 0 } ?? true }

    mutating func read(_ option: Keyword, _ word: UnsafeRawBufferPointer) -> OptionOutcome {
        switch option {
        case .queue:
            queue = Array(word)
        case .state:
            guard let bits = Self.states(Keyword(word)) else { return .failed("ERR Invalid job state name") }
            states = (states ?? 0) | bits
        case .reply:
            switch Keyword(word) {
            case .all: isFull = true
            case .id: isFull = false
            default: return .failed("ERR Invalid REPLY type, try ID or ALL")
            }
        default: return .unknown
        }
        return .taken
    }

    private static func bit(_ state: JobState) -> UInt8 { 1 << state.rawValue }

    /// `active` is what is neither queued nor over; jobs never wait for copies here, and acknowledged ones are gone.
    private static func states(_ word: Keyword) -> UInt8? {
        let inFlight = bit(.leased) | bit(.spent)
        return switch word {
        case .queued: bit(.queued)
        case .delayed: bit(.delayed)
        case .inFlight: inFlight
        case .active: bit(.delayed) | inFlight
        case .waitRepl, .acked: 0
        default: nil
        }
    }
}

extension Keyword {
    static let minLength = Keyword("minlen")
    static let importRate = Keyword("importrate")
    static let queue = Keyword("queue")
    static let reply = Keyword("reply")
    static let id = Keyword("id")
    static let queued = Keyword("queued")
    static let delayed = Keyword("delayed")
    static let inFlight = Keyword("in-flight")
    static let active = Keyword("active")
    static let waitRepl = Keyword("wait-repl")
    static let acked = Keyword("acked")
}
