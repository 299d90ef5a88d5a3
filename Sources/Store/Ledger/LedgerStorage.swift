import Billing
import Message

/// The ledger: a row a record, found again by the charge's id, which is written once for ever.
final class LedgerStorage {
    /// A record on its way: numbers, and where its bytes lie in `packed`.
    private struct Pending {
        let seq: Int64
        let customer: Int64
        let terms: LedgerTerms.Numbered
        let quantity: Int64
        let amount: Int64
        let deliveredAt: Int64
        let message: Range<Int>
        let key: Range<Int>
        let rest: Range<Int>
    }

    private struct TallyNumber: Hashable {
        let customer: Int64
        let tally: Int64
    }

    private let terms: LedgerTerms
    private var pending: [Pending] = []
    /// Positions of pending records by a hash of their charge keys.
    private var byKey: [UInt64: Int] = [:]
    private let packed = PackedBuffer(capacity: 256 * 1024)
    private var tallies: [(key: TallyKey, tally: Tally)] = []
    private var tallyPositions: [TallyNumber: Int] = [:]
    private(set) var head: (seq: Int64, hash: [UInt8])
    private var recent: RecentCharges

    private let insert: Statement
    private let find: Statement
    private let hashOf: Statement
    private let putTally: Statement
    private let readTallies: Statement

    init(_ database: Database) throws(StoreError) {
        terms = try LedgerTerms(database)
        insert = database.prepare(
            """
            INSERT INTO ledger (seq, customer, terms, message, quantity, amount_u, delivered_us, charge_id, rest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        find = database.prepare("\(LedgerRow.selection) WHERE charge_id = ?1")
        hashOf = database.prepare("SELECT rest FROM ledger WHERE seq = ?1")
        putTally = database.prepare(
            """
            INSERT INTO tallies (customer, tariff, charge, period, quantity, total_u) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET quantity = excluded.quantity, total_u = excluded.total_u
            """)
        readTallies = database.prepare("SELECT customer, tariff, charge, period, quantity, total_u FROM tallies")
        let seq = try database.integer("SELECT max(seq) FROM ledger") ?? 0
        head = (seq, LedgerRow.firstHash)
        let greatest = database.prepare("SELECT charge_id FROM ledger ORDER BY charge_id DESC LIMIT 1")
        recent = RecentCharges(greatest: try greatest.next() ? greatest.bytes(0) : [])
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
        let start = packed.count
        ChargeKey.append(record.charge, to: packed)
        let key = start..<packed.count
        let hash = ChargeKey.hash(packed.slice(key))
        if let known = try known(packed.slice(key), hash: hash) {
            packed.removeAll(behind: start)
            return Self.isSameCharge(known, record)
                ? nil : "charge \(record.charge) is in the ledger as record \(known.seq) with other content"
        }
        guard record.seq == head.seq + 1, record.previousHash == head.hash else {
            return "ledger record \(record.seq) does not follow record \(head.seq)"
        }
        take(record, key: key, hash: hash)
        return nil
    }

    private func take(_ record: LedgerRecord, key: Range<Int>, hash: UInt64) {
        let message = packed.append(rawText: record.charge.message)
        let start = packed.count
        LedgerRest.append(record, to: packed)
        let numbered = terms.number(of: record)
        let customer = terms.customer(record.charge.customer)
        byKey[hash] = pending.count
        pending.append(
            Pending(
                seq: record.seq, customer: customer, terms: numbered, quantity: record.quantity, amount: record.amount,
                deliveredAt: record.deliveredAt.microseconds, message: message, key: key, rest: start..<packed.count))
        head = (record.seq, record.hash)
        recent.insert(packed.slice(key), hash: hash)
        count(record, TallyNumber(customer: customer, tally: numbered.tally))
    }

    /// The stored or pending record of a charge.
    func record(_ charge: ChargeID) throws(StoreError) -> LedgerRecord? {
        let buffer = PackedBuffer()
        ChargeKey.append(charge, to: buffer)
        return try known(buffer.bytes, hash: ChargeKey.hash(buffer.bytes))
    }

    private func known(_ key: UnsafeRawBufferPointer, hash: UInt64) throws(StoreError) -> LedgerRecord? {
        if recent.isSurelyNew(key, hash: hash) { return nil }
        if let position = byKey[hash], packed.slice(pending[position].key).elementsEqual(key) {
            return try pendingRecord(position)
        }
        return try stored(key)
    }

    /// What `take` packed, unpacked again.
    private func pendingRecord(_ position: Int) throws(StoreError) -> LedgerRecord {
        let entry = pending[position]
        let rest: LedgerRest
        do { rest = try LedgerRest([UInt8](packed.slice(entry.rest))) } catch {
            throw .damaged(what: "pending record \(entry.seq)")
        }
        return LedgerRow.record(
            seq: entry.seq, customer: terms.customerName(entry.customer),
            message: String(decoding: packed.slice(entry.message), as: UTF8.self), quantity: entry.quantity,
            amount: entry.amount, deliveredAt: entry.deliveredAt, rest: rest, terms: entry.terms.terms,
            previousHash: [])
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
        if let position = tallyPositions[number] {
            tallies[position].tally = tally
            return
        }
        let key = TallyKey(
            customer: record.charge.customer, tariff: record.tariff, charge: record.chargeName, period: record.period)
        tallyPositions[number] = tallies.count
        tallies.append((key, tally))
    }

    func allTallies() throws(StoreError) -> [(key: TallyKey, tally: Tally)] {
        var found: [TallyKey: Tally] = [:]
        while try readTallies.next() {
            let key = TallyKey(
                customer: readTallies.text(0), tariff: readTallies.text(1), charge: readTallies.text(2),
                period: readTallies.text(3))
            found[key] = Tally(quantity: readTallies.integer(4), total: readTallies.integer(5))
        }
        for (key, tally) in tallies { found[key] = tally }
        return found.map { (key: $0.key, tally: $0.value) }
    }

    // MARK: The commit

    func write() throws(StoreError) {
        guard hasChanges else { return }
        try terms.write()
        for entry in pending { try write(entry) }
        for (key, tally) in tallies {
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
        insert.bind(1, entry.seq)
        insert.bind(2, entry.customer)
        insert.bind(3, entry.terms.id)
        insert.bind(inPlaceText: packed.slice(entry.message), at: 4)
        insert.bind(5, entry.quantity)
        insert.bind(6, entry.amount)
        insert.bind(7, entry.deliveredAt)
        insert.bind(inPlace: packed.slice(entry.key), at: 8)
        insert.bind(inPlace: packed.slice(entry.rest), at: 9)
        try insert.run()
    }

    func committed() {
        guard hasChanges else { return }
        terms.committed()
        pending.removeAll(keepingCapacity: true)
        byKey.removeAll(keepingCapacity: true)
        packed.removeAll()
        tallies.removeAll(keepingCapacity: true)
        tallyPositions.removeAll(keepingCapacity: true)
    }
}
