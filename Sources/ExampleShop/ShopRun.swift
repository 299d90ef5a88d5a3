import Foundation
import Glibc

/// One `make run`: the world, the service, the numbers, the bill.
struct ShopRun {
    let settings: RunSettings
    private let clock = ContinuousClock()

    /// The process's exit status.
    func run() throws(ShopError) -> Int32 {
        let folder = try RunFolder(settings.folder, isFresh: !settings.keepsData)
        say("a private MariaDB starts in \(folder.path)")
        let world = try ShopWorld(folder: folder, diesWithParent: true)
        defer { world.stop() }
        let connection = try world.server.connect()
        try fill(connection)
        say("acme listens on \(world.acme.port), globex on \(world.globex.port); the service starts")
        let service = try ServiceProcess(
            binary: settings.binary, routesFolder: settings.routes, folder: folder, environment: world.environment,
            diesWithParent: true)
        defer { service.child.stop() }
        say("the service is ready: http://127.0.0.1:\(service.adminPort)/metrics; Ctrl-C ends and bills")
        try watch(service, connection)
        return try close(service, world, connection)
    }

    private func fill(_ connection: ShopConnection) throws(ShopError) {
        let present = try connection.number("SELECT COUNT(*) FROM orders")
        guard settings.orders > present else { return }
        let start = clock.now
        try ShopFilling.fill(connection, ordinals: present + 1..<settings.orders + 1)
        say("\(settings.orders - present) orders written in \(seconds(clock.now - start)) s")
    }

    /// Until every order is settled (`ONCE`), a signal, or the death of a child.
    private func watch(_ service: ServiceProcess, _ connection: ShopConnection) throws(ShopError) {
        var progress = RunProgress()
        let first = try connection.number("SELECT COUNT(*) FROM orders") + 1
        let start = clock.now
        var next = first
        while !StopSignal.hasCome {
            if let status = service.child.exitStatus() {
                throw ShopError.ended(program: "waybill serve", status: status, log: service.log)
            }
            let status = try service.status()
            progress.show(status)
            if settings.isOnce, status["seen"] >= next - 1, status.isSettled { return }
            if !settings.isOnce, settings.rate > 0 {
                let elapsed = (clock.now - start).components
                let due = first + Int(elapsed.seconds) * settings.rate
                if due > next { try ShopFilling.fill(connection, ordinals: next..<due) }
                next = max(next, due)
            }
            usleep(250_000)
        }
    }

    /// The service ends in order, then its state is asked for the account and the bill.
    private func close(
        _ service: ServiceProcess, _ world: ShopWorld, _ connection: ShopConnection
    ) throws(ShopError) -> Int32 {
        let ended = service.child.stop(graceMilliseconds: 60_000)
        if ended != 0 { say("the service ended with \(ended); see \(service.log)") }
        let environment = world.environment
        let routes = ["--routes", settings.routes]
        let bill = try service.command(["bill", "report", "--month", Self.month()] + routes, environment: environment)
        print(bill.output)
        let audit = try service.command(["audit"], environment: environment)
        print(audit.output)
        let answer = try service.command(["status", "--json"], environment: environment)
        let status = try ServiceStatus(Array(answer.output.utf8))
        let rows = try connection.number("SELECT COUNT(*) FROM orders")
        let isComplete = !settings.isOnce || (status["seen"] == rows && status.isSettled)
        let isRight = status.addsUp && audit.status == 0 && bill.status == 0 && ended == 0 && isComplete
        if !isRight {
            say("the account does not add up: \(rows) rows in MySQL, audit ended with \(audit.status)")
        }
        print(status.line)
        fflush(nil)
        return isRight ? 0 : 1
    }

    private func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    private func seconds(_ duration: Duration) -> String {
        "\(duration.components.seconds).\(duration.components.attoseconds / 100_000_000_000_000_000)"
    }

    /// `2026-11` now, in the zone of the example's tariffs.
    private static func month() -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Berlin") ?? .gmt
        let parts = calendar.dateComponents([.year, .month], from: Date())
        let month = parts.month ?? 1
        return "\(parts.year ?? 1970)-\(month < 10 ? "0" : "")\(month)"
    }
}
