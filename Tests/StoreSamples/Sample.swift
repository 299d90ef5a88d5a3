package import Billing
import Connecting
package import Message
package import Store

/// Changes as the engine makes them, numbered, with nothing random in them.
package enum Sample {
    package static let start: Int64 = 1_760_000_000_000_000

    package static func instant(_ number: Int) -> Instant { Instant(microseconds: start + Int64(number) * 1_000) }

    package static func message(_ number: Int) -> String { "shop.orders/\(number)" }

    package static func row(_ number: Int, word: FinalWord? = nil, content: UInt64 = 7) -> SeenRow {
        SeenRow(
            identity: .int(Int64(number)), message: message(number), content: content, word: word,
            seenAt: instant(number))
    }

    package static func advance(_ route: RouteID, _ rows: [SeenRow]) -> SourceAdvance {
        SourceAdvance(
            route: route, rows: rows, position: Array("p\(rows.count)".utf8), positionText: "after \(rows.count)")
    }

    package static func key(_ number: Int, days: Int64 = 30) -> AcceptedKey {
        AcceptedKey(
            fingerprint: fingerprint(number), content: UInt64(number) &* 31, message: UInt64(number),
            until: Instant(microseconds: start + days * 86_400_000_000))
    }

    /// Spread like a hash.
    package static func fingerprint(_ number: Int) -> KeyFingerprint {
        var state = UInt64(bitPattern: Int64(number)) &+ 0x9e37_79b9_7f4a_7c15
        func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
        return KeyFingerprint(high: next(), low: next())
    }

    /// The message's id first, as the engine writes it.
    package static func body(_ number: Int, bytes: Int = 500) -> [UInt8] { body(message(number), bytes: bytes) }

    package static func body(_ message: String, bytes: Int = 500) -> [UInt8] {
        var writer = ByteWriter(reserving: bytes)
        writer.write(message)
        return writer.bytes + [UInt8](repeating: 0x61, count: max(0, bytes - writer.bytes.count))
    }

    package static func head(
        _ id: EntryID, queue: QueueID, route: RouteID, plan: PlanID = PlanID(rawValue: 1),
        state: EntryHead.State = .waiting
    ) -> EntryHead {
        EntryHead(
            id: id, queue: queue, plan: plan, route: route, state: state, due: instant(0), expires: nil,
            orderingKey: 0, take: 0, attempt: 0, crashMarks: 0)
    }

    package static func ending(_ route: RouteID, _ number: Int, _ word: FinalWord = .delivered) -> Ending {
        Ending(route: route, message: message(number), word: word, at: instant(number))
    }

    package static func mark(_ route: RouteID, _ number: Int, customer: String? = "acme") -> DeliveryMark {
        DeliveryMark(
            route: route, message: message(number), step: "orders/7/1", itemPath: "", at: instant(number),
            billedTo: customer)
    }

    /// The record that follows `head`.
    package static func record(
        _ number: Int, after head: (seq: Int64, hash: [UInt8]), customer: String = "acme", amount: Int64 = 4_000_000
    ) -> LedgerRecord {
        var hash = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
        hash[0] = UInt8(truncatingIfNeeded: head.seq + 1)
        return LedgerRecord(
            seq: head.seq + 1,
            charge: ChargeID(
                customer: customer, message: message(number), step: "orders/7/1", itemPath: "", kind: .usage),
            tariff: "standard", tariffHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            chargeName: "delivery", pricedBy: "tariffs.route:12", meter: "orders.http", route: "orders",
            connection: "partner", bytes: 480, quantity: 1, valueBase: "", ordinal: head.seq + 1,
            totalBefore: head.seq * amount, amount: amount, currency: Currency(code: "EUR", minorDigits: 2),
            deliveredAt: instant(number), recordedAt: instant(number), period: "2026-11", previousHash: head.hash,
            hash: hash)
    }
}
