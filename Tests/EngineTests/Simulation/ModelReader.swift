import Connecting
import Engine
import Message
import Store

/// Reads the shop of a simulation as the MySQL source does: by key, with the gaps that an open transaction may still fill.
struct ModelReader {
    let route: RouteID
    private var cursor: Int64 = 0
    private var gaps: Set<Int64> = []
    private let losesGaps: Bool

    init(route: RouteID, position: [UInt8]?, losesGaps: Bool) {
        self.route = route
        self.losesGaps = losesGaps
        guard let position else { return }
        var reader = ByteReader(position)
        cursor = (try? reader.read()) ?? 0
        let count = (try? reader.readVariable()) ?? 0
        for _ in 0..<count { gaps.insert((try? reader.read()) ?? 0) }
    }

    func isCaughtUp(with shop: ShopModel) -> Bool {
        shop.committed.keys.allSatisfy { $0 <= cursor && !gaps.contains($0) }
    }

    /// The next rows; sometimes a page that was read before, as after a reconnect.
    mutating func poll(_ shop: ShopModel, _ random: inout SplitMix) -> SourceBatch? {
        if cursor > 0, Int.random(in: 0..<10, using: &random) == 0 { return sweep(shop) }
        let found = gaps.filter { shop.committed[$0] != nil }.sorted()
        let above = shop.committed.keys.filter { $0 > cursor }.sorted().prefix(Int.random(in: 1...20, using: &random))
        for id in found { gaps.remove(id) }
        if let lowest = shop.lowestOpenID {
            gaps = gaps.filter { $0 >= lowest }
        } else {
            gaps = []
        }
        if let last = above.last {
            let present = Set(above)
            if !losesGaps { for id in (cursor + 1)...last where !present.contains(id) { gaps.insert(id) } }
            cursor = last
        }
        let ids = found + above
        guard !ids.isEmpty else { return nil }
        return batch(ids.compactMap { shop.committed[$0] }, kind: .fresh)
    }

    private func sweep(_ shop: ShopModel) -> SourceBatch {
        let ids = shop.committed.keys.filter { $0 <= cursor && !gaps.contains($0) }.sorted()
        return batch(ids.compactMap { shop.committed[$0] }, kind: .reread)
    }

    private func batch(_ orders: [ShopModel.Order], kind: SourceBatch.Kind) -> SourceBatch {
        var writer = ByteWriter()
        writer.write(cursor)
        writer.writeVariable(UInt64(gaps.count))
        for gap in gaps.sorted() { writer.write(gap) }
        return SourceBatch(
            kind: kind, rows: orders.map(row), position: writer.bytes, positionText: "after id \(cursor)")
    }

    private func row(_ order: ShopModel.Order) -> SourceRow {
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
