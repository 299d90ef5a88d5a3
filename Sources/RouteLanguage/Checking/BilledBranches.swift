/// The branches of every `choose` and `fanout` of a route that hold a billed delivery: which of its siblings shows that a
/// delivery is not billed.
struct BilledBranches {
    private struct Place: Hashable {
        let group: Int
        let connector: String
    }

    /// Positions of billed deliveries in order; the first of each of two branches is all that is ever asked for.
    private var found: [Place: [(branch: Int, index: Int)]] = [:]

    init(_ deliveries: [DeliveryDraft]) {
        for (index, delivery) in deliveries.enumerated() where delivery.bill != nil && !delivery.isInHandler {
            for alternative in delivery.alternatives {
                let place = Place(group: alternative.group, connector: delivery.connection.plan.connector)
                let known = found[place, default: []]
                guard known.count < 2, !known.contains(where: { $0.branch == alternative.branch }) else { continue }
                found[place, default: []].append((alternative.branch, index))
            }
        }
    }

    /// The first billed delivery that stands in another branch of a block around this one, and goes to a connection of
    /// the same kind.
    func firstSibling(of delivery: DeliveryDraft) -> Int? {
        delivery.alternatives.compactMap { alternative in
            let place = Place(group: alternative.group, connector: delivery.connection.plan.connector)
            return found[place]?.first { $0.branch != alternative.branch }?.index
        }.min()
    }
}
