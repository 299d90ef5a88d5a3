import Glibc

/// `waybill serve` as a child, and what it says about itself.
package final class ServiceProcess {
    package let binary: String
    package let dataFolder: String
    package let routesFolder: String
    package let child: ChildProcess
    package let adminPort: UInt16
    package let log: String

    /// Starts it on a free admin port and waits for its ready line.
    package init(
        binary: String, routesFolder: String, folder: RunFolder, environment: [String: String],
        data: String = "waybill", diesWithParent: Bool = false, readySeconds: Int = 60
    ) throws(ShopError) {
        self.binary = binary
        self.routesFolder = routesFolder
        dataFolder = folder.file(data)
        log = folder.file("waybill.log")
        let output = folder.file("waybill.out")
        unlink(output)
        child = try ChildProcess(
            [binary, "serve", "--routes", routesFolder, "--data", dataFolder, "--admin", "127.0.0.1:0"],
            environment: environment, output: output, error: log, diesWithParent: diesWithParent)
        let deadline = Deadline(milliseconds: readySeconds * 1_000)
        while true {
            if let port = Self.readyPort(folder.text("waybill.out")) {
                adminPort = port
                return
            }
            if let status = child.exitStatus() {
                throw ShopError.ended(program: "waybill serve", status: status, log: log)
            }
            if deadline.isOver {
                child.killNow()
                throw ShopError.notReady(program: "waybill serve", seconds: readySeconds, log: log)
            }
            usleep(5_000)
        }
    }

    /// From `ready admin=127.0.0.1:PORT disque=off routes=N`.
    private static func readyPort(_ output: String) -> UInt16? {
        for line in output.split(separator: "\n") where line.hasPrefix("ready ") && output.hasSuffix("\n") {
            for word in line.split(separator: " ") where word.hasPrefix("admin=") {
                return word.split(separator: ":").last.flatMap { UInt16($0) }
            }
        }
        return nil
    }

    package func status() throws(ShopError) -> ServiceStatus {
        try ServiceStatus(try AdminAnswer.get("/admin/status", port: adminPort, dataFolder: dataFolder))
    }

    /// Runs another command of the same binary on the same data; its stdout and exit status.
    package func command(_ words: [String], environment: [String: String] = [:]) throws(ShopError) -> (
        output: String, status: Int32
    ) {
        try CommandRun.run([binary] + words + ["--data", dataFolder], environment: environment, log: log)
    }
}
