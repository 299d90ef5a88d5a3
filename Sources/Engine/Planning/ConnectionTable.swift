package import Connecting
import Queue
package import RouteLanguage

/// The connections that are open, by their place in the table: dispatches name it. A connection stays open as long as a
/// plan uses it; a plan with other settings gets a connection of its own, unless both write to one place.
package final class ConnectionTable {
    private struct Open {
        let name: String
        let type: String
        let settings: ConnectionSettings
        let place: String?
        let connection: any DeliveryConnection
        let firstHost: Int
    }

    private var open: [Open] = []
    private let connectors: [String: any DeliveryConnector]
    private let extents: (String) -> [FileExtent]
    private let outcomes: @Sendable ([DeliveryOutcome]) -> Void
    /// Every host of every connection, in the order of `HostID`.
    package private(set) var hosts: [(connection: String, name: String)] = []

    package init(
        connectors: [String: any DeliveryConnector], extents: @escaping (String) -> [FileExtent],
        outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) {
        self.connectors = connectors
        self.extents = extents
        self.outcomes = outcomes
    }

    /// Opens what the plan delivers to and is not open yet.
    /// - Returns: by index of `Plan.connections`.
    package func destinations(
        of plan: Plan, resolver: SettingsResolver
    ) throws(ConnectionError) -> [Destination?] {
        var destinations: [Destination?] = []
        for connection in plan.connections {
            guard connectors[connection.connector] != nil else {
                destinations.append(nil)
                continue
            }
            let settings = try resolver.settings(of: connection, in: plan)
            destinations.append(try destination(connection, settings))
        }
        return destinations
    }

    private func destination(
        _ plan: ConnectionPlan, _ settings: ConnectionSettings
    ) throws(ConnectionError) -> Destination? {
        guard let connector = connectors[plan.connector] else { return nil }
        let place = connector.place(of: settings)
        let known = open.firstIndex { entry in
            guard entry.type == plan.connector else { return false }
            return place == nil ? entry.name == plan.name && entry.settings == settings : entry.place == place
        }
        let index: Int
        if let known {
            index = known
        } else {
            let connection = try connector.open(settings, extents: extents(place ?? plan.name), outcomes: outcomes)
            open.append(
                Open(
                    name: plan.name, type: plan.connector, settings: settings, place: place, connection: connection,
                    firstHost: hosts.count))
            hosts.append(contentsOf: connection.hosts.map { (plan.name, $0) })
            index = open.count - 1
        }
        let entry = open[index]
        return Destination(
            connection: index, name: plan.name, type: entry.type, place: place,
            hosts: entry.connection.hosts.indices.map { HostID(rawValue: entry.firstHost + $0) },
            inFlightByDefault: entry.connection.inFlightByDefault)
    }

    /// The senders by place, for the thread that lets dispatches out.
    package var senders: [any DeliveryConnection] { open.map(\.connection) }
}
