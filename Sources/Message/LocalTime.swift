/// A MySQL TIME or a time of day, in microseconds from midnight; may be negative or beyond a day.
package struct LocalTime: Sendable, Hashable {
    package let microseconds: Int64
    @inlinable package init(microseconds: Int64) { self.microseconds = microseconds }

    /// A time of day; `nil` unless 0 <= hour < 24 and so on.
    package init?(hour: Int, minute: Int, second: Int, microsecond: Int = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
            (0..<1_000_000).contains(microsecond)
        else { return nil }
        self.init(microseconds: Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + Int64(microsecond))
    }

    package static let midnight = LocalTime(microseconds: 0)
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    package var isTimeOfDay: Bool { microseconds >= 0 && microseconds < LocalTime.microsecondsPerDay }
}

extension LocalTime: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

extension LocalTime: CustomStringConvertible {
    /// `[-]HH:MM:SS[.ffffff]`, hours of two digits or three (MySQL reaches 838).
    package init?(_ text: String) {
        guard let time = TimeText.parse(text, { $0.time() }) else { return nil }
        self = time
    }

    /// Appends `08:05:00`, with three or six digits of a fraction that is not zero.
    package func append(to bytes: inout [UInt8]) {
        if microseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let (seconds, fraction) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        if hour < 100 {
            TimeText.append(UInt32(hour), digits: 2, to: &bytes)
        } else {
            DecimalDigits.append(hour, minimumDigits: 2, to: &bytes)
        }
        bytes.append(UInt8(ascii: ":"))
        TimeText.append(UInt32(minute), digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        TimeText.append(UInt32(second), digits: 2, to: &bytes)
        TimeText.append(fraction: fraction, to: &bytes)
    }

    package var description: String { TimeText.string { append(to: &$0) } }
}
