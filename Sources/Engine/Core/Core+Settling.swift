import Billing
import Connecting
import Message
import Observing
import Queue
import RouteLanguage
import Store

extension Core {
    /// Takes up what became of an attempt: mark, bill and, when it was the last step, removal are of one turn.
    func take(_ outcome: DeliveryOutcome) throws(StoreError) {
        guard let work = inFlight.removeValue(forKey: outcome.token), let host = work.host else { return }
        queues[work.head.queue]?.returned(host)
        switch outcome.result {
        case .success(let delivered):
            counters.successes += 1
            latency?.observe(max(0, time.wall.microseconds - work.received.microseconds))
            hosts[host.rawValue].gate.succeeded()
            work.isProbe = false
            try succeed(work, delivered)
        case .failure(let failure):
            counters.failures += 1
            if failure.outcomeUnknown { counters.unknownOutcomes += 1 }
            noteHost(of: work, host.rawValue, failure)
            try attemptFailed(work, failure)
        }
    }

    private func noteHost(of work: Work, _ host: Int, _ failure: DeliveryFailure) {
        let wasCutOff = hosts[host].gate.isCutOff
        if failure.concernsHost || failure.cause == .noAnswer {
            hosts[host].gate.failed(
                time.now, retryAfterMilliseconds: failure.retryAfterMilliseconds, random: random.fraction())
        } else {
            hosts[host].gate.answered()
        }
        if hosts[host].gate.isCutOff, !wasCutOff {
            effects.notices.append(
                Notice(
                    .warning, "cut off after failures in a row; its messages wait, others flow: \(failure.reason)",
                    [.init("connection", hosts[host].connection), .init("host", hosts[host].name)]))
        }
    }

    private func succeed(_ work: Work, _ delivered: Delivered) throws(StoreError) {
        guard let (delivery, rendered) = pendingDelivery(of: work) else { return try abandon(work) }
        let destination = work.plan.destinations[delivery.connection]
        if let extent = delivered.appended, let destination {
            extents[ExtentKey(place: destination.place, path: extent.path)] = extent
        }
        let isKnown = work.isRepeat ? try isBilledBefore(work, delivery, rendered) : false
        if !isKnown { mark(work, delivery, rendered) }
        work.progress.pending = nil
        work.progress.firstSentAt = nil
        work.progress.outcomeUnknown = false
        work.progress.hasDelivered = true
        if fault != .forgetDone { work.progress.done.append(rendered.position) }
        work.position = rendered.position + 1
        work.head.attempt = 0
        work.host = nil
        try advance(work)
    }

    private func isBilledBefore(
        _ work: Work, _ delivery: DeliveryPlan, _ rendered: RenderedDelivery
    ) throws(StoreError) -> Bool {
        guard let bill = rendered.bill else { return false }
        return try store.ledgerRecord(chargeID(bill, work, delivery)) != nil
    }

    private func chargeID(_ bill: RenderedDelivery.Bill, _ work: Work, _ delivery: DeliveryPlan) -> ChargeID {
        ChargeID(
            customer: bill.customer, message: work.frame.messageID, step: delivery.step.path, itemPath: work.itemPath,
            kind: .usage)
    }

    /// The delivery's mark and its bill: never one without the other.
    private func mark(_ work: Work, _ delivery: DeliveryPlan, _ rendered: RenderedDelivery) {
        if fault != .skipMark {
            record(
                .delivered(
                    DeliveryMark(
                        route: work.route.id, message: work.frame.messageID, step: delivery.step.path,
                        itemPath: work.itemPath, at: time.wall, billedTo: rendered.bill?.customer)))
        }
        guard let bill = rendered.bill, fault != .skipBill else { return }
        charge(bill, work, delivery, rendered)
        if fault == .billTwice { charge(bill, work, delivery, rendered, kindSuffix: "+") }
    }

    func charge(
        _ bill: RenderedDelivery.Bill, _ work: Work, _ delivery: DeliveryPlan, _ rendered: RenderedDelivery,
        kindSuffix: String = ""
    ) {
        let destination = work.plan.destinations[delivery.connection]
        let event = BillableEvent(
            charge: ChargeID(
                customer: bill.customer, message: work.frame.messageID, step: delivery.step.path + kindSuffix,
                itemPath: work.itemPath, kind: .usage),
            meter: bill.meter, route: work.route.plan.name, connection: destination?.name ?? "",
            destinationType: destination?.type ?? "", bytes: Int64(rendered.request.body.count), units: bill.units,
            value: bill.value, deliveredAt: time.wall)
        let record = rater.rate(event, recordedAt: time.wall)
        counters.charges += 1
        if record.tariff.isEmpty {
            counters.unpriced += 1
            tell(
                .unpriced,
                Notice(
                    .error, "no tariff prices this delivery: it is recorded unpriced, the period cannot be closed",
                    [
                        .init("customer", bill.customer), .init("meter", bill.meter),
                        .init("message", work.frame.messageID),
                    ]))
        }
        self.record(.charged(record))
    }

    /// Takes a message out of the queue, with its final word: `dead` whatever else, where one of its parts is.
    func finish(_ work: Work, _ outcome: FinalWord) throws(StoreError) {
        let word = work.progress.deadChildren > 0 && outcome != .lost ? .dead : outcome
        if fault != .keepAfterSettle { record(.removed(work.id)) }
        if let next = queues[work.head.queue]?.keys.release(
            work.head.orderingKey, by: work.id, isAlive: { store.head($0) != nil })
        {
            queues[work.head.queue]?.prepend(next)
        }
        if let lineage = work.lineage {
            return try childEnded(lineage, isDead: [.dead, .expired, .lost].contains(word), work: work)
        }
        let ending = Ending(route: work.route.id, message: work.frame.messageID, word: word, at: time.wall)
        record(.ended(ending))
        if fault == .endTwice { record(.ended(ending)) }
    }
}
