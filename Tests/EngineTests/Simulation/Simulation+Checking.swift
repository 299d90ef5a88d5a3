import Billing
import Connecting
import Engine
import Message
import RouteLanguage
import Store

/// What must hold in the middle of a run, after any turn.
extension Simulation {
    mutating func checkNow() throws -> String? {
        if let problem = jobs.problem(store) { return problem }
        if Int.random(in: 0..<4, using: &random) == 0, let problem = try checkWaiting() { return problem }
        guard Int.random(in: 0..<20, using: &random) == 0 else { return nil }
        let report = try Audit.run(StoreReader(bytes: bytes))
        return report.addsUp ? nil : "audit in the middle: \(report)"
    }

    /// What the account says waits are the messages of the queue, less those that are parts of others.
    private func checkWaiting() throws -> String? {
        var bodies: [[UInt8]] = []
        var heads: [EntryHead] = []
        store.forEachHead { if $0.route == running.reader.route { heads.append($0) } }
        for head in heads { bodies.append(try store.body(head.id) ?? []) }
        let shapes = plans.map { ShapeTable(shapes: $0.shapes) }
        let roots = try bodies.filter { try MessageBody(decoding: $0, shapes: shapes[0]).lineage == nil }.count
        let waiting = store.account(running.reader.route).waiting
        return waiting == Int64(roots) ? nil : "\(waiting) wait says the account, \(roots) are in the queue"
    }

    /// One customer's messages are worked one at a time, in the order of their admission.
    mutating func noteOrder(of dispatch: Dispatch) -> String? {
        guard world.isKeyed, let order = order(of: dispatch.request) else { return nil }
        let others = underway.compactMap { self.order(of: $0.dispatch.request) }
        if others.contains(where: { $0.customer == order.customer && $0.number != order.number }) {
            return "two messages of customer \(order.customer) are under way at once"
        }
        guard retriedByHand.isEmpty, !world.paysLater, let place = places[order.id] else { return nil }
        let last = lastSent[order.customer] ?? 0
        lastSent[order.customer] = max(last, place)
        return place < last ? "order \(order.id) of customer \(order.customer) was sent behind a later one" : nil
    }

    /// The order that a request is about: the first one of its number, which is the one that was admitted.
    private func order(of request: DeliveryRequest) -> ShopModel.Order? {
        let key = request.idempotencyKey
        let sameNumber: (String) -> ShopModel.Order? = { number in
            shop.committed.values.filter { $0.number == number }.min {
                places[$0.id] ?? .max < places[$1.id] ?? .max
            }
        }
        if key.hasPrefix("N") { return sameNumber(key) }
        let parts = key.split(whereSeparator: { $0 == "/" || $0 == ":" })
        guard parts.count > 1, let id = Int64(parts[1]), let order = shop.committed[id] else { return nil }
        return sameNumber(order.number)
    }
}
