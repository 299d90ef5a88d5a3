import Connecting
import Message

/// What is remembered of 128 neighbouring integer identities of one route.
///
/// A message's id is nearly always one prefix and the identity in decimal, and then only the prefix is kept.
final class SeenBlock {
    private struct Cell {
        var content: UInt64 = 0
        var seenAt: Int64 = 0
        /// 0: none.
        var word: UInt8 = 0
        var spelling = Spelling.absent
    }

    private enum Spelling: UInt8 { case absent, prefixed, written }

    let route: UInt32
    let number: Int64
    private var cells = [Cell](repeating: Cell(), count: SeenBlock.size)
    private var prefix: [UInt8] = []
    private var hasPrefix = false
    private var written: [UInt8: String] = [:]
    private(set) var latest = Int64.min
    var isDirty = false
    /// Row in the file; nil: none yet.
    var row: Int64?

    static let size = 128
    static func number(of identity: Int64) -> Int64 { identity >> 7 }
    static func slot(of identity: Int64) -> Int { Int(identity & 127) }

    init(route: UInt32, number: Int64) {
        self.route = route
        self.number = number
    }

    func row(_ identity: Int64) -> SeenRow? {
        let slot = Self.slot(of: identity)
        let cell = cells[slot]
        guard cell.spelling != .absent else { return nil }
        let message =
            cell.spelling == .prefixed
            ? String(decoding: prefix, as: UTF8.self) + String(identity) : written[UInt8(slot)] ?? ""
        return SeenRow(
            identity: .int(identity), message: message, content: cell.content, word: FinalWord(rawValue: cell.word),
            seenAt: Instant(microseconds: cell.seenAt))
    }

    func put(_ row: SeenRow, identity: Int64) {
        let slot = Self.slot(of: identity)
        let isPrefixed = isSpeltByPrefix(row.message, identity)
        if cells[slot].spelling == .written { written[UInt8(slot)] = nil }
        if !isPrefixed { written[UInt8(slot)] = row.message }
        cells[slot] = Cell(
            content: row.content, seenAt: row.seenAt.microseconds, word: row.word?.rawValue ?? 0,
            spelling: isPrefixed ? .prefixed : .written)
        latest = max(latest, row.seenAt.microseconds)
    }

    private func isSpeltByPrefix(_ message: String, _ identity: Int64) -> Bool {
        var message = message
        let length = Decimal.length(of: identity)
        return message.withUTF8 { bytes in
            guard bytes.count >= length, Decimal.isSpelt(identity, UnsafeRawBufferPointer(bytes.suffix(length).rebased))
            else { return false }
            let head = bytes.prefix(bytes.count - length)
            if hasPrefix { return head.elementsEqual(prefix) }
            prefix = Array(head)
            hasPrefix = true
            return true
        }
    }

    func eachRow(_ body: (SeenRow) -> Void) {
        for slot in 0..<Self.size {
            if let row = row(number << 7 | Int64(slot)) { body(row) }
        }
    }

    // MARK: In the file

    func encode(into buffer: PackedBuffer) {
        buffer.append(block: prefix)
        buffer.append(hasPrefix)
        for slot in 0..<Self.size where cells[slot].spelling != .absent {
            let cell = cells[slot]
            buffer.append(UInt8(slot))
            buffer.append(cell.word)
            buffer.append(cell.spelling.rawValue)
            buffer.append(cell.content)
            buffer.append(cell.seenAt)
            if cell.spelling == .written { buffer.append(text: written[UInt8(slot)] ?? "") }
        }
    }

    func decode(_ bytes: [UInt8]) throws(ByteDecodingError) {
        var reader = ByteReader(bytes)
        prefix = Array(try reader.readBlock())
        hasPrefix = try reader.read(UInt8.self) != 0
        while !reader.isAtEnd {
            let slot = try reader.read(UInt8.self)
            let word = try reader.read(UInt8.self)
            let spelling = Spelling(rawValue: try reader.read(UInt8.self))
            guard slot < Self.size, let spelling, spelling != .absent else {
                throw ByteDecodingError(offset: reader.offset, expected: "a seen row")
            }
            let content = try reader.read(UInt64.self)
            let seenAt = try reader.read(Int64.self)
            cells[Int(slot)] = Cell(content: content, seenAt: seenAt, word: word, spelling: spelling)
            if spelling == .written { written[slot] = try reader.readText() }
            latest = max(latest, seenAt)
        }
    }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
    var rebased: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self) }
}

/// Decimal digits of a number, compared in place.
enum Decimal {
    static func length(of number: Int64) -> Int {
        var length = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        return length
    }

    /// Whether `bytes`, of the right length, spell `number`.
    static func isSpelt(_ number: Int64, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = number.magnitude
        var place = bytes.count - 1
        let first = number < 0 ? 1 : 0
        while place >= first {
            if bytes[place] != UInt8(ascii: "0") + UInt8(rest % 10) { return false }
            rest /= 10
            place -= 1
        }
        return number >= 0 || bytes[0] == UInt8(ascii: "-")
    }
}
