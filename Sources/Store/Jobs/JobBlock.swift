/// What never changes of a job, one piece of memory: terms, id, body. Little-endian.
enum JobBlock {
    /// Before the body.
    static let headerBytes = 64
    static let idBytes = 40

    /// - Parameter target: `headerBytes + body.count` bytes.
    @inline(__always)
    static func write(
        _ terms: JobTerms, id: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer
    ) {
        target.storeBytes(of: terms.created, as: UInt64.self)
        target.storeBytes(of: terms.retrySeconds, toByteOffset: 8, as: UInt32.self)
        target.storeBytes(of: terms.delaySeconds, toByteOffset: 12, as: UInt32.self)
        target.storeBytes(of: terms.ttlSeconds, toByteOffset: 16, as: UInt32.self)
        target.storeBytes(of: UInt32(terms.deliveriesMost), toByteOffset: 20, as: UInt32.self)
        if let start = id.baseAddress { (target + 24).copyMemory(from: start, byteCount: min(id.count, idBytes)) }
        if let start = body.baseAddress { (target + headerBytes).copyMemory(from: start, byteCount: body.count) }
    }

    /// - Parameter block: at least `headerBytes`.
    @inline(__always)
    static func content(_ block: UnsafeRawBufferPointer) -> JobContent {
        JobContent(
            terms: JobTerms(
                retrySeconds: block.loadUnaligned(fromByteOffset: 8, as: UInt32.self),
                delaySeconds: block.loadUnaligned(fromByteOffset: 12, as: UInt32.self),
                ttlSeconds: block.loadUnaligned(fromByteOffset: 16, as: UInt32.self),
                deliveriesMost: block.loadUnaligned(fromByteOffset: 20, as: UInt16.self), created: created(block)),
            id: UnsafeRawBufferPointer(rebasing: block[24..<(24 + idBytes)]),
            body: UnsafeRawBufferPointer(rebasing: block[headerBytes...]))
    }

    static func created(_ block: UnsafeRawBufferPointer) -> UInt64 { block.loadUnaligned(as: UInt64.self) }
}
