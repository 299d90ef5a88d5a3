import Connecting
package import Message
package import Queue
package import RouteLanguage
package import Store

/// A plan with its names bound to what the core holds: queues, hosts, the store's numbers.
package final class LoadedPlan {
    package let id: PlanID
    package let plan: Plan
    package let shapes: ShapeTable
    package let routes: [LoadedRoute]
    /// By index of `Plan.connections`; nil for connections that nothing is delivered to.
    package let destinations: [Destination?]

    package init(
        id: PlanID, plan: Plan, routes: [LoadedRoute], destinations: [Destination?]
    ) {
        self.id = id
        self.plan = plan
        shapes = ShapeTable(shapes: plan.shapes)
        self.routes = routes
        self.destinations = destinations
    }

    /// The route by the store's number for its name.
    package func route(_ id: RouteID) -> LoadedRoute? { routes.first { $0.id == id } }
}

/// A connection that is open, as the core sees it.
package struct Destination: Sendable {
    /// Position in the table of open connections: where dispatches go.
    package let connection: Int
    package let name: String
    /// `http`, `file`: what tariffs call the destination's type.
    package let type: String
    /// What how far its files reach is kept under.
    package let place: String
    package let hosts: [HostID]
    package let inFlightByDefault: Int

    /// - Parameter place: its name where it is nil.
    package init(
        connection: Int, name: String, type: String, place: String? = nil, hosts: [HostID],
        inFlightByDefault: Int = 64
    ) {
        self.place = place ?? name
        self.connection = connection
        self.name = name
        self.type = type
        self.hosts = hosts
        self.inFlightByDefault = inFlightByDefault
    }
}

/// One route of a loaded plan.
package final class LoadedRoute {
    package let plan: RoutePlan
    package let id: RouteID
    package let queue: QueueID
    package let queuePlan: QueuePlan
    /// `shop.orders/`, `queue.inbox/`: what a row's identity or a job's id is put behind to make the message's id.
    package let messagePrefix: String
    /// The slot that is known to hold the same as slot 0 when a message is admitted.
    package let sameAsCurrent: Int?
    /// Bytes that tell this route's keys from another's.
    package let keyScope: [UInt8]

    /// - Parameter connections: of its plan.
    package init(plan: RoutePlan, id: RouteID, queue: QueueID, queuePlan: QueuePlan, connections: [ConnectionPlan]) {
        self.plan = plan
        self.id = id
        self.queue = queue
        self.queuePlan = queuePlan
        messagePrefix =
            switch plan.source.origin {
            case .table(let connection, let request): "\(connections[connection].name).\(request.table)/"
            case .queue(let name): "queue.\(name)/"
            }
        sameAsCurrent = plan.intake.contains(where: \.replacesCurrent) ? nil : plan.source.nameSlot
        keyScope = Array(plan.name.utf8) + [0]
    }
}

extension Instruction {
    /// Whether slot 0 holds something else after it.
    fileprivate var replacesCurrent: Bool {
        switch self {
        case .setField, .map: true
        case .setSlot(let slot, _): slot == 0
        case .filter, .validate, .branch, .jump, .deliver, .split, .fanout, .deadLetter, .log, .stop, .end: false
        }
    }
}
