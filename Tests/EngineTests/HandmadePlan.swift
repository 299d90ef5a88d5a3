import Billing
import Connecting
import Message
import RouteLanguage

/// A plan that was put together by hand: one route from `shop.orders` that filters, keeps keys, and delivers to `acme`
/// and, where asked, to more.
enum HandmadePlan {
    static let columns = ["id", "number", "status", "customer_id", "lines"]
    static let shape = Shape(names: columns)

    static func field(_ name: String) -> Expression { .field(.slot(1), columns.firstIndex(of: name) ?? 0) }

    static func delivery(
        _ step: String, connection: Int = 0, policy: RetryPolicy = .standard, billed: Bool = true,
        target: Expression = .constant(.text("/orders"))
    ) -> Instruction {
        let id = StepID("orders/\(step)")
        return .deliver(
            DeliveryPlan(
                step: id, file: "orders.route", line: 1, connection: connection, action: "post", target: target,
                headers: [], body: .slot(0), contentType: "application/json", key: nil, timeoutMilliseconds: 1_000,
                policy: policy,
                bill: billed
                    ? BillPlan(
                        step: id, customer: field("customer_id"), meter: .constant(.text("orders")), units: nil,
                        value: nil) : nil))
    }

    static let tariff = Tariff(
        name: "eur", hash: "00", customers: ["*"], currency: Currency(code: "EUR", minorDigits: 2),
        period: BillingPeriod(unit: .month, zone: "UTC"), validFrom: nil, validUntil: nil,
        charges: [
            .init(
                name: "each", conditions: [], basis: .delivery, file: "tariffs.route", line: 3,
                priceUnits: 5_000_000, priceDivisor: 1)
        ], taxPerMillion: nil)

    static func plan(
        body: [Instruction], handlers: [HandlerPlan] = [], workers: Int = 64, orderingKey: Expression? = nil,
        keepMilliseconds: Int64? = nil, isAtMostOnce: Bool = false
    ) -> Plan {
        let request = SourceRequest(
            table: "orders", columns: columns.map { .init(name: $0, sqlType: "text") }, after: [0], primaryKey: [0],
            everyMilliseconds: 1_000, batch: 500, start: .first)
        let route = RoutePlan(
            name: "orders",
            source: SourcePlan(connection: 2, request: request, shape: shape, nameSlot: 1),
            intake: [.filter(.binary(.equal, field("status"), .constant(.text("paid"))))],
            unique: UniquePlan(key: field("number"), withinMilliseconds: 86_400_000), queue: 0, workers: workers,
            orderingKey: orderingKey, body: body, handlers: handlers, slotCount: 3,
            slotNames: [".", "order", "line"])
        return Plan(
            hash: "handmade",
            connections: [
                ConnectionPlan(name: "acme", connector: "http", settings: []),
                ConnectionPlan(name: "globex", connector: "http", settings: []),
                ConnectionPlan(name: "shop", connector: "mysql", settings: []),
            ],
            queues: [
                QueuePlan(name: "outbox", keepMilliseconds: keepMilliseconds, isAtMostOnce: isAtMostOnce),
                QueuePlan(name: "failed", keepMilliseconds: nil, isAtMostOnce: false),
            ], routes: [route], tariffs: [tariff], shapes: [shape], environment: [], secrets: [])
    }
}
