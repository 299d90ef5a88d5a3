package import Connecting
import RouteLanguage
package import Store

/// The running readers of tables, one a route that reads one. Owned by the core's thread.
package final class Readers {
    private struct Running {
        let reader: any SourceReader
        let settings: ConnectionSettings
        let request: SourceRequest
        let generation: UInt64
    }

    /// What a reader tells while it runs, by route.
    package typealias ConditionChanged = @Sendable (RouteID, SourceCondition) -> Void

    /// Batches that a reader may have under way.
    package static let credit = 4

    private let connectors: [String: any SourceConnector]
    private let mailbox: Mailbox
    private let conditionChanged: ConditionChanged
    private var running: [RouteID: Running] = [:]
    private var nextGeneration: UInt64 = 1

    package init(
        connectors: [String: any SourceConnector], mailbox: Mailbox, conditionChanged: @escaping ConditionChanged
    ) {
        self.connectors = connectors
        self.mailbox = mailbox
        self.conditionChanged = conditionChanged
    }

    /// Which reader's batches are taken for each route; those of an older one are dropped, and read again.
    package var generations: [RouteID: UInt64] { running.mapValues(\.generation) }

    /// Checks that every source of the plan can be opened as it is declared, before anything is changed.
    package func prepare(
        _ plan: LoadedPlan, resolver: SettingsResolver
    ) throws(ConnectionError) -> [RouteID: ConnectionSettings] {
        var prepared: [RouteID: ConnectionSettings] = [:]
        for route in plan.routes {
            guard let index = route.plan.source.connection else { continue }
            let connection = plan.plan.connections[index]
            guard connectors[connection.connector] != nil else {
                throw ConnectionError(
                    connection: connection.name, problem: "a \(connection.connector) connection cannot be read from",
                    remedy: "read from a mysql connection")
            }
            prepared[route.id] = try resolver.settings(of: connection, in: plan.plan)
        }
        return prepared
    }

    /// Starts, keeps and stops readers so that they are those of the plan. A reader whose source is unchanged goes on.
    /// - Parameters:
    ///   - unfit: routes that are not read, by name, with the reason.
    ///   - position: of the last committed batch.
    /// - Throws: where one cannot be opened; then all go on as they were.
    package func run(
        _ plan: LoadedPlan, settings: [RouteID: ConnectionSettings], unfit: [String: String],
        position: (RouteID) -> [UInt8]?
    ) throws(ConnectionError) {
        var next: [RouteID: Running] = [:]
        for route in plan.routes where unfit[route.plan.name] == nil {
            guard let settings = settings[route.id], let request = route.plan.source.request else { continue }
            if let entry = running[route.id], entry.settings == settings, entry.request == request {
                next[route.id] = entry
                continue
            }
            do throws(ConnectionError) {
                next[route.id] = try open(route, plan: plan, settings, request, position(route.id))
            } catch {
                for (id, entry) in next where entry.generation != running[id]?.generation { entry.reader.close() }
                throw error
            }
        }
        replace(by: next)
        for route in plan.routes {
            guard let reason = unfit[route.plan.name] else { continue }
            conditionChanged(
                route.id,
                SourceCondition(
                    state: .refused(reason: reason), gapsOpen: 0, seesTransactions: false, positionText: ""))
        }
    }

    /// New readers get their credit only now: none has read a row before it is sure that it stays.
    private func replace(by next: [RouteID: Running]) {
        let before = running
        running = next
        for (id, entry) in before where next[id]?.generation != entry.generation { entry.reader.close() }
        for (id, entry) in next where before[id]?.generation != entry.generation {
            entry.reader.grant(batches: Self.credit)
        }
    }

    private func open(
        _ route: LoadedRoute, plan: LoadedPlan, _ settings: ConnectionSettings, _ request: SourceRequest,
        _ position: [UInt8]?
    ) throws(ConnectionError) -> Running? {
        guard let index = route.plan.source.connection,
            let connector = connectors[plan.plan.connections[index].connector]
        else { return nil }
        let generation = nextGeneration
        nextGeneration += 1
        let id = route.id
        let reader = try connector.open(
            settings, request, position: position,
            batches: { [mailbox] batch in mailbox.post(batch, of: id, generation: generation) },
            condition: { [conditionChanged] condition in conditionChanged(id, condition) })
        return Running(reader: reader, settings: settings, request: request, generation: generation)
    }

    package func grant(_ grants: [RouteID: Int]) {
        for (route, count) in grants { running[route]?.reader.grant(batches: count) }
    }

    package func close() {
        for entry in running.values { entry.reader.close() }
        running.removeAll()
    }
}
