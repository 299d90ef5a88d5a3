/// Whole numbers as decimal digits, appended to bytes without a String between.
package enum DecimalDigits {
    package static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, minimumDigits: 1, to: &bytes)
    }

    package static func append(_ value: Int128, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, minimumDigits: 1, to: &bytes)
    }

    /// Padded with zeros in front to `minimumDigits`.
    package static func append(_ value: UInt64, minimumDigits: Int, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var rest = value
            var start = 20
            while rest != 0 {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                buffer[start] = UInt8(truncatingIfNeeded: digit) &+ 48
                rest = quotient
            }
            var missing = minimumDigits - (20 - start)
            while missing > 0 {
                bytes.append(48)
                missing -= 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<20]))
        }
    }

    /// Padded with zeros in front to `minimumDigits`.
    package static func append(_ value: UInt128, minimumDigits: Int, to bytes: inout [UInt8]) {
        if value <= UInt128(UInt64.max) {
            append(UInt64(truncatingIfNeeded: value), minimumDigits: minimumDigits, to: &bytes)
            return
        }
        let chunk: UInt128 = 1_000_000_000_000_000_000
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: chunk)
        append(quotient, minimumDigits: max(1, minimumDigits - 18), to: &bytes)
        append(UInt64(truncatingIfNeeded: remainder), minimumDigits: 18, to: &bytes)
    }
}
