/// A length of time in microseconds, signed.
package struct Microseconds: Sendable, Hashable, Comparable {
    package let count: Int64
    package init(_ count: Int64) { self.count = count }
    package static func < (left: Self, right: Self) -> Bool { left.count < right.count }
}

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
package struct Instant: Sendable, Hashable, Comparable {
    package let microseconds: Int64
    package init(microseconds: Int64) { self.microseconds = microseconds }
    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

/// A calendar date, proleptic Gregorian. Always a real day: zero dates are `Value.missing`.
package struct LocalDate: Sendable, Hashable {
    package let year: Int32
    package let month: UInt8
    package let day: UInt8
}

/// A MySQL TIME or a time of day, in microseconds from midnight; may be negative or beyond a day.
package struct LocalTime: Sendable, Hashable {
    package let microseconds: Int64
    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// A date and a time of day without a zone.
package struct LocalDateTime: Sendable, Hashable {
    package let date: LocalDate
    /// Microseconds from midnight, 0 to 86,399,999,999.
    package let timeOfDay: LocalTime
}
