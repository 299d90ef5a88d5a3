import Message

extension RouteChecker {
    /// `bill order.customer_id meter "orders.dach" units 1 value .total`: belongs to every `to` that can be the last one
    /// run before it; evaluated before that request is sent.
    func bill(_ step: StepSyntax, id: String) {
        checkClauses(step, ["meter", "units", "value"])
        guard let subject = step.subject else { return }
        guard !pending.isEmpty else {
            reports.add(
                Diagnostic(
                    .billWithoutDelivery, "this `bill` has no `to` above it", at: step.verbSpan,
                    label: "a bill belongs to a delivery",
                    notes: ["write it directly below the `to` that it bills"]))
            checkAlone(step, subject)
            return
        }
        if pending.contains(Self.unreadableDelivery) { return checkAlone(step, subject) }
        let targets = pending.sorted()
        if reportConflict(step, targets) { return }
        let scope = expressions.scope
        for index in targets { expressions.scope.present.formIntersection(deliveries[index].scope.present) }
        let plan = billPlan(step, subject, id: id)
        let read = ReadSlots.of([plan.customer, plan.meter, plan.units, plan.value].compactMap { $0 })
        expressions.scope = scope
        if reportChange(step, targets, read) { return }
        for index in targets {
            deliveries[index].bill = plan
            deliveries[index].billSpan = step.span
        }
    }

    private func checkAlone(_ step: StepSyntax, _ subject: ExpressionSyntax) {
        _ = expressions.check(subject)
        for clause in step.clauses { _ = expressions.check(clause.value) }
    }

    private func billPlan(_ step: StepSyntax, _ subject: ExpressionSyntax, id: String) -> BillPlan {
        let place = expressions.place
        expressions.place = .delivery
        defer { expressions.place = place }
        let customer = expressions.text(of: subject, for: .plain, "`bill`")
        var meter = Expression.constant(.text(route.name.text))
        if let clause = step.clause("meter") {
            meter = expressions.text(of: clause.value, for: .plain, "`meter`").expression
        }
        let units = step.clause("units").map { number($0, "`units` needs `int`", isWhole: true) }
        let value = step.clause("value").map { number($0, "`value` needs `decimal`", isWhole: false) }
        return BillPlan(
            step: StepID(id), customer: customer.expression, meter: meter, units: units, value: value)
    }

    private func number(_ clause: ClauseSyntax, _ need: String, isWhole: Bool) -> Expression {
        let checked = expressions.demand(expressions.check(clause.value), need)
        let fits = isWhole ? checked.type == .int : checked.type.isExactNumber
        if fits || checked.type.isUnknown { return checked.expression }
        let isMoney = checked.type == .float
        reports.add(
            Diagnostic(
                isMoney ? .moneyAsFloat : .typesDoNotMeet,
                isMoney ? "money must not be a float" : "\(need), this is \(checked.type.kind)", at: checked.span,
                origins: checked.origin.map { [$0] } ?? [],
                edits: isMoney && !isWhole
                    ? [.replace(checked.span, with: "decimal(\(reports.text(checked.span)), 2)!")] : []))
        return checked.expression
    }

    /// A second bill for one `to`, or a `to` that may or may not be the last one. True: reported.
    private func reportConflict(_ step: StepSyntax, _ targets: [Int]) -> Bool {
        for index in targets {
            let delivery = deliveries[index]
            if let first = delivery.billSpan {
                reports.add(
                    Diagnostic(
                        .billWithoutDelivery, "this `to` has two bills", at: step.verbSpan,
                        origins: [
                            Diagnostic.Origin("the first one", at: first),
                            Diagnostic.Origin("the `to`", at: delivery.syntax.verbSpan),
                        ], edits: [.replace(step.span, with: "", shown: "(remove it)")]))
                return true
            }
            if let later = targets.first(where: { mayFollow($0, index) }) {
                reports.add(
                    Diagnostic(
                        .billWithoutDelivery, "it is not certain which `to` this `bill` belongs to", at: step.verbSpan,
                        origins: [
                            Diagnostic.Origin("this one, if it is the last", at: delivery.syntax.verbSpan),
                            Diagnostic.Origin("or this one", at: deliveries[later].syntax.verbSpan),
                        ], notes: ["write a `bill` directly below each `to`"]))
                return true
            }
        }
        return false
    }

    private func mayFollow(_ later: Int, _ earlier: Int) -> Bool {
        var open = Array(deliveries[later].before)
        var seen: Set<Int> = []
        while let next = open.popLast() {
            if next == Self.unreadableDelivery { continue }
            if next == earlier { return true }
            if seen.insert(next).inserted { open += deliveries[next].before }
        }
        return false
    }

    /// Between a `to` and its `bill` nothing may change what the bill reads. True: reported.
    private func reportChange(_ step: StepSyntax, _ targets: [Int], _ read: Set<Int>) -> Bool {
        for index in targets {
            let then = deliveries[index].scope.valuesBySlot
            let now = expressions.scope.valuesBySlot
            guard let slot = read.sorted().first(where: { now[$0] != nil && now[$0] != then[$0] }) else { continue }
            let name = expressions.frame.names[slot]
            reports.add(
                Diagnostic(
                    .billWithoutDelivery, "`\(name)` changes between this `bill` and its `to`", at: step.verbSpan,
                    label: "a bill is computed before the request is sent",
                    origins: [Diagnostic.Origin("the `to`", at: deliveries[index].syntax.verbSpan)],
                    notes: ["write the `bill` directly below the `to`"]))
            return true
        }
        return false
    }

    // MARK: The deliveries of a route, seen together

    /// Puts the deliveries into the code, and compares them with each other.
    func finishDeliveries() {
        for delivery in deliveries { code[delivery.position] = .deliver(delivery.plan()) }
        reportUnbilledSiblings()
        reportSameKeys()
    }

    /// R0501: in two branches of one `choose` or `fanout`, to connections of one kind, one is billed and one is not.
    private func reportUnbilledSiblings() {
        let billed = BilledBranches(deliveries)
        for delivery in deliveries where delivery.bill == nil && !delivery.isInHandler {
            guard let index = billed.firstSibling(of: delivery) else { continue }
            let sibling = deliveries[index]
            guard let billSpan = sibling.billSpan else { continue }
            var origin = "line \(reports.line(billSpan)) bills"
            if case .constant(.text(let meter))? = sibling.bill?.meter { origin += " \"\(meter)\"" }
            reports.add(
                Diagnostic(
                    .deliveryNotBilled, "this delivery is not billed, its siblings are", at: delivery.syntax.span,
                    origins: [Diagnostic.Origin(origin, at: billSpan)],
                    edits: [reports.insertStep(reports.text(billSpan), after: delivery.syntax.span)]))
        }
    }

    /// Two steps that could send one key to one connection.
    private func reportSameKeys() {
        var keyed: [Int: [(key: Expression, index: Int)]] = [:]
        for (index, later) in deliveries.enumerated() {
            guard let laterKey = later.key else { continue }
            let earlier = keyed[later.connection.index]?.first { other in
                !KeyText.differ(other.key, laterKey) && !deliveries[other.index].excludes(later)
            }
            keyed[later.connection.index, default: []].append((laterKey, index))
            if let earlier, let syntax = later.keySyntax {
                report(sameKey: syntax, as: deliveries[earlier.index], by: later)
            }
        }
    }

    private func report(sameKey syntax: ExpressionSyntax, as earlier: DeliveryDraft, by later: DeliveryDraft) {
        var edits: [Diagnostic.Edit] = []
        let mark = later.action
        switch syntax.unparenthesized.kind {
        case .text:
            let inside = Span(file: syntax.span.file, start: syntax.span.start + 1, end: syntax.span.end)
            let shown = "\"\(mark)-" + reports.text(inside)
            edits = [.insert("\(mark)-", before: inside, shown: shown)]
        default: edits = [.replace(syntax.span, with: "\"\(mark)-{\(reports.text(syntax.span))}\"")]
        }
        reports.add(
            Diagnostic(
                .sameKeyTwice, "two steps can send the same key to `\(later.connection.plan.name)`", at: syntax.span,
                label: "the receiver would take the second for a repetition of the first",
                origins: [Diagnostic.Origin("the other one", at: earlier.keySyntax?.span)], edits: edits))
    }

    /// Inside `split` a key must read the item: every child sends one of its own.
    func reportKeyOfItems(_ index: Int) {
        let delivery = deliveries[index]
        guard let item = items.last, let key = delivery.key, let syntax = delivery.keySyntax else { return }
        let slots = Set(expressions.scope.valuesBySlot.filter { $0.value == item }.keys)
        let isReplaced = expressions.scope.message.value != item
        guard slots.isDisjoint(with: ReadSlots.of([key])), !isReplaced else { return }
        reports.add(
            Diagnostic(
                .sameKeyTwice, "every item of this `split` sends the same key", at: syntax.span,
                label: "it reads nothing of the item", notes: ["without `key` each child has a key of its own"]))
    }
}

extension Scope {
    /// Which value lives in which slot.
    var valuesBySlot: [Int: ValueID] {
        var values = [0: message.value]
        for binding in names.values { values[binding.slot] = binding.value }
        return values
    }
}
