import Billing
import Console
import Message
import Observing
import Store

/// Answers that are read from the store alone: the same whether a service runs beside it or not. Belongs to one thread,
/// as its reader does.
struct StoredAnswers {
    private let reader: StoreReader
    private let tariffs: [Tariff]
    private let now: Instant

    /// - Parameter tariffs: those of the routes as they are now, for zones and prices of bills.
    init(reader: StoreReader, tariffs: [Tariff], now: Instant) {
        self.reader = reader
        self.tariffs = tariffs
        self.now = now
    }

    // MARK: Dead letters

    /// - Throws: `.notFound` for a route that this folder has never worked.
    func deadList(route: String?, after id: Int64, limit: Int) throws(ConsoleError) -> [UInt8] {
        let wanted = try known(route)
        return try reading { () throws(StoreError) in
            let names = try routeNames()
            let letters = try reader.deadLetters(route: wanted, after: id, limit: limit)
            let next = letters.count == limit ? letters.last?.id : nil
            return Self.page("letters", letters.map { Self.value($0, names) }, next: next)
        }
    }

    private func known(_ route: String?) throws(ConsoleError) -> RouteID? {
        guard let route else { return nil }
        let names = try reading { () throws(StoreError) in try routeNames() }
        if let found = names.first(where: { $0.value == route }) { return found.key }
        let list = names.values.sorted().joined(separator: ", ")
        throw .notFound("there is no route `\(LogEscaping.inert(route))`; routes: \(list.isEmpty ? "none" : list)")
    }

    func deadShow(_ id: Int64) throws(ConsoleError) -> [UInt8] {
        let found = try reading { () throws(StoreError) in
            let names = try routeNames()
            let letter = try reader.deadLetters(after: id - 1, limit: 1).first { $0.id == id }
            return letter.map { JSONObject(Self.members($0, names) + [("body_bytes", Value($0.body.count))]).line() }
        }
        guard let found else { throw .notFound("there is no dead letter \(id)") }
        return found
    }

    private static func value(_ letter: DeadLetter, _ names: [RouteID: String]) -> Value {
        JSONObject(members(letter, names)).value
    }

    private static func members(_ letter: DeadLetter, _ names: [RouteID: String]) -> [(String, Value)] {
        [
            ("id", Value(letter.id)), ("route", Value(names[letter.route])), ("message", .text(letter.message)),
            ("queue", .text(letter.queue)), ("step", .text(letter.step)), ("reason", .text(letter.reason)),
            ("word", .text("\(letter.word)")), ("attempts", Value(letter.attempts)),
            ("last_outcome_unknown", .bool(letter.lastOutcomeUnknown)), ("at", .instant(letter.at)),
        ]
    }

    // MARK: Conflicts and audit

    func conflicts(route: String?, after id: Int64, limit: Int) throws(ConsoleError) -> [UInt8] {
        try reading { () throws(StoreError) in
            let names = try routeNames()
            var found: [Value] = []
            var last = id
            while found.count < limit {
                let page = try reader.conflicts(after: last, limit: 500)
                for (number, conflict) in page where found.count < limit {
                    last = number
                    guard route == nil || names[conflict.route] == route else { continue }
                    found.append(Self.value(number, conflict, names))
                }
                if page.count < 500 { break }
            }
            return Self.page("conflicts", found, next: found.count == limit ? last : nil)
        }
    }

    private static func value(_ number: Int64, _ conflict: Conflict, _ names: [RouteID: String]) -> Value {
        JSONObject([
            ("id", Value(number)), ("route", Value(names[conflict.route])), ("message", .text(conflict.message)),
            ("key", .text(conflict.key)), ("first_message", .text("\(conflict.firstMessage)")),
            ("at", .instant(conflict.at)),
        ]).value
    }

    func audit(limit: Int, format: AnswerFormat) throws(ConsoleError) -> [UInt8] {
        let report = try reading { () throws(StoreError) in try Audit.run(reader, listing: limit) }
        return format == .json ? report.json + [UInt8(ascii: "\n")] : Array(LogEscaping.inertLines(report.text).utf8)
    }

    // MARK: Bills

    func billReport(customer: String?, period: String, format: AnswerFormat) throws(ConsoleError) -> [UInt8] {
        let facts = try reading { () throws(StoreError) in
            try reader.billFacts(customer: customer, period: period, tariffs: tariffs, asOf: wholeSecond)
        }
        guard let facts else {
            throw .invalid("`\(LogEscaping.inert(period))` is no period: write 2026-11, 2026-W48, 2026-11-24 or 2026")
        }
        do throws(MoneyError) {
            var reports: [BillReport] = []
            for fact in facts { reports.append(try BillReport(fact, tariffs: tariffs)) }
            if customer != nil, let report = reports.first { return Self.rendered(report, format) }
            return Self.rendered(try BillSummary(key: period, reports: reports), format)
        } catch {
            throw .failed("the bill cannot be added up: \(error)")
        }
    }

    /// A bill needs no microseconds.
    private var wholeSecond: Instant { Instant(microseconds: now.microseconds / 1_000_000 * 1_000_000) }

    private static func rendered(_ report: BillReport, _ format: AnswerFormat) -> [UInt8] {
        format == .json ? report.json() + [UInt8(ascii: "\n")] : Array(LogEscaping.inertLines(report.table()).utf8)
    }

    private static func rendered(_ summary: BillSummary, _ format: AnswerFormat) -> [UInt8] {
        format == .json ? summary.json() + [UInt8(ascii: "\n")] : Array(LogEscaping.inertLines(summary.table()).utf8)
    }

    // MARK: Status

    /// What the folder holds while no service runs.
    func status() throws(ConsoleError) -> [UInt8] {
        try reading { () throws(StoreError) in
            StatusReport(
                state: .stopped, version: Version.current, asOf: now, deadLetters: try reader.deadLetterCount(),
                billed: try reader.ledgerRecordCount(), routes: try routes(), queues: try queues()
            ).json()
        }
    }

    private func routes() throws(StoreError) -> [StatusReport.Route] {
        let accounts = try reader.accounts()
        let positions = try reader.positions()
        return try reader.routes().map { route in
            let account = accounts[route.id] ?? Account()
            return StatusReport.Route(
                name: route.name, seen: account.seen, words: Self.words(account),
                position: positions.first { $0.route == route.id }?.text ?? "", source: nil, gapsOpen: nil)
        }
    }

    /// Every word of the account, then `waiting`.
    static func words(_ account: Account) -> StatusReport.Words {
        FinalWord.allCases.map { (word: "\($0)", count: account.words[$0] ?? 0) }
            + [(word: "waiting", count: account.waiting)]
    }

    private func queues() throws(StoreError) -> [StatusReport.Queue] {
        let counts = try reader.entryCounts()
        return try reader.queues().map { queue in
            let states = counts[queue.id] ?? [:]
            return StatusReport.Queue(
                name: queue.name, waiting: Int64(states[.waiting] ?? 0),
                inFlight: Int64((states[.taken] ?? 0) + (states[.spent] ?? 0)), delayed: Int64(states[.delayed] ?? 0),
                parked: Int64(states[.parked] ?? 0))
        }
    }

    // MARK: Common

    private func routeNames() throws(StoreError) -> [RouteID: String] {
        Dictionary(try reader.routes().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    private static func page(_ name: String, _ values: [Value], next: Int64?) -> [UInt8] {
        JSONObject([(name, .list(values)), ("next_after", Value(next))]).line()
    }

    private func reading<Result>(_ body: () throws(StoreError) -> Result) throws(ConsoleError) -> Result {
        do throws(StoreError) { return try body() } catch { throw .failed("\(error)") }
    }
}
