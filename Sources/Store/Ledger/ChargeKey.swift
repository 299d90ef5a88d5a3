import Billing

/// A `ChargeID` as bytes that sort as people read: message first, and digits inside texts by their number, so that
/// `orders/10` follows `orders/9` and new charges of growing ids land at the right end of their index.
enum ChargeKey {
    static func append(_ charge: ChargeID, to buffer: PackedBuffer) {
        append(charge.message, to: buffer)
        append(charge.step, to: buffer)
        append(charge.itemPath, to: buffer)
        buffer.append(charge.kind.rawValue)
        append(charge.customer, to: buffer)
    }

    private static let end: UInt8 = 0
    private static let digits: UInt8 = 1
    private static let escape: UInt8 = 2
    private static let longestRun = 200

    /// Runs of digits become a mark, the count of significant digits, those, and the count of leading zeros; the bytes
    /// 0 to 2 are escaped; 0 ends the text. Different texts have different bytes.
    private static func append(_ text: String, to buffer: PackedBuffer) {
        var text = text
        text.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if isDigit(byte) {
                    index = appendNumber(UnsafeRawBufferPointer(bytes), from: index, to: buffer)
                    continue
                }
                if byte <= escape { buffer.append(escape) }
                buffer.append(byte)
                index += 1
            }
        }
        buffer.append(end)
    }

    private static func appendNumber(_ bytes: UnsafeRawBufferPointer, from first: Int, to buffer: PackedBuffer) -> Int {
        var (start, stop) = (first, first)
        while stop < bytes.count, stop - first < longestRun, isDigit(bytes[stop]) { stop += 1 }
        while start < stop, bytes[start] == UInt8(ascii: "0") { start += 1 }
        buffer.append(digits)
        buffer.append(UInt8(stop - start))
        buffer.append(raw: UnsafeRawBufferPointer(rebasing: bytes[start..<stop]))
        buffer.append(UInt8(start - first))
        return stop
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
