package import Billing
import Connecting
import Queue
import RouteLanguage
package import Store

extension Core {
    /// Makes a plan known: its entries can be worked. Which routes are read is decided by `activate`.
    package func install(_ plan: LoadedPlan) {
        plans[plan.id] = plan
        for route in plan.routes {
            let queue = queues[route.queue] ?? WorkQueue(workers: route.plan.workers)
            queue.isPaused = store.pause(of: route.queue).contains(.output)
            queue.workers = [queue.workers, route.plan.workers].compactMap(\.self).max()
            queues[route.queue] = queue
            for instruction in route.plan.body {
                guard case .deliver(let delivery) = instruction, let to = plan.destinations[delivery.connection] else {
                    continue
                }
                for host in to.hosts { queue.open(host, limit: to.inFlightByDefault) }
            }
        }
    }

    /// Reads rows for the routes of this plan from now on; entries of other plans finish on their own.
    package func activate(_ plan: LoadedPlan) {
        active.removeAll()
        jobReaders = plan.routes.compactMap { JobReader($0) }
        declaredQueues = DeclaredQueues(plan, version: declaredQueues.version + 1) { store.queueID($0) }
        for queue in declaredQueues.ids where queues[queue] == nil {
            guard store.pause(of: queue).contains(.output) else { continue }
            queues[queue] = WorkQueue(workers: nil)
            queues[queue]?.isPaused = true
        }
        for route in plan.routes { active[route.id] = (plan, route) }
        for queue in Set(plan.routes.map(\.queue)) {
            queues[queue]?.workers = plan.routes.filter { $0.queue == queue }.compactMap(\.plan.workers).max()
        }
    }

    /// Prices deliveries by these from now on; what is recorded keeps its price.
    package func replaceTariffs(_ tariffs: [Tariff]) { rater.replaceTariffs(tariffs) }

    /// The position of the last batch that was taken up.
    package func position(of route: RouteID) -> [UInt8]? { store.position(of: route) }

    /// Makes further hosts known, for a plan that brings connections of its own.
    package func addHosts(_ more: [(connection: String, name: String)]) {
        hosts.append(contentsOf: more.map { Host(connection: $0.connection, name: $0.name) })
    }

    /// Sorts the entries that the store holds into queues and timers. Leases of the last process have ended with it.
    func restore() {
        var lost: [EntryHead] = []
        var aside: [EntryHead] = []
        store.forEachHead { head in
            entryCounts.add(1, head)
            // One that waits for its children is put aside when they have ended: they are not left without it.
            if head.crashMarks >= Self.crashesThatPutAside, head.state != .parked {
                aside.append(head)
                return
            }
            if queues[head.queue] == nil {
                queues[head.queue] = WorkQueue(workers: nil)
                queues[head.queue]?.isPaused = store.pause(of: head.queue).contains(.output)
            }
            switch head.state {
            case .spent: lost.append(head)
            case .waiting:
                if hasKey(head) { queues[head.queue]?.append(head.id) }
            case .taken:
                if fault == .dropOnRestart { return }
                if hasKey(head) { queues[head.queue]?.append(head.id) }
            case .delayed:
                if hasKey(head) { timers.insert(head.id, due: head.due) }
            case .parked: _ = hasKey(head)
            }
        }
        leftovers = Leftovers(lost: lost, aside: aside)
    }

    private func hasKey(_ head: EntryHead) -> Bool {
        queues[head.queue]?.keys.acquire(head.orderingKey, for: head.id) ?? true
    }

    /// Gives a crash mark to what crashed the last process. It must be committed before anything is worked.
    func mark(_ suspects: [CrashMarks.Suspect]) {
        for suspect in suspects {
            switch suspect {
            case .entry(let id):
                guard var head = store.head(id) else { continue }
                head.crashMarks = head.crashMarks == .max ? .max : head.crashMarks + 1
                record(.headChanged(head))
            case .row(let route, let number):
                record(.rowCrashMarked(route: route, identity: .int(Int64(bitPattern: number))))
            }
        }
    }

    static let crashesThatPutAside = 3

    /// What the last process left behind that can only be ended now.
    struct Leftovers {
        var lost: [EntryHead]
        var aside: [EntryHead]
    }
}
