package import Queue
package import Store

/// The queue's door and the jobs behind it, at the end of a turn.
package struct DoorPicture: Sendable {
    package var counters = DoorCounters()
    /// Of all queues, `JobState.rawValue` as the index.
    package var jobs = JobState.allCases.map { _ in 0 }
    package var queueCount = 0
    /// The first `queuesMost` queues.
    package var queues: [JobQueueState] = []

    /// Queues that are told of one by one: a client may make any number of them.
    package static let queuesMost = 100
    /// Queues that are added up; each takes less than a microsecond of the turn.
    private static let queuesAddedMost = 100_000

    init(_ broker: Broker, _ counters: DoorCounters) {
        self.counters = counters
        queueCount = broker.jobs.queueCount
        var left = Self.queuesAddedMost
        broker.jobs.forEachQueue(after: 0) { queue in
            for state in JobState.allCases { jobs[Int(state.rawValue)] += broker.jobs.count(state, in: queue) }
            if queues.count < Self.queuesMost, let state = broker.jobs.state(of: queue) { queues.append(state) }
            left -= 1
            return left > 0
        }
    }
}
