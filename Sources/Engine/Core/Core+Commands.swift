import Message
import Queue
import RouteLanguage
import Store

extension Core {
    func obey(_ command: Command) throws(StoreError) {
        switch command {
        case .snapshot(let reply):
            let picture = snapshot()
            effects.replies.append { reply(picture) }
        case .retryDead(let retry, let reply):
            let answer = try self.retry(retry)
            effects.replies.append { reply(answer) }
        }
    }

    private func snapshot() -> CoreSnapshot {
        var picture = CoreSnapshot()
        picture.entries = store.entryCount
        picture.billed = store.ledgerHead().seq
        picture.counters = counters
        for (id, queue) in queues {
            let sent = queue.hosts.reduce(0) { $0 + queue.inFlight($1) }
            let waiting = queue.unsortedCount + queue.hosts.reduce(0) { $0 + queue.waitingCount($1) }
            picture.queues.append(
                .init(
                    name: store.queueName(id), waiting: waiting, inFlight: sent,
                    delayed: entryCounts.count(.delayed, in: id), parked: entryCounts.count(.parked, in: id)))
        }
        for (id, entry) in active {
            picture.routes.append(
                .init(
                    name: entry.route.plan.name, account: store.account(id), position: "", queue: queueRead(by: id)))
        }
        for (index, host) in hosts.enumerated() {
            let id = HostID(rawValue: index)
            picture.hosts.append(
                .init(
                    connection: host.connection, name: host.name,
                    inFlight: queues.values.reduce(0) { $0 + $1.inFlight(id) },
                    waiting: queues.values.reduce(0) { $0 + $1.waitingCount(id) }, isCutOff: host.gate.isCutOff))
        }
        if let broker { picture.door = DoorPicture(broker, doorCounters?() ?? DoorCounters()) }
        return picture
    }
}
