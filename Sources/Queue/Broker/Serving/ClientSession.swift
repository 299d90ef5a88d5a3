import Message

/// What the broker remembers of a connection beside its jobs.
struct ClientSession {
    /// CLIENT REPLY.
    enum ReplyMode {
        case on
        case off
        /// The next command's reply is left out.
        case skipNext
        case skip
    }

    /// Wrong passwords in a row.
    var failedLogins = 0
    var replyMode = ReplyMode.on
    /// As CLIENT SETINFO names them.
    var libraryName: [UInt8] = []
    var libraryVersion: [UInt8] = []
    /// The client's commands wait for this moment; nil: for none.
    var heldUntil: Instant?
    /// Whether DEBUG SLEEP is still to be answered.
    var owesReply = false
    /// When the client was last seen waiting for jobs: it was not idle then.
    var lastWaiting = Instant(microseconds: .min)
}
