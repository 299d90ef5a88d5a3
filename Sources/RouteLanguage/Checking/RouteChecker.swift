import Connecting
import Message

/// Checks one route step by step and writes its instructions as it goes.
///
/// A route is walked twice: the first walk learns which columns it uses and says what is wrong, the second, silent one
/// plans with a row that has only those columns.
final class RouteChecker {
    let route: RouteSyntax
    let declarations: Declarations
    let reports: Reports
    let queues: QueueTable
    /// Columns to read; nil: all of the table (the first walk).
    let columns: Set<String>?
    let expressions: ExpressionChecker

    var code: [Instruction] = []
    var source: SourcePlan?
    var sourceScope: SourceScope?
    var unique: UniquePlan?
    var line: DurabilityLine?
    var deliveries: [DeliveryDraft] = []
    /// Deliveries that can be the last one run before this step.
    var pending: Set<Int> = []
    /// Stands in `pending` for a `to` that could not be read: its `bill` is not to blame.
    static let unreadableDelivery = -1
    /// Blocks around this step of which only one runs for a message.
    var alternatives: [Alternative] = []
    /// Values of `split` items around this step.
    var items: [ValueID] = []
    var handlers: [HandlerPlan] = []
    var hasHandler = false
    private var lastAlternative = 0
    /// Every message that a failure below the line can meet.
    var messagesBelow: Set<Type> = []

    /// Intake and what is known where the message becomes durable.
    struct DurabilityLine {
        let intake: [Instruction]
        let queue: Int
        let workers: Int?
        let orderingKey: Expression?
        let scope: Scope
    }

    /// One of several blocks. A message runs at most one of a group, but every branch of a `fanout`, whose groups are
    /// below zero. Group 0: the handlers.
    struct Alternative: Hashable {
        let group: Int
        let branch: Int
    }

    /// The row as it was read: what W0702 and edits need to know.
    struct SourceScope {
        let table: LockFile.Table
        let tableSpan: Span
        let after: ClauseSyntax?
        let afterColumns: [String]
        let row: ValueID
        let connection: Declarations.Connection
    }

    init(
        _ route: RouteSyntax, _ declarations: Declarations, _ queues: QueueTable, _ reports: Reports,
        columns: Set<String>?
    ) {
        self.route = route
        self.declarations = declarations
        self.queues = queues
        self.reports = reports
        self.columns = columns
        let message = Scope.Binding(slot: 0, value: ValueID(number: 0), type: .unknown, span: route.name.span)
        expressions = ExpressionChecker(declarations, reports, scope: Scope(message: message))
    }

    /// nil where the route cannot be planned; the reason has been reported.
    func check() -> RoutePlan? {
        let steps = route.block.steps
        guard let first = steps.first, first.verb == .from else {
            reportNoSource()
            return nil
        }
        from(first)
        var isReachable = true
        for (position, step) in steps.enumerated().dropFirst() where step.verb != .on {
            prepareTopLevel(step, at: position)
            isReachable = self.step(step, id: "\(route.name.text)/\(position + 1)") && isReachable
        }
        passLineIfNone(at: route.block.span)
        code.append(.end)
        for (position, step) in steps.enumerated() where step.verb == .on {
            handler(step, id: "\(route.name.text)/\(position + 1)")
        }
        finishDeliveries()
        reportUnhandledFailures()
        return plan()
    }

    /// What the plan reads: the columns that are used, or every one that can be where the row is used as a whole.
    var columnsToRead: Set<String> {
        guard expressions.use.isWhole, let table = sourceScope?.table else { return expressions.use.columns }
        return Set(
            table.columns.filter { column in
                if case .unusable = column.type { false } else { true }
            }.map(\.name))
    }

    private func reportNoSource() {
        reports.add(
            Diagnostic(
                .missingClause, "route `\(route.name.text)` does not say where its messages come from",
                at: route.name.span,
                notes: ["its first step is `from CONNECTION.TABLE as NAME after .id`, or `from queue NAME as NAME`"]))
    }

    /// What must stand above a step of the route itself: the line, and where a `validate` could go.
    private func prepareTopLevel(_ step: StepSyntax, at position: Int) {
        if line == nil {
            if step.verb != .through, step.needsLine { passLineIfNone(at: step.span) }
            expressions.guardStep = (step.span, [expressions.scope.message.value])
            let through = route.block.steps.dropFirst(position).first { $0.verb == .through }
            if let through, step.verb == .through { expressions.guardStep?.step = through.span }
        } else if expressions.guardStep == nil {
            expressions.guardStep = (step.span, [expressions.scope.message.value])
        }
    }

    func newAlternatives() -> Int {
        lastAlternative += 1
        return lastAlternative
    }

    private func plan() -> RoutePlan? {
        guard let source, let line else { return nil }
        return RoutePlan(
            name: route.name.text, source: source.sweepingBack(atMost: unique?.withinMilliseconds), intake: line.intake,
            unique: unique, queue: line.queue,
            workers: line.workers, orderingKey: line.orderingKey, body: code, handlers: handlers,
            slotCount: expressions.frame.names.count, slotNames: expressions.frame.names)
    }
}

/// The queues of a plan; routes without `through` add theirs.
final class QueueTable {
    private(set) var plans: [QueuePlan] = []

    init(_ declarations: Declarations) {
        plans = declarations.queues.values.map(\.plan).sorted { $0.name < $1.name }
    }

    func index(of name: String) -> Int? { plans.firstIndex { $0.name == name } }

    /// The queue named so, made where none is declared; with the settings of the queue that its route reads.
    func implicit(_ name: String, like read: QueuePlan?) -> Int {
        if let index = index(of: name) { return index }
        plans.append(
            QueuePlan(
                name: name, keepMilliseconds: read?.keepMilliseconds, isAtMostOnce: read?.isAtMostOnce ?? false,
                isDeclared: false))
        return plans.count - 1
    }
}

extension StepSyntax {
    /// Does I/O or ends a message, itself or in its block: stands below the durability line.
    var needsLine: Bool {
        switch verb {
        case .to, .split, .fanout, .bill, .deadletter, .recipients, .tap, .enrich, .run, .delay, .aggregate, .loop,
            .breaker, .throttle:
            true
        case .choose, .when, .otherwise: block?.steps.contains(where: \.needsLine) ?? false
        case .set, .let, .unique, .reorder, .stop, .from, .filter, .validate, .through, .map, .remove, .on, .log, .fail,
            .given, .expect:
            false
        }
    }
}
