package import Store

/// What a person asks of the core; answered after the turn that did it is on disk.
package enum Command: Sendable {
    /// A picture of the running state.
    case snapshot(reply: @Sendable (CoreSnapshot) -> Void)
    /// Works dead letters again.
    case retryDead(DeadLetterRetry, reply: @Sendable (DeadLetterRetry.Answer) -> Void)
}

package struct DeadLetterRetry: Sendable, Hashable {
    package enum Selection: Sendable, Hashable {
        case ids([Int64])
        case all(route: String?)
    }
    package let selection: Selection
    /// Also those of an at-most-once queue whose outcome is not known.
    package let force: Bool
    /// From the durability line of the newest plan, not from where it died: deliveries that succeeded are repeated.
    package let latest: Bool
    /// Only says what would be done.
    package let dryRun: Bool
    /// Who asked, for the audit notes.
    package let who: String

    package init(
        selection: Selection, force: Bool = false, latest: Bool = false, dryRun: Bool = false, who: String
    ) {
        self.selection = selection
        self.force = force
        self.latest = latest
        self.dryRun = dryRun
        self.who = who
    }

    package struct Answer: Sendable, Hashable {
        package var retried: [Int64] = []
        /// Of them, those that deliver again what was delivered before (`latest`), and how many deliveries that is.
        package var repeats: [Int64: Int] = [:]
        /// With the reason why not.
        package var refused: [Refusal] = []
        package init() {}

        package struct Refusal: Sendable, Hashable {
            package let id: Int64
            package let reason: String
        }
    }
}

/// The running state at the end of a turn.
package struct CoreSnapshot: Sendable {
    package var queues: [Queue] = []
    package var routes: [Route] = []
    package var hosts: [Host] = []
    package var entries = 0
    /// Records in the ledger.
    package var billed: Int64 = 0
    package var counters = CoreCounters()
    /// nil: there is no queue's door.
    package var door: DoorPicture?

    package struct Queue: Sendable {
        package let name: String
        package let waiting: Int
        package let inFlight: Int
        package let delayed: Int
        package let parked: Int
    }

    package struct Route: Sendable {
        package let name: String
        package let account: Account
        package let position: String
        /// The queue whose jobs it reads, and how many wait there; nil: it reads a table.
        package var queue: (name: String, waiting: Int)?
    }

    package struct Host: Sendable {
        package let connection: String
        package let name: String
        package let inFlight: Int
        package let waiting: Int
        package let isCutOff: Bool
    }

    package init() {}
}
