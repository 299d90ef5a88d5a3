package import Connecting

/// What the polling state machine wants to know next.
package enum PollingQuery: Sendable, Hashable {
    /// The highest keys, at most `limit`; answered with `newest`.
    case newest(limit: Int)
    /// Whole rows above the cursor, in the order of the key; answered with `page`.
    case page(after: RowIdentity?, limit: Int)
    /// Whole rows with ids in these ranges, in the order of the key; answered with `gapRows`.
    case gaps([ClosedRange<Int64>], limit: Int)
    /// Whole rows that were read before; answered with `reread`.
    case reread(after: RowIdentity?, through: RowIdentity, limit: Int)
    /// The open transactions; answered with `transactions`.
    case transactions
    /// Nothing before this time on the monotonic clock.
    case wait(untilMonotonicMilliseconds: Int64)
}

/// A part of the rows that just came, to be handed on with the position behind them.
package struct Emission: Sendable, Hashable {
    package let kind: SourceBatch.Kind
    /// Positions in the rows of the answer.
    package let rows: Range<Int>
    package let position: [UInt8]
    package let positionText: String
}
