import Connecting
import Engine
import Message
import RouteLanguage
import Store
import Testing

/// What the engine stores reads back as it was, and damage is an error, never a trap.
@Suite struct StoredFormsTests {
    private let shape = Shape(names: ["id", "net"])

    private var body: MessageBody {
        let row = Value.record(
            Record(shape: shape, fields: [.int(7), .decimal(ExactDecimal(mantissa: 1190, scale: 2))]))
        return MessageBody(
            messageID: "shop.orders/7/6/0", received: Instant(microseconds: 1), start: 9, slots: [row, row, .missing],
            lineage: .init(parent: EntryID(rawValue: 3), parentMessage: "shop.orders/7", itemPath: "0", isOrphan: true),
            intakeError: "no number")
    }

    private var progress: Progress {
        var progress = Progress()
        progress.done = [3, 900]
        progress.hasDelivered = true
        progress.firstSentAt = Instant(microseconds: 5)
        progress.lastFailure = "HTTP 503"
        progress.outcomeUnknown = true
        progress.sends = 4
        progress.childrenPending = 2
        progress.deadChildren = 1
        let request = DeliveryRequest(
            action: "post", target: "/orders", headers: [.init(name: "X-A", value: "b")],
            contentType: "application/json",
            body: Array("{}".utf8), idempotencyKey: "S-7", timeoutMilliseconds: 15_000)
        progress.pending = RenderedDelivery(
            position: 4, request: request,
            bill: .init(customer: "1001", meter: "orders", units: 1, value: ExactDecimal(mantissa: 5, scale: 1)))
        progress.handler = .init(start: 12, error: "422", failed: progress.pending)
        return progress
    }

    @Test func aBodyReadsBackAndSharesTheRowUnderItsName() throws {
        let shapes = ShapeTable(shapes: [shape])
        let bytes = body.encoded(shapes: shapes, sameAsCurrent: 1)
        #expect(bytes.count < body.encoded(shapes: shapes).count)
        #expect(try MessageBody(decoding: bytes, shapes: shapes) == body)
        var incomplete = body
        incomplete.isIncomplete = true
        #expect(try MessageBody(decoding: incomplete.encoded(shapes: shapes), shapes: shapes) == incomplete)
        var reader = ByteReader(bytes)
        #expect(try reader.readText() == "shop.orders/7/6/0", "the message's id stands first")
    }

    @Test func progressReadsBack() throws {
        #expect(try Progress(decoding: progress.encoded()) == progress)
        #expect(try Progress(decoding: Progress().encoded()).isEmpty)
    }

    @Test func routeFilesReadBack() throws {
        let sources = SourceSet(
            routes: [.init(path: "a.route", text: "route a {}")], locks: [.init(path: "schema/shop.lock", text: "x")])
        let copy = try SourceSet(decoding: sources.encoded())
        #expect(copy.routes == sources.routes && copy.locks == sources.locks)
    }

    @Test func everyCutAndEveryFlippedByteIsAnErrorOrAnotherValueButNoTrap() {
        let shapes = ShapeTable(shapes: [shape])
        for bytes in [body.encoded(shapes: shapes), progress.encoded()] {
            for end in 0..<bytes.count {
                _ = try? MessageBody(decoding: Array(bytes[..<end]), shapes: shapes)
                _ = try? Progress(decoding: Array(bytes[..<end]))
                var flipped = bytes
                flipped[end] ^= 0xff
                _ = try? MessageBody(decoding: flipped, shapes: shapes)
                _ = try? Progress(decoding: flipped)
            }
        }
    }
}
