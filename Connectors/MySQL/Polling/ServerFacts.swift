/// What a server says about itself when a connection is made.
package struct ServerFacts: Sendable, Hashable {
    /// `@@server_uuid` or `@@server_uid`, with `@@server_id` behind it.
    package var uuid: String
    /// Whether open transactions can be listed and every commit on this server shows in that list: the PROCESS right,
    /// no replica, no Galera.
    package var listsTransactions: Bool
    /// `auto_increment_increment` and `_offset` where all rows are written on this server; else 1 and 1.
    package var increment: Int64
    package var offset: Int64

    package init(uuid: String, listsTransactions: Bool, increment: Int64 = 1, offset: Int64 = 1) {
        self.uuid = uuid
        self.listsTransactions = listsTransactions
        self.increment = max(increment, 1)
        self.offset = offset
    }

    /// Whether the server itself would hand out no id between these two.
    func leavesNoRoom(between low: Int64, and high: Int64) -> Bool {
        guard increment > 1, low > 0 else { return false }
        let residue = offset % increment
        return high - low <= increment && low % increment == residue && high % increment == residue
    }
}

/// An open transaction, as `information_schema.innodb_trx` lists it.
package struct OpenTransaction: Sendable, Hashable {
    package var thread: UInt64
    package var id: UInt64
    /// `trx_started` as digits; it has a resolution of a second.
    package var started: UInt64

    package init(thread: UInt64, id: UInt64, started: UInt64) {
        self.thread = thread
        self.id = id
        self.started = started
    }

    /// A transaction that has only read gets its id from an address; the id changes once it writes.
    private var hasWriterId: Bool { id < 1 << 48 }

    func isSame(as other: OpenTransaction) -> Bool {
        (thread == other.thread && started == other.started) || (hasWriterId && id == other.id)
    }
}
