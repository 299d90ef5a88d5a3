import Message
package import Store

/// Whole lives of messages, recorded into a store turn by turn.
package struct Workload {
    /// Unowned, so that a test can let the store go and open it again.
    package unowned let store: any Store
    package let route: RouteID
    package let queue: QueueID
    package let plan: PlanID

    package init(_ store: any Store) {
        self.store = store
        route = store.routeID("orders")
        queue = store.queueID("main")
        plan = store.keepPlan(hash: "plan-1", sources: Array("route orders { }".utf8))
    }

    /// Records that these rows were seen, their keys accepted and their entries admitted.
    @discardableResult
    package func admit(_ numbers: Range<Int>, bytes: Int = 500) -> [EntryID] {
        store.record(.seen(Sample.advance(route, numbers.map { Sample.row($0) })))
        return numbers.map { number in
            store.record(.keyAccepted(Sample.key(number)))
            let body = Sample.body(number, bytes: bytes)
            let id = store.newEntryID(bodyBytes: body.count)
            store.record(
                .admitted(NewEntry(head: Sample.head(id, queue: queue, route: route, plan: plan), body: body)))
            return id
        }
    }

    /// Records that these messages were delivered, billed and ended.
    package func settle(_ numbers: Range<Int>, _ ids: [EntryID]) {
        for (number, id) in zip(numbers, ids) {
            store.record(.delivered(Sample.mark(route, number)))
            store.record(.charged(Sample.record(number, after: store.ledgerHead())))
            store.record(.ended(Sample.ending(route, number)))
            store.record(.removed(id))
        }
    }
}
