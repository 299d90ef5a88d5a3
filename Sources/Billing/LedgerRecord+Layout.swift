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

    package func appendLayout(to bytes: inout [UInt8]) {
        bytes.append(Self.layoutVersion)
        Self.append(seq, to: &bytes)
        bytes.append(charge.kind.rawValue)
        bytes.append(UInt8(truncatingIfNeeded: currency.minorDigits))
        Self.append(deliveredAt.microseconds, to: &bytes)
        Self.append(recordedAt.microseconds, to: &bytes)
        Self.append(self.bytes, to: &bytes)
        Self.append(quantity, to: &bytes)
        Self.append(ordinal, to: &bytes)
        Self.append(totalBefore, to: &bytes)
        Self.append(amount, to: &bytes)
        Self.append(charge.customer, to: &bytes)
        Self.append(charge.message, to: &bytes)
        Self.append(charge.step, to: &bytes)
        Self.append(charge.itemPath, to: &bytes)
        Self.append(tariff, to: &bytes)
        Self.append(tariffHash, to: &bytes)
        Self.append(chargeName, to: &bytes)
        Self.append(pricedBy, to: &bytes)
        Self.append(meter, to: &bytes)
        Self.append(route, to: &bytes)
        Self.append(connection, to: &bytes)
        Self.append(valueBase, to: &bytes)
        Self.append(currency.code, to: &bytes)
        Self.append(period, to: &bytes)
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: utf8)
        }
    }
}

/// Hashes records: owns the buffer and the digest, so that a record costs no allocation but its hash.
struct LedgerHasher {
    private var buffer: [UInt8] = []
    private let sha = SHA256()

    init() { buffer.reserveCapacity(1024) }

    /// SHA-256 of the record's previous hash followed by its layout.
    mutating func hash(_ record: LedgerRecord) -> [UInt8] {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: record.previousHash)
        record.appendLayout(to: &buffer)
        sha.update(buffer)
        return sha.finish()
    }
}
