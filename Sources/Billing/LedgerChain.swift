/// Where the ledger ends: the last record's number and hash.
package struct LedgerHead: Sendable, Hashable {
    package let seq: Int64
    package let hash: [UInt8]
    package init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    /// Of a ledger without records: 0 and 32 zero bytes.
    package static let beginning = LedgerHead(seq: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// The first thing that is wrong with a ledger, and where.
package struct LedgerFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        /// This number was expected: a record was deleted, inserted or moved.
        case seq(expected: Int64)
        /// It does not continue the record before it.
        case previousHash
        /// Its content is not what was hashed.
        case content
        /// Units or total so far do not continue those of the same customer, tariff, charge and period.
        case ordinal(expected: Int64)
        case totalBefore(expected: Int64)
        /// An unpriced record with an amount, or a sum beyond 64 bits.
        case amount
        /// Another price than its tariff gives.
        case price(expected: Int64)
        /// The ledger ends before the head that is known: records are missing at its end.
        case cutOff(expected: Int64)
    }
    /// Number of the bad record, as it says itself.
    package let seq: Int64
    package let problem: Problem

    package init(seq: Int64, problem: Problem) {
        self.seq = seq
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .seq(let expected): "record \(seq) stands where record \(expected) belongs"
        case .previousHash: "record \(seq) does not continue the record before it"
        case .content: "record \(seq) was changed after it was written"
        case .ordinal(let expected): "record \(seq) does not end at unit \(expected) of its charge and period"
        case .totalBefore(let expected): "record \(seq) does not begin at the total \(expected) of those before it"
        case .amount: "record \(seq) has an amount that cannot be"
        case .price(let expected): "record \(seq) has another amount than its tariff gives (\(expected))"
        case .cutOff(let expected): "the ledger ends at record \(seq), but record \(expected) was written"
        }
    }
}

/// Checks a ledger record by record, in order of `seq`: the chain, the sums and, where the tariff is known, the price.
package struct LedgerVerifier {
    package private(set) var head: LedgerHead
    private var tallies: [TallyKey: Tally]
    private let prices: TariffPrices
    private var hasher = LedgerHasher()

    /// `head` and `tallies` are those before the first record to check.
    package init(after head: LedgerHead = .beginning, tallies: [TallyKey: Tally] = [:], tariffs: [Tariff] = []) {
        self.head = head
        self.tallies = tallies
        prices = TariffPrices(tariffs)
    }

    package mutating func check(_ record: LedgerRecord) throws(LedgerFault) {
        try checkChain(record)
        try checkSums(record)
        head = LedgerHead(seq: record.seq, hash: record.hash)
    }

    /// To be called behind the last record, with the head that is known from elsewhere.
    package func finish(at known: LedgerHead) throws(LedgerFault) {
        if head.seq != known.seq { throw LedgerFault(seq: head.seq, problem: .cutOff(expected: known.seq)) }
        if head.hash != known.hash { throw LedgerFault(seq: head.seq, problem: .content) }
    }

    private mutating func checkChain(_ record: LedgerRecord) throws(LedgerFault) {
        guard record.seq == head.seq &+ 1 else {
            throw LedgerFault(seq: record.seq, problem: .seq(expected: head.seq &+ 1))
        }
        guard record.previousHash == head.hash else { throw LedgerFault(seq: record.seq, problem: .previousHash) }
        guard hasher.hash(record) == record.hash else { throw LedgerFault(seq: record.seq, problem: .content) }
    }

    private mutating func checkSums(_ record: LedgerRecord) throws(LedgerFault) {
        if record.isUnpriced {
            if record.amount != 0 { throw LedgerFault(seq: record.seq, problem: .amount) }
            return
        }
        let key = TallyKey(record)
        let before = tallies[key] ?? Tally()
        let (ordinal, tooMany) = before.quantity.addingReportingOverflow(record.quantity)
        guard !tooMany, record.ordinal == ordinal else {
            throw LedgerFault(seq: record.seq, problem: .ordinal(expected: ordinal))
        }
        guard record.totalBefore == before.total else {
            throw LedgerFault(seq: record.seq, problem: .totalBefore(expected: before.total))
        }
        if let price = prices.price(tariffHash: record.tariffHash, charge: record.chargeName) {
            guard let amount = price.amount(of: record.quantity, after: before.quantity), amount == record.amount else {
                let expected = price.amount(of: record.quantity, after: before.quantity) ?? 0
                throw LedgerFault(seq: record.seq, problem: .price(expected: expected))
            }
        }
        let (total, overflow) = before.total.addingReportingOverflow(record.amount)
        if overflow { throw LedgerFault(seq: record.seq, problem: .amount) }
        tallies[key] = Tally(quantity: ordinal, total: total)
    }
}

extension LedgerVerifier {
    /// The first fault of a whole ledger or of a run of it; `nil`: all is well.
    package static func verifyChain(
        _ records: some Sequence<LedgerRecord>, after head: LedgerHead = .beginning, until known: LedgerHead? = nil,
        tallies: [TallyKey: Tally] = [:], tariffs: [Tariff] = []
    ) -> LedgerFault? {
        var verifier = LedgerVerifier(after: head, tallies: tallies, tariffs: tariffs)
        do throws(LedgerFault) {
            for record in records { try verifier.check(record) }
            if let known { try verifier.finish(at: known) }
            return nil
        } catch {
            return error
        }
    }
}

extension TallyKey {
    /// What the record counts under. Of an unpriced record all but the customer is empty: it counts under nothing.
    package init(_ record: LedgerRecord) {
        self.init(
            customer: record.charge.customer, tariff: record.tariff, charge: record.chargeName, period: record.period)
    }
}
