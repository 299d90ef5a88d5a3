/// RFC 4648 base64 with padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func append(_ block: [UInt8], to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + (block.count + 2) / 3 * 4)
        var index = 0
        while index < block.count {
            let count = min(3, block.count - index)
            var group = UInt32(block[index]) << 16
            if count > 1 { group |= UInt32(block[index + 1]) << 8 }
            if count > 2 { group |= UInt32(block[index + 2]) }
            bytes.append(symbol(group >> 18))
            bytes.append(symbol(group >> 12))
            bytes.append(count > 1 ? symbol(group >> 6) : UInt8(ascii: "="))
            bytes.append(count > 2 ? symbol(group) : UInt8(ascii: "="))
            index += 3
        }
    }

    private static func symbol(_ bits: UInt32) -> UInt8 { alphabet[Int(bits & 63)] }
}
