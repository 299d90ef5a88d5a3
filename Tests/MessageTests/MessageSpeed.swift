import Foundation
import Message
import Testing

/// Figures, not assertions: `WAYBILL_BENCH=1 swift test -c release --filter MessageSpeed`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["WAYBILL_BENCH"] != nil))
struct MessageSpeed {
    private let shape = Shape(names: ["id", "number", "status", "net", "country", "created", "note", "quantity"])

    private func record() throws -> Value {
        .record(
            Record(
                shape: shape,
                fields: [
                    .int(4711), .text("S-4711"), .text("paid"), .decimal(try #require(ExactDecimal("119.90"))),
                    .text("DE"), .datetime(LocalDateTime(microsecondsSinceEpoch: 1_795_500_300_250_000)), .missing,
                    .int(3),
                ]))
    }

    private func measure(_ name: String, _ count: Int = 1_000_000, _ body: (Int) -> Int) {
        var sum = 0
        let start = ContinuousClock.now
        for index in 0..<count { sum &+= body(index) }
        let taken = (ContinuousClock.now - start) / count
        print("speed of \(name): \(taken.components.attoseconds / 1_000_000_000) ns (\(sum))")
    }

    @Test func `nanoseconds an operation`() throws {
        let value = try record()
        let table = ShapeTable(shapes: [shape])
        var json: [UInt8] = []
        measure("a record of 8 fields to JSON") { _ in
            json.removeAll(keepingCapacity: true)
            JSONText.append(value, to: &json)
            return json.count
        }
        measure("the same parsed", 200_000) { _ in (try? JSONText.parse(json)) == nil ? 0 : 1 }
        var writer = ByteWriter(reserving: 256)
        measure("a record of 8 fields to bytes") { _ in
            writer.removeAll()
            writer.write(value, shapes: table)
            return writer.bytes.count
        }
        let bytes = writer.bytes
        measure("the same read") { _ in
            var reader = ByteReader(bytes)
            return (try? reader.readValue(shapes: table)) == nil ? 0 : 1
        }
        let long = String(repeating: "A sentence of some length. ", count: 20)
        measure("a text of 540 bytes to JSON") { _ in
            json.removeAll(keepingCapacity: true)
            JSONText.append(string: long, to: &json)
            return json.count
        }
        let price = ExactDecimal(mantissa: 119_90, scale: 2)
        let factor = ExactDecimal(mantissa: 119, scale: 2)
        measure("a product of decimals") { Int(price.multiplied(by: ExactDecimal(Int128($0)))?.scale ?? 0) }
        measure("a sum of decimals") { Int(price.adding(ExactDecimal(mantissa: Int128($0), scale: 3))?.scale ?? 0) }
        measure("a rounding of a decimal") { index in
            ExactDecimal(mantissa: Int128(index), scale: 4).rounded(to: 2, .halfEven)?.scale ?? 0
        }
        measure("a quotient of decimals") { index in
            ExactDecimal(mantissa: Int128(index), scale: 4).divided(by: factor, scale: 2, rounding: .halfEven)?.scale
                ?? 0
        }
        measure("a decimal from text") { _ in ExactDecimal("119.90")?.scale ?? 0 }
        measure("a fingerprint of 24 bytes") {
            Int(truncatingIfNeeded: SHA256.fingerprint(Array(bytes.prefix(24 + $0 % 2))).low)
        }
    }
}
