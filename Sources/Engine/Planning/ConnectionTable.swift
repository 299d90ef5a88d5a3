package import Connecting
import Queue
package import RouteLanguage

/// The connections that are open, by their place in the table: dispatches name it. A connection stays open as long as a
/// plan uses it; a plan with other settings gets a connection of its own.
package final class ConnectionTable {
    private struct Open {
        let name: String
        let type: String
        let settings: ConnectionSettings
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
        let known = open.firstIndex { $0.name == plan.name && $0.type == plan.connector && $0.settings == settings }
        let index: Int
        if let known {
            index = known
        } else {
            let connection = try connector.open(settings, extents: extents(plan.name), outcomes: outcomes)
            open.append(
                Open(
                    name: plan.name, type: plan.connector, settings: settings, connection: connection,
                    firstHost: hosts.count))
            hosts.append(contentsOf: connection.hosts.map { (plan.name, $0) })
            index = open.count - 1
        }
        let entry = open[index]
        return Destination(
            connection: index, name: entry.name, type: entry.type,
            hosts: entry.connection.hosts.indices.map { HostID(rawValue: entry.firstHost + $0) },
            inFlightByDefault: entry.connection.inFlightByDefault)
    }

    /// The senders by place, for the thread that lets dispatches out.
    package var senders: [any DeliveryConnection] { open.map(\.connection) }
}
