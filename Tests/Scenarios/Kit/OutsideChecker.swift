import ExampleShop
import Foundation

/// Runs `Tests/Torture/checker` over what a stage has left.
enum OutsideChecker {
    static func judge(
        _ stage: Stage, receivers: [String: PartnerReceiver]
    ) throws -> (output: String, status: Int32) {
        guard let service = stage.service else { throw StageError.noService }
        var words = [
            "python3", "-B", Binary.package + "/Tests/Torture/checker", "--socket", stage.server.socketPath, "--files",
            stage.folder.file("archive"),
        ]
        for (name, receiver) in receivers { words += ["--receiver", "\(name)=\(receiver.logPath)"] }
        for customer in ["1001", "1002", "1003"] {
            let bill = try service.command(
                [
                    "bill", "report", "--customer", customer, "--month", month(), "--json", "--routes",
                    service.routesFolder,
                ], environment: stage.environment)
            let path = stage.folder.file("bill-\(customer).json")
            try bill.output.write(toFile: path, atomically: true, encoding: .utf8)
            words += ["--bill", path]
        }
        let lines = stage.folder.file("lines.json")
        try service.command(["bill", "lines"]).output.write(toFile: lines, atomically: true, encoding: .utf8)
        words += ["--lines", lines]
        return try CommandRun.run(words, log: stage.folder.file("checker.err"))
    }

    private static func month() -> String {
        let formatter = DateFormatter()
        formatter.timeZone = TimeZone(identifier: "Europe/Berlin")
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM"
        return formatter.string(from: Date())
    }
}
