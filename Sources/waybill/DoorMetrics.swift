import Console
import Engine
import Message
import Observing
import Queue
import Store

/// The queue's door in the metrics and in the status.
enum DoorMetrics {
    static func add(_ door: DoorPicture, to registry: MetricsRegistry) {
        add(door.counters, to: registry)
        for state in JobState.allCases {
            registry.gauge("waybill_jobs", "Jobs of all queues of clients by state.", labels: [("state", word(state))])
                .set(Int64(door.jobs[Int(state.rawValue)]))
        }
        registry.gauge("waybill_job_queues", "Queues of clients.").set(Int64(door.queueCount))
        for queue in door.queues { add(queue, to: registry) }
    }

    private static func add(_ counters: DoorCounters, to registry: MetricsRegistry) {
        registry.gauge("waybill_door_connections", "Clients of the queue's door.").set(Int64(counters.connections))
        registry.gauge("waybill_door_blocked_clients", "Of them, those that wait for jobs.").set(
            Int64(counters.blocked))
        let counts = [
            ("connections", "Connections that were accepted.", counters.accepted),
            ("refused_connections", "Connections that were turned away: there were too many.", counters.refused),
            (
                "expelled_connections", "Connections closed for what they sent, left unread or failed to say in time.",
                counters.expelled
            ),
            ("commands", "Commands that were executed.", counters.commands),
            ("received_bytes", "Bytes from clients.", counters.bytesReceived),
            ("sent_bytes", "Bytes to clients.", counters.bytesSent),
        ]
        for (name, help, count) in counts {
            registry.counter("waybill_door_\(name)_total", help).increment(by: count)
        }
    }

    private static func add(_ queue: JobQueueState, to registry: MetricsRegistry) {
        let name = text(queue.name)
        for state in JobState.allCases {
            registry.gauge(
                "waybill_queue_jobs", "Jobs of a queue of clients by state; of the first 100 queues.",
                labels: [("queue", name), ("state", word(state))]
            ).set(Int64(queue.counts[Int(state.rawValue)]))
        }
        registry.counter("waybill_queue_jobs_in_total", "Jobs that came into the queue.", labels: [("queue", name)])
            .increment(by: queue.jobsIn)
        registry.counter("waybill_queue_jobs_out_total", "Jobs that were handed out.", labels: [("queue", name)])
            .increment(by: queue.jobsOut)
    }

    static func word(_ state: JobState) -> String {
        switch state {
        case .queued: "queued"
        case .delayed: "delayed"
        case .leased: "in-flight"
        case .spent: "spent"
        }
    }

    /// Names are any bytes.
    static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}

extension StatusReport.Door {
    init(_ picture: DoorPicture, address: String) {
        self.init(
            address: address, connections: Int64(picture.counters.connections),
            blocked: Int64(picture.counters.blocked), commands: Int64(clamping: picture.counters.commands),
            queueCount: Int64(picture.queueCount),
            queues: picture.queues.map { queue in
                Queue(
                    name: DoorMetrics.text(queue.name), queued: Int64(queue.counts[Int(JobState.queued.rawValue)]),
                    delayed: Int64(queue.counts[Int(JobState.delayed.rawValue)]),
                    inFlight: Int64(queue.counts[Int(JobState.leased.rawValue)]),
                    spent: Int64(queue.counts[Int(JobState.spent.rawValue)]), jobsIn: Int64(clamping: queue.jobsIn),
                    jobsOut: Int64(clamping: queue.jobsOut))
            })
    }
}
