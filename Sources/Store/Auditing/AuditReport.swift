/// What an audit found: the account of every route, and by id whatever does not add up.
package struct AuditReport: Sendable, Hashable {
    /// A way in which facts contradict each other.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        // The account of messages.
        case vanished
        case endedTwice = "ended_twice"
        case endedAndWaiting = "ended_and_waiting"
        case queuedTwice = "queued_twice"
        case endedUnseen = "ended_unseen"
        case queuedUnseen = "queued_unseen"
        case reopenedUnended = "reopened_unended"
        // The account of deliveries.
        case deliveredUnbilled = "delivered_unbilled"
        case billedUndelivered = "billed_undelivered"
        case deliveredTwice = "delivered_twice"

        package var sentence: String {
            switch self {
            case .vanished: "seen, but neither ended nor waiting"
            case .endedTwice: "ended more than once"
            case .endedAndWaiting: "ended, and still waiting"
            case .queuedTwice: "waiting more than once"
            case .endedUnseen: "ended, but never seen"
            case .queuedUnseen: "waiting, but never seen"
            case .reopenedUnended: "taken up again without having ended"
            case .deliveredUnbilled: "delivered, but not billed"
            case .billedUndelivered: "billed, but not delivered"
            case .deliveredTwice: "delivered more than once by one step"
            }
        }
    }

    /// All messages, or deliveries, of one kind.
    package struct Finding: Sendable, Hashable {
        package let kind: Kind
        /// Exact.
        package let count: Int
        /// The first ones: message ids of `route`, or `customer message step [item]` of a delivery.
        package let ids: [String]
    }

    package struct RouteAccount: Sendable, Hashable {
        package let route: String
        package let account: Account
        /// Messages of the route found in the queue, children not counted.
        package let queued: Int64
        /// Seen equals the sum of final words and of what is waiting in the queue.
        package var addsUp: Bool { account.waiting == queued && account.words.values.allSatisfy { $0 >= 0 } }
    }

    package let routes: [RouteAccount]
    /// Deliveries that have a `bill`, and billing records, within what is kept.
    package let billedDeliveries: Int
    package let billingRecords: Int
    package let findings: [Finding]
    /// Messages and records whose other half is older than what is kept: not contradicted, not proved.
    package let beyondRetention: Int

    package var addsUp: Bool { findings.isEmpty && routes.allSatisfy(\.addsUp) }
}
