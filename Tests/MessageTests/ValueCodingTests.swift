import Message
import Testing

struct ValueCodingTests {
    private static let known = Shape(names: ["id", "net"])
    private static let table = ShapeTable(shapes: [Shape(names: ["other"]), known])

    private static func sample() -> Value {
        let inner = Record(shape: Shape(names: ["x", "y"]), fields: [.text("ä"), .json("[1]")])
        let list: [Value] = [
            .missing, .bool(true), .bool(false), .int(-1), .int(Int128.min), .int(Int128(Int64.max) + 1),
            .decimal(ExactDecimal(mantissa: -150, scale: 2)), .decimal(ExactDecimal(mantissa: Int128.max, scale: 38)),
            .float(-0.0), .text(""), .bytes([0, 255]), .date(.epoch), .time(LocalTime(microseconds: -1)),
            .datetime(LocalDateTime(microsecondsSinceEpoch: -1)), .instant(Instant(microseconds: .min)),
            .duration(Microseconds(.max)), .record(inner), .list([]),
        ]
        return .record(Record(shape: known, fields: [.int(4711), .list(list)]))
    }

    private func bytes(_ value: Value) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(value, shapes: Self.table)
        return writer.bytes
    }

    @Test func `every value comes back as it was`() throws {
        let value = Self.sample()
        var reader = ByteReader(bytes(value) + [7])
        #expect(try reader.readValue(shapes: Self.table) == value)
        #expect(try reader.read(UInt8.self) == 7)
        #expect(reader.isAtEnd)
    }

    @Test func `known records share their shape and cost no names`() throws {
        let stored = bytes(.record(Record(shape: Self.known, fields: [.int(1), .missing])))
        #expect(stored.count == 5)
        var reader = ByteReader(stored)
        guard case .record(let record) = try reader.readValue(shapes: Self.table) else {
            Issue.record("a record was written")
            return
        }
        #expect(record.shape === Self.known)
    }

    @Test func `damage of any byte and any cut is an error or a value, never a trap`() {
        let stored = bytes(Self.sample())
        for position in stored.indices {
            for bit in 0..<8 {
                var damaged = stored
                damaged[position] ^= 1 << UInt8(bit)
                var reader = ByteReader(damaged)
                if let value = try? reader.readValue(shapes: Self.table) { JSONTextCheck.print(value) }
            }
            var reader = ByteReader(stored[..<position])
            #expect(throws: ByteDecodingError.self) { try reader.readValue(shapes: Self.table) }
        }
    }

    @Test func `counts beyond what is there and endless depth are damage`() {
        for tag: UInt8 in [8, 9, 15, 16, 18] {
            var reader = ByteReader([tag, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
            #expect(throws: ByteDecodingError.self) { try reader.readValue(shapes: .empty) }
        }
        var deep: [UInt8] = []
        for _ in 0..<100_000 { deep += [16, 1] }
        var reader = ByteReader(deep + [0])
        #expect(throws: ByteDecodingError.self) { try reader.readValue(shapes: .empty) }
    }
}

/// Whatever was read must also print.
private enum JSONTextCheck {
    static func print(_ value: Value) {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        #expect(!bytes.isEmpty)
    }
}
