import Connecting
import Engine
import Message
import Store

@testable import MySQLConnector

/// Reads the shop of a simulation by the polling that reads MySQL: only the server is a model.
struct SimulatedReader {
    let route: RouteID
    private var machine: PollingStateMachine
    private let losesGaps: Bool
    /// Where everything that was committed by then has been read again.
    private(set) var lastSweepAt: Int64 = 0

    static let sweepMilliseconds: Int64 = 120_000

    init(route: RouteID, position: [UInt8]?, sweeps: Bool, losesGaps: Bool) throws {
        self.route = route
        self.losesGaps = losesGaps
        var settings = PollingStateMachine.Settings(
            key: .increasing, everyMilliseconds: 1_000, batch: 20, start: .first)
        settings.sweepEveryMilliseconds = sweeps ? Self.sweepMilliseconds : 86_400_000
        machine = PollingStateMachine(settings, position: try position.map { try PollingPosition(decoding: $0) })
    }

    /// Whether nothing can be left to read: every row is behind the cursor, and no gap is open.
    func isCaughtUp(with shop: ShopModel) -> Bool {
        guard case .int(let cursor)? = machine.position.cursor else { return shop.committed.isEmpty }
        return machine.gapsOpen == 0 && machine.isCaughtUp && shop.committed.keys.allSatisfy { $0 <= cursor }
    }

    mutating func connect(_ shop: ShopModel, at now: Int64) {
        machine.connected(ServerFacts(uuid: shop.server, listsTransactions: true), at: moment(now))
    }

    /// Asks until something comes or it has to wait.
    mutating func poll(_ shop: ShopModel, at now: Int64) -> [SourceBatch] {
        let moment = moment(now)
        for _ in 0..<20 {
            let (found, isWaiting) = ask(shop, moment)
            if losesGaps { machine.position.gaps = GapList() }
            if isWaiting || !found.isEmpty { return found }
        }
        return []
    }

    private mutating func ask(_ shop: ShopModel, _ now: Moment) -> (batches: [SourceBatch], isWaiting: Bool) {
        switch machine.next(at: now) {
        case .newest(let limit):
            let keys = shop.committed.keys.sorted(by: >).prefix(limit).map(RowIdentity.int)
            return (machine.newest(keys, at: now).map { [batch($0, [])] } ?? [], false)
        case .page(let after, let limit):
            let rows = shop.rows(above: after, limit: limit)
            let emissions = machine.page(rows.map(\.identity), wasFull: rows.count == limit, at: now)
            return (emissions.map { batch($0, rows) }, false)
        case .gaps(let ranges, let limit):
            let rows = Array(shop.rows { id in ranges.contains { $0.contains(id) } }.prefix(limit))
            let emission = machine.gapRows(rows.map(\.identity), wasFull: rows.count == limit, at: now)
            return (emission.map { [batch($0, rows)] } ?? [], false)
        case .reread(let after, let through, let limit):
            let rows = shop.rows(above: after, through: through, limit: limit)
            let emission = machine.reread(rows.map(\.identity), wasFull: rows.count == limit, at: now)
            if rows.count < limit { lastSweepAt = now.monotonicMilliseconds * 1_000 }
            return (emission.map { [batch($0, rows)] } ?? [], false)
        case .transactions:
            machine.transactions(shop.listed, at: now)
            return ([], false)
        case .wait: return ([], true)
        }
    }

    private func batch(_ emission: Emission, _ rows: [SourceRow]) -> SourceBatch {
        SourceBatch(
            kind: emission.kind, rows: Array(rows[emission.rows]), position: emission.position,
            positionText: emission.positionText)
    }

    private func moment(_ now: Int64) -> Moment {
        Moment(monotonicMilliseconds: now / 1_000, wallMilliseconds: now / 1_000)
    }
}

extension ShopModel {
    func rows(above: RowIdentity?, through: RowIdentity? = nil, limit: Int) -> [SourceRow] {
        let low: Int64 = if case .int(let id)? = above { id } else { .min }
        let high: Int64 = if case .int(let id)? = through { id } else { .max }
        return Array(rows { $0 > low && $0 <= high }.prefix(limit))
    }

    func rows(where isWanted: (Int64) -> Bool) -> [SourceRow] {
        committed.keys.filter(isWanted).sorted().compactMap { committed[$0] }.map(Self.row)
    }

    private static func row(_ order: Order) -> SourceRow {
        let values: [String: Value] = [
            "id": .int(Int128(order.id)), "number": .text(order.number), "status": .text(order.status),
            "country": order.country.map { .text($0) } ?? .missing,
            "net": .decimal(ExactDecimal(mantissa: Int128(order.net), scale: 2)),
            "customer_id": .int(Int128(order.customer)),
            "attrs": .json("[\(order.lines.map { "\"\($0)\"" }.joined(separator: ","))]"),
        ]
        let besides = "\(order.number)|\(order.status)|\(order.country ?? "-")|\(order.net)|\(order.customer)"
        return SourceRow(
            identity: .int(order.id), identityText: "\(order.id)",
            values: SimulatedPlan.columns.map { values[$0] ?? .missing },
            content: SHA256.fingerprint(Array("\(order.id)|\(besides)".utf8)).low,
            contentBesidesKey: SHA256.fingerprint(Array(besides.utf8)).low)
    }
}
