import Message

/// One column of a key, as it is stored in `RowIdentity.bytes` and bound to a query again.
enum KeyPart: Sendable, Hashable {
    case missing
    case int(Int64)
    case unsigned(UInt64)
    case double(Double)
    /// Text, temporal values and decimals, as the server reads them.
    case text([UInt8])
    case bytes([UInt8])
}

/// Keys of several columns, or of one that is no integer, as bytes: equal columns give equal bytes.
enum KeyEncoding {
    static func encode(_ parts: [KeyPart]) -> [UInt8] {
        var writer = ByteWriter(reserving: 32)
        for part in parts {
            switch part {
            case .missing: writer.write(UInt8(0))
            case .int(let value):
                writer.write(UInt8(1))
                writer.write(value)
            case .unsigned(let value):
                writer.write(UInt8(2))
                writer.write(value)
            case .double(let value):
                writer.write(UInt8(3))
                writer.write(value.bitPattern)
            case .text(let bytes):
                writer.write(UInt8(4))
                writer.write(bytes)
            case .bytes(let bytes):
                writer.write(UInt8(5))
                writer.write(bytes)
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(ByteDecodingError) -> [KeyPart] {
        var reader = ByteReader(bytes)
        var parts: [KeyPart] = []
        while !reader.isAtEnd {
            switch try reader.read(UInt8.self) {
            case 0: parts.append(.missing)
            case 1: parts.append(.int(try reader.read()))
            case 2: parts.append(.unsigned(try reader.read()))
            case 3: parts.append(.double(Double(bitPattern: try reader.read())))
            case 4: parts.append(.text(Array(try reader.readBlock())))
            case 5: parts.append(.bytes(Array(try reader.readBlock())))
            default: throw ByteDecodingError(offset: reader.offset, expected: "a column of a key")
            }
        }
        return parts
    }

    /// As people write it: `2026-11-24T10:00:00,4711`. Bytes that would be ambiguous are escaped as in a URL.
    static func text(_ parts: [KeyPart]) -> String {
        parts.map { part in
            switch part {
            case .missing: ""
            case .int(let value): String(value)
            case .unsigned(let value): String(value)
            case .double(let value): String(value)
            case .text(let bytes): escaped(bytes)
            case .bytes(let bytes): "0x" + bytes.map { hex($0) }.joined()
            }
        }.joined(separator: ",")
    }

    static func text(of bytes: [UInt8]) -> String {
        (try? decode(bytes)).map(text) ?? "a key that cannot be read"
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "+"):
                text.append(byte)
            default: text.append(contentsOf: "%\(hex(byte))".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
