import Message
import Store

/// A queue as the broker knows it between commands: what every command asks of it without the index, and who waits.
final class BrokerQueue {
    let id: JobQueueID
    let name: [UInt8]
    /// As the index keeps it.
    var pause: PauseState
    /// When a job last came into the queue or was handed out; idleness counts from here.
    var lastUsed: Instant
    var waiting = WaitingLine()
    /// Somebody waits and a job may have come: it is looked at when the turn ends.
    var isReady = false
    /// Dropped: whoever remembered it looks it up again.
    var isGone = false
    /// `BlockedWait.ticket` of the last one who joined the line: a queue that is named twice is joined once.
    var lastTicket: UInt64 = 0
    /// `*3 $queue $40`: how a job's reply begins, up to its id.
    let replyHead: [UInt8]

    init(id: JobQueueID, name: [UInt8], pause: PauseState, lastUsed: Instant) {
        self.id = id
        self.name = name
        self.pause = pause
        self.lastUsed = lastUsed
        var head = ReplyBuffer()
        head.array(3)
        head.bulk(name)
        head.raw("$40\r\n")
        replyHead = head.bytes
    }

    func hasName(_ word: UnsafeRawBufferPointer) -> Bool { name.hasBytes(word) }
}

extension [UInt8] {
    func hasBytes(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { $0.elementsEqual(other) }
    }
}
