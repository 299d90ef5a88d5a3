import Message

/// The binary layout that the hash of a record is computed over, version 1. All numbers are little-endian.
///
/// ```
/// version 1 byte (1) | seq 8 | kind 1 | minor digits of the currency 1 | delivered at 8 | recorded at 8 | bytes 8
/// | quantity 8 | ordinal 8 | total before 8 | amount 8
/// then texts, each as its length in 4 bytes and its UTF-8:
/// customer, message, step, item path, tariff, tariff hash, charge, priced by, meter, route, connection, value base,
/// currency, period
/// ```
///
/// Every field but the two hashes is in it, so a change to any of them shows; lengths stand before texts, so no two
/// records share a layout. A new field means a new version, never a new meaning.
extension LedgerRecord {
    package static let layoutVersion: UInt8 = 1
    /// Version, seq, kind and digits, then seven numbers.
    private static let fixedBytes = 1 + 8 + 1 + 1 + 7 * 8

    package func layout() -> [UInt8] {
        let size = layoutSize
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            writeLayout(to: UnsafeMutableRawBufferPointer(buffer))
            count = size
        }
    }

    var layoutSize: Int {
        var size = Self.fixedBytes
        forEachText { size += 4 + $0.utf8.count }
        return size
    }

    /// Fills `target`, which has `layoutSize` bytes.
    func writeLayout(to target: UnsafeMutableRawBufferPointer) {
        var writer = LayoutWriter(target: target)
        writer.write(Self.layoutVersion)
        writer.write(seq)
        writer.write(charge.kind.rawValue)
        writer.write(UInt8(truncatingIfNeeded: currency.minorDigits))
        writer.write(deliveredAt.microseconds)
        writer.write(recordedAt.microseconds)
        writer.write(bytes)
        writer.write(quantity)
        writer.write(ordinal)
        writer.write(totalBefore)
        writer.write(amount)
        forEachText { writer.write($0) }
    }

    /// The texts in the order of the layout.
    @inline(__always)
    private func forEachText(_ body: (String) -> Void) {
        body(charge.customer)
        body(charge.message)
        body(charge.step)
        body(charge.itemPath)
        body(tariff)
        body(tariffHash)
        body(chargeName)
        body(pricedBy)
        body(meter)
        body(route)
        body(connection)
        body(valueBase)
        body(currency.code)
        body(period)
    }
}

/// Writes fields one behind the other into memory of the right size.
private struct LayoutWriter {
    let target: UnsafeMutableRawBufferPointer
    private var offset = 0

    init(target: UnsafeMutableRawBufferPointer) { self.target = target }

    @inline(__always)
    mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ number: T) {
        target.storeBytes(of: number.littleEndian, toByteOffset: offset, as: T.self)
        offset += MemoryLayout<T>.size
    }

    @inline(__always)
    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            write(UInt32(truncatingIfNeeded: utf8.count))
            UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + utf8.count]).copyBytes(from: utf8)
            offset += utf8.count
        }
    }
}

/// Hashes records: owns the buffer and the digest, so that a record costs no allocation but its hash.
struct LedgerHasher {
    private var buffer = [UInt8](repeating: 0, count: 1024)
    private let sha = SHA256()

    /// SHA-256 of the record's previous hash followed by its layout.
    mutating func hash(_ record: LedgerRecord) -> [UInt8] {
        let start = record.previousHash.count
        let size = start + record.layoutSize
        if buffer.count < size { buffer = [UInt8](repeating: 0, count: size * 2) }
        buffer.withUnsafeMutableBytes { bytes in
            bytes.copyBytes(from: record.previousHash)
            record.writeLayout(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<size]))
            sha.update(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
        }
        return sha.finish()
    }
}
