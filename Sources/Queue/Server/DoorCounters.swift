/// What the queue's door has done since it was opened.
package struct DoorCounters: Sendable, Hashable {
    package var connections = 0
    /// Of them, those that wait for jobs.
    package var blocked = 0
    package var accepted: UInt64 = 0
    /// Turned away: too many connections.
    package var refused: UInt64 = 0
    /// Closed for what they sent, left unread or failed to say in time.
    package var expelled: UInt64 = 0
    package var commands: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package init() {}
}
