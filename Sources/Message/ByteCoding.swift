/// Appends fixed and variable-length fields to bytes; little-endian. The counterpart of `ByteReader`.
package struct ByteWriter {
    package var bytes: [UInt8]

    @inlinable
    package init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inlinable
    package mutating func write<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// LEB128.
    @inlinable
    package mutating func writeVariable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Length as LEB128, then the bytes.
    @inlinable
    package mutating func write(_ block: some Collection<UInt8>) {
        writeVariable(UInt64(block.count))
        bytes.append(contentsOf: block)
    }

    package mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write($0) }
    }
}

/// Stored bytes that do not say what they should: a damaged file or another program's. Never a trap.
package struct ByteDecodingError: Error, Hashable, CustomStringConvertible {
    package let offset: Int
    package let expected: String
    @inlinable
    package init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
    package var description: String { "stored bytes are damaged: at byte \(offset) \(expected) was expected" }
}

/// Reads what `ByteWriter` wrote; every read is checked against the end.
package struct ByteReader {
    @usableFromInline let bytes: ArraySlice<UInt8>
    @usableFromInline package internal(set) var offset: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var isAtEnd: Bool { offset >= bytes.endIndex }

    @inlinable
    package mutating func read<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(ByteDecodingError) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.endIndex - offset >= size else { throw ByteDecodingError(offset: offset, expected: "\(type)") }
        var value: T = 0
        withUnsafeMutableBytes(of: &value) { target in
            bytes.withUnsafeBytes { source in
                let start = offset - bytes.startIndex
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + size]))
            }
        }
        offset += size
        return T(littleEndian: value)
    }

    package mutating func readVariable() throws(ByteDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.endIndex, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw ByteDecodingError(offset: offset, expected: "a variable-length number")
    }

    package mutating func readBlock() throws(ByteDecodingError) -> ArraySlice<UInt8> {
        let count = try readVariable()
        guard count <= UInt64(bytes.endIndex - offset) else {
            throw ByteDecodingError(offset: offset, expected: "\(count) bytes")
        }
        let block = bytes[offset..<offset + Int(count)]
        offset += Int(count)
        return block
    }

    package mutating func readText() throws(ByteDecodingError) -> String {
        let start = offset
        guard let text = try readBlock().withUnsafeBytes(String.init(utf8:)) else {
            throw ByteDecodingError(offset: start, expected: "UTF-8 text")
        }
        return text
    }
}
