/// A date and a time of day without a zone.
package struct LocalDateTime: Sendable, Hashable {
    package let date: LocalDate
    /// Microseconds from midnight, 0 to 86,399,999,999.
    package let timeOfDay: LocalTime

    /// `nil` unless the time is one of a day.
    package init?(date: LocalDate, timeOfDay: LocalTime) {
        guard timeOfDay.isTimeOfDay else { return nil }
        self.date = date
        self.timeOfDay = timeOfDay
    }

    /// Reads `microseconds` as if a clock of UTC had shown it.
    package init(microsecondsSinceEpoch microseconds: Int64) {
        let perDay = LocalTime.microsecondsPerDay
        var (days, rest) = microseconds.quotientAndRemainder(dividingBy: perDay)
        if rest < 0 {
            days -= 1
            rest += perDay
        }
        date = LocalDate(daysSinceEpoch: days)
        timeOfDay = LocalTime(microseconds: rest)
    }

    /// Microseconds since 1970-01-01T00:00:00 on the same clock; stops at the ends of 64 bits.
    package var microsecondsSinceEpoch: Int64 {
        let days = date.daysSinceEpoch
        let (start, overflow) = days.multipliedReportingOverflow(by: LocalTime.microsecondsPerDay)
        let (sum, carry) = start.addingReportingOverflow(timeOfDay.microseconds)
        return overflow || carry ? (days < 0 ? .min : .max) : sum
    }
}

extension LocalDateTime: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.date, left.timeOfDay) < (right.date, right.timeOfDay)
    }
}

extension LocalDateTime: CustomStringConvertible {
    /// `yyyy-MM-dd` and `HH:MM:SS[.ffffff]` with `T` or a space between.
    package init?(_ text: String) {
        guard let value = TimeText.parse(text, { $0.dateTime() }) else { return nil }
        self = value
    }

    /// Appends `2026-11-24T08:05:00`.
    package func append(to bytes: inout [UInt8]) {
        date.append(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        timeOfDay.append(to: &bytes)
    }

    package var description: String { TimeText.string { append(to: &$0) } }
}

extension Instant: CustomStringConvertible {
    /// A date-time with `Z` or an offset such as `+02:00`; digits of a fraction beyond the sixth are dropped.
    package init?(_ text: String) {
        guard let value = TimeText.parse(text, { $0.instant() }) else { return nil }
        self = value
    }

    /// Appends `2026-11-24T08:05:00Z`: always in UTC.
    package func append(to bytes: inout [UInt8]) {
        LocalDateTime(microsecondsSinceEpoch: microseconds).append(to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    package var description: String { TimeText.string { append(to: &$0) } }
}
