import Connecting

@testable import MySQLConnector

/// A table on a server that exists only in memory, with transactions that reserve ids, commit late or roll back.
struct ModelServer {
    struct Transaction {
        var listed: OpenTransaction
        var ids: [Int64]
    }

    var facts = ServerFacts(uuid: "one", listsTransactions: true)
    var rows: Set<Int64> = []
    var open: [Transaction] = []
    var nextId: Int64 = 1
    var clock = Moment(monotonicMilliseconds: 1_000, wallMilliseconds: 1_764_000_000_000)
    private var nextTransaction: UInt64 = 100

    mutating func pass(_ milliseconds: Int64) {
        clock.monotonicMilliseconds += milliseconds
        clock.wallMilliseconds += milliseconds
    }

    /// Begins a transaction that reserves `count` ids, every `step`-th.
    mutating func begin(_ count: Int, step: Int64 = 1) {
        var ids: [Int64] = []
        for _ in 0..<count {
            ids.append(nextId)
            nextId += step
        }
        nextTransaction += 1
        let started = UInt64(clock.monotonicMilliseconds / 1_000)
        open.append(
            Transaction(
                listed: OpenTransaction(thread: nextTransaction, id: nextTransaction, started: started), ids: ids))
    }

    mutating func commit(_ index: Int) { rows.formUnion(open.remove(at: index).ids) }
    mutating func rollBack(_ index: Int) { open.remove(at: index) }

    mutating func insert(_ count: Int = 1, step: Int64 = 1) {
        begin(count, step: step)
        commit(open.count - 1)
    }
}

/// A reader without threads: asks the model and remembers what it handed on, and with which position.
struct ModelReader {
    var machine: PollingStateMachine
    var fresh: [Int64] = []
    var reread: [Int64] = []
    var failover: [Int64] = []
    /// The position of the last emission: what a restart gets.
    var committed: [UInt8]?

    init(_ settings: PollingStateMachine.Settings, position: [UInt8]? = nil) {
        committed = position
        machine = PollingStateMachine(settings, position: position.flatMap { try? PollingPosition(decoding: $0) })
    }

    mutating func connect(_ server: ModelServer) { machine.connected(server.facts, at: server.clock) }

    /// Carries out one question. False when the answer was to wait.
    mutating func step(_ server: ModelServer) -> Bool {
        let now = server.clock
        switch machine.next(at: now) {
        case .newest(let limit):
            let keys = server.rows.sorted(by: >).prefix(limit).map(RowIdentity.int)
            if let emission = machine.newest(keys, at: now) { take(emission, []) }
        case .page(let after, let limit):
            let ids = page(server, above: after, through: nil, limit)
            for emission in machine.page(ids.map(RowIdentity.int), wasFull: ids.count == limit, at: now) {
                take(emission, ids)
            }
        case .gaps(let ranges, let limit):
            let ids = server.rows.filter { id in ranges.contains { $0.contains(id) } }.sorted().prefix(limit)
            let keys = ids.map(RowIdentity.int)
            if let emission = machine.gapRows(keys, wasFull: ids.count == limit, at: now) { take(emission, Array(ids)) }
        case .reread(let after, let through, let limit):
            let ids = page(server, above: after, through: through, limit)
            let emission = machine.reread(ids.map(RowIdentity.int), wasFull: ids.count == limit, at: now)
            if let emission { take(emission, ids) }
        case .transactions: machine.transactions(server.open.map(\.listed), at: now)
        case .wait: return false
        }
        return true
    }

    mutating func settle(_ server: ModelServer) {
        for _ in 0..<10_000 where !step(server) { return }
    }

    /// Lets time pass in steps of 50 ms and answers everything that becomes due.
    mutating func run(_ server: inout ModelServer, milliseconds: Int64) {
        for _ in 0..<(milliseconds / 50) {
            settle(server)
            server.pass(50)
        }
        settle(server)
    }

    private func page(_ server: ModelServer, above: RowIdentity?, through: RowIdentity?, _ limit: Int) -> [Int64] {
        let low: Int64 = if case .int(let id)? = above { id } else { .min }
        let high: Int64 = if case .int(let id)? = through { id } else { .max }
        return Array(server.rows.filter { (above == nil || $0 > low) && $0 <= high }.sorted().prefix(limit))
    }

    private mutating func take(_ emission: Emission, _ ids: [Int64]) {
        committed = emission.position
        switch emission.kind {
        case .fresh: fresh += ids[emission.rows]
        case .reread: reread += ids[emission.rows]
        case .failover: failover += ids[emission.rows]
        }
    }
}

/// Random numbers that a seed repeats.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
