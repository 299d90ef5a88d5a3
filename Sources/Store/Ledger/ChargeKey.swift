import Billing
import Glibc

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

    /// Eight bytes at a time; only to find keys of one turn again, where equality is checked.
    static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(key.count) &* 0x9e37_79b9_7f4a_7c15
        var offset = 0
        while offset < key.count {
            var word: UInt64 = 0
            if offset + 8 <= key.count {
                word = key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            } else {
                for position in offset..<key.count { word = word << 8 | UInt64(key[position]) }
            }
            hash = (hash ^ word) &* 0xbf58_476d_1ce4_e5b9
            hash ^= hash >> 29
            offset += 8
        }
        return hash
    }

    /// Whether `key` sorts behind `greatest`.
    static func precedes(_ greatest: [UInt8], _ key: UnsafeRawBufferPointer) -> Bool {
        greatest.withUnsafeBytes { bytes in
            guard let left = bytes.baseAddress, let right = key.baseAddress else {
                return bytes.isEmpty && !key.isEmpty
            }
            let order = memcmp(left, right, min(bytes.count, key.count))
            return order < 0 || (order == 0 && bytes.count < key.count)
        }
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
