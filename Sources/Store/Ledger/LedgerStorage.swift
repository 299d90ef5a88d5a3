import Billing
import Message

/// The ledger: a row a record, found again by the charge's id, which is written once for ever.
final class LedgerStorage {
    private struct Pending {
        let record: LedgerRecord
        let customer: Int64
        let terms: Int64
        /// Where its charge key lies in `keys`.
        let key: Range<Int>
    }

    private struct TallyNumber: Hashable {
        let customer: Int64
        let tally: Int64
    }

    private let terms: LedgerTerms
    private var pending: [Pending] = []
    private var byCharge: [ChargeID: Int] = [:]
    private let keys = PackedBuffer(capacity: 64 * 1024)
    private let rest = PackedBuffer(capacity: 512)
    private var tallies: [TallyNumber: (key: TallyKey, tally: Tally)] = [:]
    private(set) var head: (seq: Int64, hash: [UInt8])
    /// The greatest charge key in the file: what sorts behind it is new, without a look.
    private var greatestKey: [UInt8]

    private let insert: Statement
    private let find: Statement
    private let hashOf: Statement
    private let putTally: Statement
    private let readTallies: Statement

    init(_ database: Database) throws(StoreError) {
        terms = try LedgerTerms(database)
        insert = try database.prepare(
            """
            INSERT INTO ledger (seq, customer, terms, message, quantity, amount_u, delivered_us, charge_id, rest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        find = try database.prepare("\(LedgerRow.selection) WHERE charge_id = ?1")
        hashOf = try database.prepare("SELECT rest FROM ledger WHERE seq = ?1")
        putTally = try database.prepare(
            """
            INSERT INTO tallies (customer, tariff, charge, period, quantity, total_u) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET quantity = excluded.quantity, total_u = excluded.total_u
            """)
        readTallies = try database.prepare("SELECT customer, tariff, charge, period, quantity, total_u FROM tallies")
        let seq = try database.integer("SELECT max(seq) FROM ledger") ?? 0
        head = (seq, LedgerRow.firstHash)
        let greatest = try database.prepare("SELECT charge_id FROM ledger ORDER BY charge_id DESC LIMIT 1")
        greatestKey = try greatest.next() ? greatest.bytes(0) : []
        greatest.reset()
        if seq > 0 { head.hash = try storedHash(seq) }
    }

    private func storedHash(_ seq: Int64) throws(StoreError) -> [UInt8] {
        guard seq > 0 else { return LedgerRow.firstHash }
        hashOf.bind(1, seq)
        guard try hashOf.next() else { throw .damaged(what: "ledger record \(seq) is gone") }
        defer { hashOf.reset() }
        do { return try LedgerRest(hashOf.bytes(0)).hash } catch {
            throw .damaged(what: "ledger record \(seq): \(error)")
        }
    }

    var hasChanges: Bool { !pending.isEmpty }

    // MARK: Facts

    /// Takes a record in. A charge that is there with the same content is a success without a second record.
    /// - Returns: a sentence where it must not be written: other content under one id, or a broken chain.
    func charge(_ record: LedgerRecord) throws(StoreError) -> String? {
        let start = keys.count
        ChargeKey.append(record.charge, to: keys)
        if let known = try known(record.charge, key: start..<keys.count) {
            return Self.isSameCharge(known, record)
                ? nil : "charge \(record.charge) is in the ledger as record \(known.seq) with other content"
        }
        guard record.seq == head.seq + 1, record.previousHash == head.hash else {
            return "ledger record \(record.seq) does not follow record \(head.seq)"
        }
        let numbered = terms.number(of: record)
        let customer = terms.customer(record.charge.customer)
        byCharge[record.charge] = pending.count
        pending.append(
            Pending(record: record, customer: customer, terms: numbered.id, key: start..<keys.count))
        head = (record.seq, record.hash)
        count(record, TallyNumber(customer: customer, tally: numbered.tally))
        return nil
    }

    /// The stored or pending record of a charge.
    func record(_ charge: ChargeID) throws(StoreError) -> LedgerRecord? {
        if let position = byCharge[charge] { return pending[position].record }
        let buffer = PackedBuffer()
        ChargeKey.append(charge, to: buffer)
        return try stored(buffer.bytes)
    }

    private func known(_ charge: ChargeID, key: Range<Int>) throws(StoreError) -> LedgerRecord? {
        if let position = byCharge[charge] { return pending[position].record }
        let bytes = UnsafeRawBufferPointer(rebasing: keys.bytes[key])
        if greatestKey.lexicographicallyPrecedes(bytes) { return nil }
        return try stored(bytes)
    }

    private func stored(_ key: UnsafeRawBufferPointer) throws(StoreError) -> LedgerRecord? {
        find.bind(1, key)
        guard try find.next() else { return nil }
        defer { find.reset() }
        return try LedgerRow.record(find, previousHash: storedHash(find.integer(0) - 1))
    }

    /// What was charged, apart from where it stands in the ledger and when it was written there.
    private static func isSameCharge(_ left: LedgerRecord, _ right: LedgerRecord) -> Bool {
        left.charge == right.charge && ChargeTerms(left) == ChargeTerms(right) && left.bytes == right.bytes
            && left.quantity == right.quantity && left.valueBase == right.valueBase && left.amount == right.amount
            && left.deliveredAt == right.deliveredAt
    }

    private func count(_ record: LedgerRecord, _ number: TallyNumber) {
        guard !record.period.isEmpty else { return }
        let (total, overflow) = record.totalBefore.addingReportingOverflow(record.amount)
        let tally = Tally(quantity: record.ordinal, total: overflow ? Int64.max : total)
        if tallies[number] != nil {
            tallies[number]?.tally = tally
        } else {
            let key = TallyKey(
                customer: record.charge.customer, tariff: record.tariff, charge: record.chargeName,
                period: record.period)
            tallies[number] = (key, tally)
        }
    }

    func allTallies() throws(StoreError) -> [(key: TallyKey, tally: Tally)] {
        var found: [TallyKey: Tally] = [:]
        while try readTallies.next() {
            let key = TallyKey(
                customer: readTallies.text(0), tariff: readTallies.text(1), charge: readTallies.text(2),
                period: readTallies.text(3))
            found[key] = Tally(quantity: readTallies.integer(4), total: readTallies.integer(5))
        }
        for (key, tally) in tallies.values { found[key] = tally }
        return found.map { (key: $0.key, tally: $0.value) }
    }

    // MARK: The commit

    func write() throws(StoreError) {
        guard hasChanges else { return }
        try terms.write()
        for entry in pending { try write(entry) }
        for (key, tally) in tallies.values {
            putTally.bind(1, key.customer)
            putTally.bind(2, key.tariff)
            putTally.bind(3, key.charge)
            putTally.bind(4, key.period)
            putTally.bind(5, tally.quantity)
            putTally.bind(6, tally.total)
            try putTally.run()
        }
    }

    private func write(_ entry: Pending) throws(StoreError) {
        let record = entry.record
        rest.removeAll()
        LedgerRest.append(record, to: rest)
        insert.bind(1, record.seq)
        insert.bind(2, entry.customer)
        insert.bind(3, entry.terms)
        insert.bind(4, record.charge.message)
        insert.bind(5, record.quantity)
        insert.bind(6, record.amount)
        insert.bind(7, record.deliveredAt.microseconds)
        insert.bind(8, UnsafeRawBufferPointer(rebasing: keys.bytes[entry.key]))
        try insert.run(blob: rest.bytes, at: 9)
    }

    func committed() {
        guard hasChanges else { return }
        for entry in pending {
            let key = UnsafeRawBufferPointer(rebasing: keys.bytes[entry.key])
            if greatestKey.lexicographicallyPrecedes(key) { greatestKey = [UInt8](key) }
        }
        terms.committed()
        pending.removeAll(keepingCapacity: true)
        byCharge.removeAll(keepingCapacity: true)
        keys.removeAll()
        tallies.removeAll(keepingCapacity: true)
    }
}
