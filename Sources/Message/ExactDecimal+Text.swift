extension ExactDecimal {
    /// `[+-]digits[.digits]`, at most 38 significant digits and 38 behind the point; anything else is `nil`.
    package init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { ExactDecimal(utf8: $0) }
        guard let parsed else { return nil }
        self = parsed
    }

    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        self.init(utf8: UnsafeRawBufferPointer(bytes))
    }

    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        var index = 0
        let end = bytes.count
        var isNegative = false
        if index < end, bytes[index] == 0x2d || bytes[index] == 0x2b {
            isNegative = bytes[index] == 0x2d
            index += 1
        }
        var digits = DigitCollector()
        let whole = digits.collect(bytes, from: index)
        guard whole > index else { return nil }
        index = whole
        var scale = 0
        if index < end {
            guard bytes[index] == 0x2e else { return nil }
            let fraction = digits.collect(bytes, from: index + 1)
            scale = fraction - index - 1
            guard fraction == end, (1...38).contains(scale) else { return nil }
        }
        guard let magnitude = digits.value, magnitude < UInt128(PowersOfTen[38]) else { return nil }
        self.init(mantissa: isNegative ? -Int128(magnitude) : Int128(magnitude), scale: scale)
    }

    /// Appends plain digits, with the scale that the number carries: `-0.50`.
    package func append(to bytes: inout [UInt8]) {
        if mantissa < 0 { bytes.append(0x2d) }
        let magnitude = mantissa.magnitude
        if scale == 0 {
            DecimalDigits.append(magnitude, minimumDigits: 1, to: &bytes)
            return
        }
        if magnitude <= UInt128(UInt64.max), scale <= 18 {
            let power = UInt64(truncatingIfNeeded: PowersOfTen[scale])
            let (whole, fraction) = UInt64(truncatingIfNeeded: magnitude).quotientAndRemainder(dividingBy: power)
            DecimalDigits.append(whole, minimumDigits: 1, to: &bytes)
            bytes.append(0x2e)
            DecimalDigits.append(fraction, minimumDigits: scale, to: &bytes)
            return
        }
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: UInt128(PowersOfTen[scale]))
        DecimalDigits.append(whole, minimumDigits: 1, to: &bytes)
        bytes.append(0x2e)
        DecimalDigits.append(fraction, minimumDigits: scale, to: &bytes)
    }
}

extension ExactDecimal: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Gathers decimal digits, in 64 bits while they fit and in 128 beyond.
private struct DigitCollector {
    private var low: UInt64 = 0
    private var wide: UInt128 = 0
    private var isWide = false
    private var overflowed = false

    /// The digits gathered, or `nil` when they left 128 bits.
    var value: UInt128? { overflowed ? nil : isWide ? wide : UInt128(low) }

    /// Takes digits from `start` on and returns the index of the first byte that is none.
    mutating func collect(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let digit = bytes[index] &- 48
            guard digit < 10 else { break }
            take(digit)
            index += 1
        }
        return index
    }

    private mutating func take(_ digit: UInt8) {
        if !isWide {
            if low < 1_000_000_000_000_000_000 {
                low = low &* 10 &+ UInt64(digit)
                return
            }
            isWide = true
            wide = UInt128(low)
        }
        let (scaled, overflow) = wide.multipliedReportingOverflow(by: 10)
        let (sum, carry) = scaled.addingReportingOverflow(UInt128(digit))
        overflowed = overflowed || overflow || carry
        wide = sum
    }
}
