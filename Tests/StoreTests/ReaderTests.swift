import Billing
import Connecting
import Message
import Store
import StoreSamples
import Testing

@Suite("A reader") struct ReaderTests {
    private let store: SQLiteStore
    private let work: Workload

    init() throws {
        store = try SQLiteStore()
        work = Workload(store)
        let ids = work.admit(1..<301)
        work.settle(1..<201, ids)
        for number in 300..<400 {
            store.record(
                .charged(Sample.record(number, after: store.ledgerHead(), customer: "beta", amount: 5)))
        }
        try store.commit()
    }

    private func reader() throws -> StoreReader { try StoreReader(bytes: try store.serialized()) }

    @Test func sumsTheLedger() throws {
        let sums = try reader().ledgerSums()
        #expect(sums.map(\.customer) == ["acme", "beta"])
        #expect(sums.map(\.amount) == [200 * 4_000_000, 500])
        #expect(sums.map(\.records) == [200, 100] && sums.map(\.quantity) == [200, 100])
        #expect(sums[1].firstSeq == 201 && sums[1].lastSeq == 300)
        #expect(sums[0].currency == Currency(code: "EUR", minorDigits: 2))
        #expect(try reader().ledgerSums(.init(customer: "beta", period: "2026-11")) == [sums[1]])
        #expect(try reader().ledgerSums(.init(customer: "nobody")).isEmpty)
        #expect(try reader().ledgerSums(.init(period: "2026-12")).isEmpty)
    }

    @Test func givesLinesInPages() throws {
        var lines: [LedgerRecord] = []
        while true {
            let page = try reader().ledgerLines(after: lines.last?.seq ?? 0, limit: 77)
            if page.isEmpty { break }
            lines += page
        }
        #expect(lines.map(\.seq) == Array(1...300))
        #expect(lines[4] == Sample.record(5, after: (4, lines[3].hash)))
        for (line, before) in zip(lines.dropFirst(), lines) { #expect(line.previousHash == before.hash) }
        let beta = try reader().ledgerLines(.init(customer: "beta"), after: 250, limit: 2)
        #expect(beta.map(\.seq) == [251, 252] && beta[0].previousHash == lines[249].hash)
    }

    @Test func listsConflictsAndNotes() throws {
        let conflicts = (0..<5).map { number in
            Conflict(
                route: work.route, message: Sample.message(number), key: "k\(number)", firstMessage: .max,
                at: Sample.instant(number))
        }
        for conflict in conflicts { store.record(.conflictFound(conflict)) }
        let note = AuditNote(at: Sample.instant(1), who: "root", what: "purge main")
        store.record(.acted(note))
        try store.commit()
        #expect(try reader().conflicts(after: 2, limit: 2).map(\.conflict) == Array(conflicts[2..<4]))
        #expect(try reader().auditNotes(after: 0, limit: 9).map(\.note) == [note])
    }

    @Test func givesOutcomesInPages() throws {
        let reader = try reader()
        #expect(try reader.endings().records.map(\.ending.message) == (1..<201).map(Sample.message))
        #expect(try reader.marks().records.count == 200)
        #expect(try reader.marks().records.first == Sample.mark(work.route, 1))
        #expect(try reader.seenRows().records.count == 300)
        let last = try #require(try reader.endings().next)
        #expect(try reader.endings(after: last).next == nil)
        #expect(try reader.routes().map(\.name) == ["orders"] && reader.queues().map(\.name) == ["main"])
    }

    @Test func findsARecordByItsCharge() throws {
        let record = Sample.record(5, after: (4, Sample.record(4, after: (3, [])).hash))
        #expect(try store.ledgerRecord(record.charge) == record)
        let next = Sample.record(900, after: store.ledgerHead())
        store.record(.charged(next))
        #expect(try store.ledgerRecord(next.charge)?.amount == next.amount)
        #expect(try store.ledgerRecord(Sample.record(901, after: (0, [])).charge) == nil)
    }
}
