import Foundation
import Glibc

/// `make run`: a shop, its partners, and Waybill between them.
@main
enum ExampleShop {
    static func main() {
        StopSignal.listen()
        let status: Int32
        do {
            status = try ShopRun(settings: RunSettings(ProcessInfo.processInfo.environment)).run()
        } catch {
            FileHandle.standardError.write(Data("exampleshop: \(error)\n".utf8))
            status = 1
        }
        exit(status)
    }
}
