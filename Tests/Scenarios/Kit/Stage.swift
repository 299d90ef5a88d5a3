import ExampleShop
import Foundation

/// One scenario's world: a folder, a MariaDB, route files and the service. Everything ends with it.
final class Stage {
    let folder: RunFolder
    let server: PrivateMariaDB
    let database: ShopConnection
    private(set) var service: ServiceProcess?
    private var receivers: [PartnerReceiver] = []
    var environment: [String: String]

    init() throws {
        folder = try RunFolder(NSTemporaryDirectory() + "/waybill-scenario-\(UUID().uuidString)", isFresh: true)
        server = try PrivateMariaDB(in: folder)
        try ShopSchema.create(server)
        database = try server.connect()
        environment = [
            "SHOP_DB": server.url, "SHOP_PASSWORD": ShopSchema.servicePassword, "ARCHIVE": folder.file("archive"),
        ]
    }

    deinit {
        service?.child.killNow()
        for receiver in receivers { receiver.stop() }
        server.stop()
        if Binary.environment["KEEP"] == nil { folder.remove() }
    }

    /// A partner whose address the routes read from `variable`.
    func receiver(
        _ variable: String = "PARTNER",
        _ behaviour: @escaping PartnerReceiver.Behaviour = { _, _ in PartnerAnswer(200) }
    ) throws -> PartnerReceiver {
        let receiver = try PartnerReceiver(
            logPath: folder.file("\(variable).log"), keepsRequests: true, behaviour: behaviour)
        receivers.append(receiver)
        environment[variable] = receiver.url
        return receiver
    }

    func writeRoutes(_ text: String) throws {
        let routes = folder.file("Routes")
        try FileManager.default.createDirectory(atPath: routes + "/schema", withIntermediateDirectories: true)
        try text.write(toFile: routes + "/orders.route", atomically: true, encoding: .utf8)
        let lock = try String(contentsOfFile: Binary.package + "/Routes/schema/shop.lock", encoding: .utf8)
        try lock.write(toFile: routes + "/schema/shop.lock", atomically: true, encoding: .utf8)
    }

    /// Starts `waybill serve` and waits until it is ready. `data` is an absolute or a relative folder.
    @discardableResult
    func serve(routes: String? = nil, data: String = "data") throws -> ServiceProcess {
        let service = try ServiceProcess(
            binary: Binary.waybill, routesFolder: routes ?? folder.file("Routes"), folder: folder,
            environment: environment, data: data)
        self.service = service
        return service
    }

    func insert(_ number: String, status: String = "paid", country: String = "DE", net: String = "10.00") throws {
        try insert(number, status: status, country: country, net: net, through: database)
    }

    func insert(
        _ number: String, status: String = "paid", country: String = "DE", net: String = "10.00",
        through connection: ShopConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO orders (number, customer_id, status, country, net, currency, placed_at, updated_at) VALUES
            ('\(number)', 1001, '\(status)', '\(country)', \(net), 'EUR', '2026-11-20 10:00:00', '2026-11-20 10:00:00')
            """)
    }

    /// Orders `S-1` to `S-count` in one statement.
    func insert(count: Int, from first: Int = 1) throws {
        try database.execute(
            """
            INSERT INTO orders (number, customer_id, status, country, net, currency, placed_at, updated_at)
            SELECT CONCAT('S-', seq), 1001, 'paid', 'DE', 10.00, 'EUR', '2026-11-20 10:00:00', '2026-11-20 10:00:00'
            FROM seq_\(first)_to_\(first + count - 1)
            """)
    }

    func totals() throws -> ServiceStatus {
        guard let service else { throw StageError.noService }
        return try service.status()
    }

    /// Polls until the condition holds; says what it saw last if it never does.
    func until(_ what: String, seconds: Int = 60, _ condition: (ServiceStatus) throws -> Bool) throws {
        let deadline = Deadline(milliseconds: seconds * 1_000)
        while true {
            let status = try totals()
            if try condition(status) { return }
            if deadline.isOver { throw StageError.never(what: what, last: status.line) }
            usleep(20_000)
        }
    }

    /// Every one of `rows` has been seen and has its final word.
    func untilSettled(rows: Int, seconds: Int = 60) throws {
        try until("all \(rows) rows are settled", seconds: seconds) { $0["seen"] >= rows && $0.isSettled }
    }

    /// Exit status of `waybill audit`: 0 if the account adds up.
    func audit() throws -> (output: String, status: Int32) {
        guard let service else { throw StageError.noService }
        return try service.command(["audit"], environment: environment)
    }
}

enum StageError: Error, CustomStringConvertible {
    case noService
    /// The queue's door is shut, or it closed the connection.
    case noDoor
    case inserting(String)
    case never(what: String, last: String)

    var description: String {
        switch self {
        case .noService: "no service was started"
        case .noDoor: "the queue's door does not answer"
        case .inserting(let problem): "orders could not be inserted: \(problem)"
        case .never(let what, let last): "it never happened that \(what); last seen: \(last)"
        }
    }
}
