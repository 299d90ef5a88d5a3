import Foundation

/// A short command whose output is wanted.
package enum CommandRun {
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], log: String? = nil, seconds: Int = 120
    ) throws(ShopError) -> (output: String, status: Int32) {
        let path = NSTemporaryDirectory() + "/waybill-output-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let child = try ChildProcess(arguments, environment: environment, output: path, error: log)
        guard let status = child.wait(milliseconds: seconds * 1_000) else {
            child.killNow()
            throw ShopError.notReady(
                program: arguments.prefix(3).joined(separator: " "), seconds: seconds, log: log ?? "/dev/null")
        }
        return ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "", status)
    }
}
