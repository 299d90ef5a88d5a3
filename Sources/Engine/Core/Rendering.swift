import Connecting
import Message
import RouteLanguage

/// Evaluates everything that a delivery sends and bills, once, before its first attempt.
enum Rendering {
    static func render(
        _ delivery: DeliveryPlan, at position: Int, frame: inout Frame
    ) throws(EvaluationError) -> RenderedDelivery {
        guard let target = try frame.evaluate(delivery.target).plainText else {
            throw EvaluationError("the \(delivery.action) of \(delivery.step) has no target")
        }
        var headers: [DeliveryRequest.Header] = []
        for (name, expression) in delivery.headers {
            guard let value = try frame.evaluate(expression).plainText else { continue }
            headers.append(.init(name: name, value: value))
        }
        var body: [UInt8] = []
        if let expression = delivery.body {
            body.reserveCapacity(512)
            JSONText.append(try frame.evaluate(expression), to: &body)
        }
        let request = DeliveryRequest(
            action: delivery.action, target: target, headers: headers, contentType: delivery.contentType, body: body,
            idempotencyKey: try key(of: delivery, frame: &frame), timeoutMilliseconds: delivery.timeoutMilliseconds)
        return RenderedDelivery(position: position, request: request, bill: try bill(of: delivery, frame: &frame))
    }

    private static func key(of delivery: DeliveryPlan, frame: inout Frame) throws(EvaluationError) -> String {
        guard let expression = delivery.key else { return "\(frame.messageID):\(delivery.step.path)" }
        guard let key = try frame.evaluate(expression).plainText, !key.isEmpty else {
            throw EvaluationError("the key of \(delivery.step) is missing")
        }
        return key
    }

    private static func bill(
        of delivery: DeliveryPlan, frame: inout Frame
    ) throws(EvaluationError) -> RenderedDelivery.Bill? {
        guard let plan = delivery.bill else { return nil }
        guard let customer = try frame.evaluate(plan.customer).plainText, !customer.isEmpty else {
            throw EvaluationError("the customer of \(plan.step) is missing, nothing is sent unbilled")
        }
        guard let meter = try frame.evaluate(plan.meter).plainText else {
            throw EvaluationError("the meter of \(plan.step) is missing, nothing is sent unbilled")
        }
        var units: Int64 = 1
        if let expression = plan.units {
            guard case .int(let number) = try frame.evaluate(expression), let whole = Int64(exactly: number), whole >= 0
            else { throw EvaluationError("the units of \(plan.step) are not a whole number from 0 on") }
            units = whole
        }
        var value: ExactDecimal?
        if let expression = plan.value {
            switch try frame.evaluate(expression) {
            case .decimal(let number): value = number
            case .int(let number): value = ExactDecimal(number)
            default: throw EvaluationError("the value of \(plan.step) is missing, nothing is sent unbilled")
            }
        }
        return .init(customer: customer, meter: meter, units: units, value: value)
    }
}
