/// Facts about messages by a hash of their id, in as many passes as fit a bounded memory.
///
/// A hash of 64 bits that is keyed anew in every process: nobody can choose ids that hide each other, and two among a
/// million collide once in thirty million audits.
struct FactTable {
    struct Fact {
        let hash: UInt64
        let kind: UInt8
        /// The other half of this fact may have been forgotten.
        let mayLack: Bool
    }

    private var facts: [Fact] = []
    private let pass: UInt64
    private let shift: UInt64

    /// - Parameter bits: there are 2^bits passes; each holds the hashes whose leading bits are `pass`.
    init(pass: Int, bits: Int) {
        self.pass = UInt64(pass)
        shift = UInt64(64 - bits)
    }

    /// Passes, as a power of two, so that one holds about a million facts (16 MB).
    static func bits(facts: Int64) -> Int {
        var bits = 0
        while bits < 16, facts >> Int64(bits) > 1_000_000 { bits += 1 }
        return bits
    }

    mutating func add(_ hash: UInt64, _ kind: UInt8, mayLack: Bool = false) {
        guard shift >= 64 || hash >> shift == pass else { return }
        facts.append(Fact(hash: hash, kind: kind, mayLack: mayLack))
    }

    /// Calls back with the facts of each hash.
    mutating func forEachGroup(_ body: (UInt64, ArraySlice<Fact>) -> Void) {
        facts.sort { $0.hash < $1.hash }
        var start = 0
        while start < facts.count {
            var end = start + 1
            while end < facts.count, facts[end].hash == facts[start].hash { end += 1 }
            body(facts[start].hash, facts[start..<end])
            start = end
        }
    }

    static func hash(_ route: RouteID, _ message: some StringProtocol) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(route.rawValue)
        hasher.combine(message)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func hash(customer: String, message: String, step: String, itemPath: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(customer)
        hasher.combine(message)
        hasher.combine(step)
        hasher.combine(itemPath)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// What was found so far: exact counts, and the hashes whose ids are to be listed.
struct FindingList {
    private(set) var counts: [AuditReport.Kind: Int] = [:]
    private(set) var wanted: [UInt64: [AuditReport.Kind]] = [:]
    private var ids: [AuditReport.Kind: Set<String>] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ kind: AuditReport.Kind, _ hash: UInt64) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= limit { wanted[hash, default: []].append(kind) }
    }

    /// Gives an id to whatever was found under this hash.
    mutating func name(_ hash: UInt64, _ id: @autoclosure () -> String) {
        for kind in wanted[hash] ?? [] { ids[kind, default: []].insert(id()) }
    }

    var findings: [AuditReport.Finding] {
        AuditReport.Kind.allCases.compactMap { kind in
            counts[kind].map { AuditReport.Finding(kind: kind, count: $0, ids: (ids[kind] ?? []).sorted()) }
        }
    }
}
