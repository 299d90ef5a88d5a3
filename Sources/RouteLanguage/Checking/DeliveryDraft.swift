import Connecting

/// A `to` that was checked; its bill is found later, further down the route.
struct DeliveryDraft {
    let step: StepID
    let syntax: StepSyntax
    let connection: Declarations.Connection
    let action: String
    let target: Expression
    let headers: [(name: String, value: Expression)]
    let body: Expression?
    let contentType: String?
    let key: Expression?
    let keySyntax: ExpressionSyntax?
    let timeoutMilliseconds: Int64
    let policy: RetryPolicy
    /// Position of its instruction.
    let position: Int
    let line: Int
    let file: String
    /// What was known when the request is made: a bill is evaluated then.
    let scope: Scope
    let alternatives: [RouteChecker.Alternative]
    /// Deliveries that may have run before it, and have none between.
    let before: Set<Int>
    let isInHandler: Bool
    var bill: BillPlan?
    var billSpan: Span?

    func plan() -> DeliveryPlan {
        DeliveryPlan(
            step: step, file: file, line: line, connection: connection.index, action: action, target: target,
            headers: headers, body: body, contentType: contentType, key: key, timeoutMilliseconds: timeoutMilliseconds,
            policy: policy, bill: bill)
    }

    /// Never both for one message: they stand in two branches of one `choose`, or in two handlers.
    func excludes(_ other: DeliveryDraft) -> Bool {
        alternatives.contains { own in
            own.group >= 0 && other.alternatives.contains { $0.group == own.group && $0.branch != own.branch }
        }
    }
}
