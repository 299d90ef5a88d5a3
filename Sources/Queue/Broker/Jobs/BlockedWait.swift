package import Message

/// A GETJOB that found nothing: one client in the lines of one or more queues.
package final class BlockedWait {
    /// Increases: who waits longer has the smaller one.
    let ticket: UInt64
    /// Looked at only while the wait is not over: a client that goes ends its wait.
    unowned let client: BrokerClient
    let queues: [BrokerQueue]
    let withCounters: Bool
    /// `.never`: for ever.
    package let deadline: Instant
    /// Served, timed out or gone; the lines forget it when they come to it.
    var isOver = false

    init(ticket: UInt64, client: BrokerClient, queues: [BrokerQueue], withCounters: Bool, deadline: Instant) {
        self.ticket = ticket
        self.client = client
        self.queues = queues
        self.withCounters = withCounters
        self.deadline = deadline
    }
}
