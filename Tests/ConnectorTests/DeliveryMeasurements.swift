import Connecting
import FileConnector
import Foundation
import Glibc
import HTTPConnector
import Testing

/// CPU of the whole process per delivery. Run in release mode with `WAYBILL_MEASURE_HTTP=http://127.0.0.1:PORT` (a
/// receiver that answers 204) or `WAYBILL_MEASURE_FILE=FOLDER`.
@Suite(.serialized) struct DeliveryMeasurements {
    static let environment = ProcessInfo.processInfo.environment

    static func processMicroseconds() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int(usage.ru_utime.tv_usec)
            + Int(usage.ru_stime.tv_usec)
    }

    /// Keeps a number of requests in flight, or hands over what is due each millisecond.
    final class Feeder: @unchecked Sendable {
        let lock = NSCondition()
        var done = 0
        var failed = 0
        func receive(_ batch: [DeliveryOutcome]) {
            lock.lock()
            done += batch.count
            failed += batch.filter { $0.result.failure != nil }.count
            lock.signal()
            lock.unlock()
        }
        func wait(for count: Int) {
            lock.lock()
            while done < count { lock.wait() }
            lock.unlock()
        }
        var doneNow: Int {
            lock.lock()
            defer { lock.unlock() }
            return done
        }
    }

    static func dispatches(_ count: Int, action: String, target: String, bytes: Int) -> [Dispatch] {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        return (0..<count).map { number in
            Dispatch(
                token: UInt64(number), host: 0,
                request: DeliveryRequest(
                    action: action, target: target, contentType: "application/json", body: body,
                    idempotencyKey: "shop.orders/\(number) orders/7", timeoutMilliseconds: 15_000))
        }
    }

    @Test(.enabled(if: environment["WAYBILL_MEASURE_HTTP"] != nil), arguments: [0, 6_000])
    func http(perSecond: Int) throws {
        let base = try #require(Self.environment["WAYBILL_MEASURE_HTTP"])
        let feeder = Feeder()
        let settings = ConnectionSettings(connection: "acme", settings: ["base": .text(base)], folder: "/")
        let connection = try HTTPConnector().open(settings, extents: [], outcomes: feeder.receive)
        defer { connection.close(graceMilliseconds: 0) }
        let count = perSecond == 0 ? 100_000 : perSecond * 4
        let batch = Self.dispatches(count, action: "post", target: "/v1/orders", bytes: 500)
        let (cpu, clock) = (Self.processMicroseconds(), ContinuousClock.now)
        var sent = 0
        while sent < count {
            let upper: Int
            if perSecond == 0 {
                feeder.wait(for: sent - 48)
                upper = min(count, feeder.doneNow + 64)
            } else {
                usleep(2_000)
                let elapsed = (ContinuousClock.now - clock) / .seconds(1)
                upper = min(count, Int(elapsed * Double(perSecond)))
            }
            connection.send(Array(batch[sent..<max(sent, upper)]))
            sent = max(sent, upper)
        }
        feeder.wait(for: count)
        report("http, \(perSecond == 0 ? "flat out" : "\(perSecond)/s")", count, cpu, clock)
        #expect(feeder.failed == 0)
    }

    @Test(.enabled(if: environment["WAYBILL_MEASURE_FILE"] != nil), arguments: ["append", "write"])
    func file(action: String) throws {
        let folder = try #require(Self.environment["WAYBILL_MEASURE_FILE"])
        let feeder = Feeder()
        let settings = ConnectionSettings(
            connection: "archive", settings: ["root": .text("measure-\(UUID().uuidString)")], folder: folder)
        let connection = try FileConnector().open(settings, extents: [], outcomes: feeder.receive)
        defer { connection.close(graceMilliseconds: 0) }
        let count = action == "append" ? 200_000 : 5_000
        let batch = (0..<count / 200).map { part in
            (0..<200).map { number in
                let target = action == "append" ? "orders.jsonl" : "\(part)/\(number).json"
                return Dispatch(
                    token: UInt64(part * 200 + number), host: 0,
                    request: DeliveryRequest(
                        action: action, target: target, contentType: nil,
                        body: [UInt8](repeating: UInt8(ascii: "x"), count: 300), idempotencyKey: "",
                        timeoutMilliseconds: 15_000))
            }
        }
        let (cpu, clock) = (Self.processMicroseconds(), ContinuousClock.now)
        for (index, part) in batch.enumerated() {
            connection.send(part)
            feeder.wait(for: (index + 1) * 200)
        }
        report("file \(action), batches of 200", count, cpu, clock)
        #expect(feeder.failed == 0)
    }

    private func report(_ what: String, _ count: Int, _ cpu: Int, _ start: ContinuousClock.Instant) {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let each = Double(Self.processMicroseconds() - cpu) / Double(count)
        print("MEASURED \(what): \(Int(Double(count) / seconds)) /s, \((each * 10).rounded() / 10) us CPU each")
    }
}
