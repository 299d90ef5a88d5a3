import Message

extension StatusReport {
    /// The door at which clients use queues, and the first of these queues.
    package struct Door: Sendable {
        package let address: String
        package let connections: Int64
        /// Clients that wait for jobs.
        package let blocked: Int64
        package let commands: Int64
        package let queueCount: Int64
        package let queues: [Queue]

        package struct Queue: Sendable {
            package let name: String
            package let queued: Int64
            package let delayed: Int64
            package let inFlight: Int64
            /// At most once: handed out, not acknowledged.
            package let spent: Int64
            package let jobsIn: Int64
            package let jobsOut: Int64
            package init(
                name: String, queued: Int64, delayed: Int64, inFlight: Int64, spent: Int64, jobsIn: Int64,
                jobsOut: Int64
            ) {
                self.name = name
                self.queued = queued
                self.delayed = delayed
                self.inFlight = inFlight
                self.spent = spent
                self.jobsIn = jobsIn
                self.jobsOut = jobsOut
            }
        }

        package init(
            address: String, connections: Int64, blocked: Int64, commands: Int64, queueCount: Int64, queues: [Queue]
        ) {
            self.address = address
            self.connections = connections
            self.blocked = blocked
            self.commands = commands
            self.queueCount = queueCount
            self.queues = queues
        }
    }
}

extension StatusReport.Door {
    var value: Value {
        JSONObject([
            ("address", .text(address)), ("connections", Value(connections)), ("blocked", Value(blocked)),
            ("commands", Value(commands)), ("queue_count", Value(queueCount)),
            ("queues", .list(queues.map(\.value))),
        ]).value
    }
}

extension StatusReport.Door.Queue {
    var value: Value {
        JSONObject([
            ("name", .text(name)), ("queued", Value(queued)), ("delayed", Value(delayed)),
            ("in_flight", Value(inFlight)), ("spent", Value(spent)), ("jobs_in", Value(jobsIn)),
            ("jobs_out", Value(jobsOut)),
        ]).value
    }
}
