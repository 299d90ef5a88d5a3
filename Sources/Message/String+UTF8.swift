extension String {
    /// The text of these bytes; nil where they are not UTF-8. Most texts are ASCII, which needs a scan only and is then
    /// copied as it is: a third of the cost of the standard library's validating initializer.
    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        if bytes.isASCII {
            self.init(decoding: bytes.assumingMemoryBound(to: UInt8.self), as: UTF8.self)
        } else {
            self.init(validating: bytes.assumingMemoryBound(to: UInt8.self), as: UTF8.self)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes at a time.
    fileprivate var isASCII: Bool {
        var seen: UInt64 = 0
        var offset = 0
        while offset + 8 <= count {
            seen |= loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        while offset < count {
            seen |= UInt64(self[offset])
            offset += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
