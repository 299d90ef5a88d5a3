/// The bodies of the chunks that were read last: who works a queue in order reads each chunk once.
struct BodyCache {
    private var chunks: [(id: UInt64, bodies: [UInt8])] = []
    private var next = 0
    private static let capacity = 8

    subscript(chunk: UInt64) -> [UInt8]? { chunks.first { $0.id == chunk }?.bodies }

    mutating func keep(_ bodies: [UInt8], of chunk: UInt64) {
        if let place = chunks.firstIndex(where: { $0.id == chunk }) {
            chunks[place].bodies = bodies
        } else if chunks.count < Self.capacity {
            chunks.append((chunk, bodies))
        } else {
            chunks[next] = (chunk, bodies)
            next = (next + 1) % Self.capacity
        }
    }
}

/// Bodies of a chunk, one behind the other.
enum BodyBlock {
    /// The body that starts at `start`; nil: the bytes do not hold one there.
    static func body(at start: UInt32, in bodies: [UInt8]) -> [UInt8]? {
        bodies.withUnsafeBytes { bytes in body(at: start, in: bytes).map { [UInt8]($0) } }
    }

    static func body(at start: UInt32, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let offset = Int(start)
        guard bytes.count >= 4, offset <= bytes.count - 4 else { return nil }
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        guard length <= bytes.count - 4 - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)])
    }
}

extension BodyBlock {
    /// The text that a body begins with, as `ByteWriter` wrote it; nil: there is none.
    static func message(_ body: UnsafeRawBufferPointer) -> String? {
        var (length, shift, offset) = (0, 0, 0)
        while offset < body.count, shift < 28 {
            let byte = Int(body[offset])
            offset += 1
            length |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 {
                guard length <= body.count - offset else { return nil }
                return String(validating: body[offset..<(offset + length)], as: UTF8.self)
            }
        }
        return nil
    }
}
