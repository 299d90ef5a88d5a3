import Foundation

/// What `make run` was asked for, from the environment.
struct RunSettings {
    let orders: Int
    let isOnce: Bool
    let keepsData: Bool
    let folder: String
    let routes: String
    let binary: String
    /// Orders a second that the living shop goes on to write.
    let rate: Int

    init(_ environment: [String: String]) throws(ShopError) {
        orders = try Self.number(environment, "ORDERS", 10_000, 0...100_000_000)
        rate = try Self.number(environment, "RATE", 5, 0...10_000)
        isOnce = Self.isOn(environment["ONCE"])
        keepsData = Self.isOn(environment["KEEP"])
        folder = environment["RUN_FOLDER"] ?? ".run"
        routes = environment["ROUTES"] ?? "Routes"
        let own = URL(fileURLWithPath: CommandLine.arguments.first ?? "exampleshop").deletingLastPathComponent().path
        binary = environment["WAYBILL"] ?? own + "/waybill"
    }

    private static func number(
        _ environment: [String: String], _ name: String, _ usual: Int, _ range: ClosedRange<Int>
    ) throws(ShopError) -> Int {
        guard let text = environment[name], !text.isEmpty else { return usual }
        guard let number = Int(text), range.contains(number) else {
            throw ShopError.badSetting(
                name: name, value: text, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func isOn(_ text: String?) -> Bool { !["", "0", "no"].contains(text ?? "") }
}
