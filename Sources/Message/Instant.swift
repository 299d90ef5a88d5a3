/// A length of time in microseconds, signed.
package struct Microseconds: Sendable, Hashable, Comparable {
    package let count: Int64
    @inlinable package init(_ count: Int64) { self.count = count }
    @inlinable package static func < (left: Self, right: Self) -> Bool { left.count < right.count }
}

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
package struct Instant: Sendable, Hashable, Comparable, BitwiseCopyable {
    package let microseconds: Int64
    @inlinable package init(microseconds: Int64) { self.microseconds = microseconds }
    @inlinable package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

extension Instant {
    /// This instant moved by a length of time; stops at the ends of what 64 bits can say.
    package func advanced(by length: Microseconds) -> Instant {
        let (sum, overflow) = microseconds.addingReportingOverflow(length.count)
        return Instant(microseconds: overflow ? (length.count < 0 ? .min : .max) : sum)
    }

    /// From `earlier` to this instant; stops at the ends of what 64 bits can say.
    package func duration(since earlier: Instant) -> Microseconds {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return Microseconds(overflow ? (microseconds < earlier.microseconds ? .min : .max) : difference)
    }
}

extension Microseconds {
    /// An ISO 8601 duration in seconds: `PT90S`, `-PT0.500S`.
    package func append(to bytes: inout [UInt8]) {
        if count < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(UInt8(ascii: "P"))
        bytes.append(UInt8(ascii: "T"))
        let (seconds, fraction) = count.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        DecimalDigits.append(seconds, minimumDigits: 1, to: &bytes)
        TimeText.append(fraction: fraction, to: &bytes)
        bytes.append(UInt8(ascii: "S"))
    }
}

extension Microseconds: CustomStringConvertible {
    package var description: String { TimeText.string { append(to: &$0) } }
}

extension Instant {
    /// After every other moment.
    package static let never = Instant(microseconds: .max)
}
