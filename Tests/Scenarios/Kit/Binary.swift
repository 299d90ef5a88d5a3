import Foundation

/// Where the programs under test are.
enum Binary {
    /// `WAYBILL_BINARY`, else the one built beside the test bundle.
    static var waybill: String {
        if let named = environment["WAYBILL_BINARY"] { return named }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/waybill"
    }

    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    static func number(_ name: String, _ usual: Int) -> Int { environment[name].flatMap { Int($0) } ?? usual }

    /// The package's folder, from this file's place in it.
    static var package: String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }
}
