package import Message

/// What a route reads: columns of one table in the order of an increasing key.
package struct SourceRequest: Sendable, Hashable {
    package let table: String
    /// Columns to read, in the order that rows carry them, with the types that the lock file gives.
    package let columns: [Column]
    /// Positions in `columns` of the `after` columns; the last ones are the primary key.
    package let after: [Int]
    package let primaryKey: [Int]
    package let everyMilliseconds: Int64
    package let batch: Int
    package let start: StartPosition
    /// How far back the sweep may go: 24 h, and never further than `within` of `unique`.
    package var sweepBackMilliseconds: Int64

    package struct Column: Sendable, Hashable {
        package let name: String
        /// As `information_schema` writes it: `decimal(12,2)`, `bigint unsigned`.
        package let sqlType: String
        package init(name: String, sqlType: String) {
            self.name = name
            self.sqlType = sqlType
        }
    }

    package enum StartPosition: Sendable, Hashable {
        case first
        case now
        case after(Int64)
    }

    package init(
        table: String, columns: [Column], after: [Int], primaryKey: [Int], everyMilliseconds: Int64, batch: Int,
        start: StartPosition, sweepBackMilliseconds: Int64 = 86_400_000
    ) {
        self.table = table
        self.columns = columns
        self.after = after
        self.primaryKey = primaryKey
        self.everyMilliseconds = everyMilliseconds
        self.batch = batch
        self.start = start
        self.sweepBackMilliseconds = sweepBackMilliseconds
    }
}

/// What makes a row the same row: its `after` columns, which end with the primary key.
package enum RowIdentity: Sendable, Hashable {
    /// A single integer column: ordered, so that what is known can be kept as ranges.
    case int(Int64)
    /// Anything else, encoded so that equal columns give equal bytes.
    case bytes([UInt8])
}

/// A row as it was read.
package struct SourceRow: Sendable {
    package let identity: RowIdentity
    /// Identity as people write it, behind the table's name in a message's id: `4711`, `2026-11-24T10:00:00,4711`.
    package let identityText: String
    /// Values in the order of `SourceRequest.columns`.
    package let values: [Value]
    /// Hash of all columns as they arrived.
    package let content: UInt64
    /// Hash of all columns but primary key and `after` columns: what tells a duplicate from a conflict.
    package let contentBesidesKey: UInt64
    /// Why the row could not be read whole (it is too big): only its key columns have values then. It is taken up as a
    /// message that failed with this sentence, so that it is neither lost nor in the way of the next one.
    package let problem: String?

    package init(
        identity: RowIdentity, identityText: String, values: [Value], content: UInt64, contentBesidesKey: UInt64,
        problem: String? = nil
    ) {
        self.identity = identity
        self.identityText = identityText
        self.values = values
        self.content = content
        self.contentBesidesKey = contentBesidesKey
        self.problem = problem
    }
}

/// Rows that were read together, with the position of the source behind them. Batches of one source arrive in order;
/// committing a batch's position commits all before it.
package struct SourceBatch: Sendable {
    package enum Kind: Sendable, Hashable {
        /// Rows above everything read before, or inside a gap that was open: not seen before.
        case fresh
        /// Rows that may be known: the sweep, or a window that is read again after a failover. `known` must be asked.
        case reread
        /// The server is another one (failover) and this window is compared by content, not by id alone.
        case failover
    }

    package let kind: Kind
    package let rows: [SourceRow]
    /// Opaque to the engine; stored in the commit that admits the rows, and given back at the next start.
    package let position: [UInt8]
    /// What people see: `after id 5,000,000, 2 gaps open`.
    package let positionText: String

    package init(kind: Kind, rows: [SourceRow], position: [UInt8], positionText: String) {
        self.kind = kind
        self.rows = rows
        self.position = position
        self.positionText = positionText
    }
}

/// How a source fares, for `/ready`, metrics and `status`.
package struct SourceCondition: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case starting, reading, idle
        /// Not reachable; tried again by itself.
        case away(reason: String)
        /// Cannot work until somebody acts (a used column is gone): the reason says what to do.
        case refused(reason: String)
    }
    package let state: State
    package let gapsOpen: Int
    /// Whether gaps close by the server's transaction list; otherwise by age.
    package let seesTransactions: Bool
    package let positionText: String
    /// Gaps that were given up because too many were open: what commits in them late, only the sweep finds.
    package let gapsForgotten: UInt64
    package init(
        state: State, gapsOpen: Int, seesTransactions: Bool, positionText: String, gapsForgotten: UInt64 = 0
    ) {
        self.state = state
        self.gapsOpen = gapsOpen
        self.gapsForgotten = gapsForgotten
        self.seesTransactions = seesTransactions
        self.positionText = positionText
    }
}

/// A running reader of one table, in a thread of its own.
package protocol SourceReader: AnyObject, Sendable {
    /// The engine has room for `count` more batches; a reader never has more than its credit under way.
    func grant(batches count: Int)
    func close()
}

/// A connector that can read.
package protocol SourceConnector: Sendable {
    /// - Parameters:
    ///   - position: what the last committed batch carried; nil at the first start.
    ///   - batches: called from the reader's thread.
    ///   - condition: called from the reader's thread when it changes.
    func open(
        _ settings: ConnectionSettings, _ request: SourceRequest, position: [UInt8]?,
        batches: @escaping @Sendable (SourceBatch) -> Void,
        condition: @escaping @Sendable (SourceCondition) -> Void
    ) throws(ConnectionError) -> any SourceReader
}
