import Message
import Store

/// What QSTAT says of a queue, be it one of jobs or a route's.
struct QueueStatistics {
    let name: [UInt8]
    let queued: Int
    let delayed: Int
    let inFlight: Int
    var age = Microseconds(0)
    var idle = Microseconds(0)
    var blocked = 0
    let jobsIn: UInt64
    let jobsOut: UInt64
    let pause: PauseState
    let acknowledged: UInt64
    let deleted: UInt64
    let expired: UInt64
    let purged: UInt64
    let deadLettered: UInt64

    /// What a route took over counts as acknowledged, by the route.
    init(_ state: JobQueueState, age: Microseconds, idle: Microseconds, blocked: Int) {
        name = state.name
        queued = state.count(.queued)
        delayed = state.count(.delayed)
        inFlight = state.count(.leased) + state.count(.spent)
        self.age = age
        self.idle = idle
        self.blocked = blocked
        jobsIn = state.jobsIn
        jobsOut = state.jobsOut
        pause = state.pause
        acknowledged = state.ended(.acknowledged) + state.ended(.routed)
        deleted = state.ended(.deleted)
        expired = state.ended(.expired)
        purged = state.ended(.purged)
        deadLettered = state.deadLettered
    }

    init(_ name: UnsafeRawBufferPointer, _ counts: RouteQueueCounts, _ pause: PauseState) {
        self.name = Array(name)
        queued = counts.queued
        delayed = counts.delayed
        inFlight = counts.inFlight
        jobsIn = counts.jobsIn
        jobsOut = counts.jobsOut
        self.pause = pause
        acknowledged = counts.delivered
        deleted = counts.removed
        expired = counts.expired
        purged = counts.purged
        deadLettered = counts.deadLettered
    }
}

extension JobQueueState {
    fileprivate func count(_ state: JobState) -> Int {
        let place = Int(state.rawValue)
        return place < counts.count ? counts[place] : 0
    }

    fileprivate func ended(_ ending: JobEnding) -> UInt64 {
        let place = Int(ending.rawValue)
        return place < ended.count ? ended[place] : 0
    }
}

extension ReplyBuffer {
    /// The ten known names with their values first, in their known order, then ours.
    mutating func statistics(_ queue: QueueStatistics) {
        array(36)
        bulk("name" as StaticString)
        bulk(queue.name)
        field("len", Int64(queue.queued))
        field("age", max(0, queue.age.count / 1_000_000))
        field("idle", max(0, queue.idle.count / 1_000_000))
        field("blocked", Int64(queue.blocked))
        bulk("import-from" as StaticString)
        array(0)
        field("import-rate", 0)
        field("jobs-in", Int64(clamping: queue.jobsIn))
        field("jobs-out", Int64(clamping: queue.jobsOut))
        bulk("pause" as StaticString)
        bulk(Broker.word(queue.pause))
        field("queued", Int64(queue.queued))
        field("delayed", Int64(queue.delayed))
        field("in-flight", Int64(queue.inFlight))
        field("acked", Int64(clamping: queue.acknowledged))
        field("deleted", Int64(clamping: queue.deleted))
        field("expired", Int64(clamping: queue.expired))
        field("purged", Int64(clamping: queue.purged))
        field("dead-lettered", Int64(clamping: queue.deadLettered))
    }
}
