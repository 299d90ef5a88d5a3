/// Bytes of many small records, appended by pointer: the counterpart of `ByteReader` where a record costs nanoseconds.
/// Writes what `ByteWriter` writes: little-endian numbers, blocks behind their length in LEB128.
final class PackedBuffer {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1024) {
        self.capacity = max(64, capacity)
        start = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func removeAll() { count = 0 }
    func removeAll(behind offset: Int) { count = min(count, offset) }

    /// Valid until the next append.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    @inline(__always)
    private func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    func append<T: FixedWidthInteger>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        start.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    func append(_ flag: Bool) { append(UInt8(flag ? 1 : 0)) }

    func append(variable value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    func append(raw bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// The bytes of a text alone.
    /// - Returns: where they lie.
    func append(rawText text: String) -> Range<Int> {
        let begin = count
        var text = text
        text.withUTF8 { append(raw: UnsafeRawBufferPointer($0)) }
        return begin..<count
    }

    func append(block bytes: [UInt8]) {
        append(variable: UInt64(bytes.count))
        bytes.withUnsafeBytes { append(raw: $0) }
    }

    func append(text: String) {
        var text = text
        text.withUTF8 { bytes in
            append(variable: UInt64(bytes.count))
            append(raw: UnsafeRawBufferPointer(bytes))
        }
    }
}
