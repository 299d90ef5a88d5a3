package import Connecting
package import Message
package import Store

/// What the core takes up in one turn: everything that became ready since the last one.
package struct TurnInput {
    package var outcomes: [DeliveryOutcome] = []
    package var batches: [ReadBatch] = []
    package var commands: [Command] = []
    package init() {}

    package var isEmpty: Bool { outcomes.isEmpty && batches.isEmpty && commands.isEmpty }
}

/// A batch with the reader that it came from.
package struct ReadBatch: Sendable {
    package let route: RouteID
    package let generation: UInt64
    package let batch: SourceBatch
    package init(route: RouteID, generation: UInt64, batch: SourceBatch) {
        self.route = route
        self.generation = generation
        self.batch = batch
    }
}

/// What may leave once the turn is on disk.
package struct TurnEffects {
    /// By position in the table of open connections.
    package var dispatches: [Int: [Dispatch]] = [:]
    /// Batches that were taken up: their readers may go on.
    package var grants: [RouteID: Int] = [:]
    package var replies: [@Sendable () -> Void] = []
    package var notices: [Notice] = []
    package init() {}
}

/// Something that the operator reads in the log.
package struct Notice: Sendable, Hashable {
    package enum Level: Sendable, Hashable { case info, warning, error }
    package let level: Level
    package let text: String
    package let fields: [Field]

    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ level: Level, _ text: String, _ fields: [Field] = []) {
        self.level = level
        self.text = text
        self.fields = fields
    }
}

/// The moment of a turn. `now` runs on the monotonic clock from an anchor that was taken at start, so that deadlines
/// never jump; `wall` is what the calendar says, for what is priced and printed.
package struct TurnTime: Sendable, Hashable {
    package let now: Instant
    package let wall: Instant
    package init(now: Instant, wall: Instant) {
        self.now = now
        self.wall = wall
    }
}
