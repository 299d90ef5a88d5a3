import Connecting
import Engine
import RouteLanguage
import Synchronization
import Testing

/// Who may write to what: one connection a place.
@Suite struct ConnectionTableTests {
    private let resolver = SettingsResolver(environment: [:], folder: "/etc/shop", readFile: { _ in nil })

    private func plan(_ connections: [(name: String, root: String)]) -> Plan {
        let declared = connections.map { connection in
            ConnectionPlan(
                name: connection.name, connector: "file",
                settings: [(name: "root", value: .constant(.text(connection.root)))])
        }
        return Plan(
            hash: "handmade", connections: declared, queues: [], routes: [], tariffs: [], shapes: [], environment: [],
            secrets: [])
    }

    private func table(_ opened: OpenedPlaces) -> ConnectionTable {
        ConnectionTable(
            connectors: ["file": opened], extents: { [FileExtent(path: $0, inode: 1, length: 1)] }, outcomes: { _ in })
    }

    @Test func aConnectionThatIsRenamedKeepsTheOneOwnerOfItsFiles() throws {
        let opened = OpenedPlaces()
        let table = table(opened)
        let before = try table.destinations(of: plan([("archive", "out")]), resolver: resolver)
        let after = try table.destinations(of: plan([("files", "out")]), resolver: resolver)
        #expect(opened.count == 1)
        #expect(before[0]?.connection == after[0]?.connection && before[0]?.place == after[0]?.place)
        #expect(after[0]?.name == "files", "tariffs name it as its plan does")
    }

    @Test func anotherRootIsAnotherPlaceWhateverItsName() throws {
        let opened = OpenedPlaces()
        let table = table(opened)
        let before = try table.destinations(of: plan([("archive", "out")]), resolver: resolver)
        let after = try table.destinations(of: plan([("archive", "new")]), resolver: resolver)
        #expect(opened.count == 2)
        #expect(before[0]?.place == "out" && after[0]?.place == "new")
    }
}

/// Opens nothing, and counts.
private final class OpenedPlaces: DeliveryConnector {
    private let opened = Mutex(0)
    var count: Int { opened.withLock { $0 } }

    func place(of settings: ConnectionSettings) -> String? { settings.text("root") }

    func open(
        _ settings: ConnectionSettings, extents: [FileExtent], outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) throws(ConnectionError) -> any DeliveryConnection {
        opened.withLock { $0 += 1 }
        return Nowhere()
    }

    private final class Nowhere: DeliveryConnection {
        let hosts = ["nowhere"]
        let inFlightByDefault = 1
        func send(_ batch: [Dispatch]) {}
        func close(graceMilliseconds: Int64) {}
    }
}
