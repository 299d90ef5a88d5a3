import Foundation

/// A time zone of the IANA database: the one place where local clocks and instants meet.
///
/// A local time that a clock shows twice (summer time ends) means the earlier instant. One that no clock shows
/// (summer time begins) is read with the offset before the jump, which moves it forward by the gap.
package struct Zone: Sendable, Hashable {
    package let identifier: String
    private let zone: TimeZone

    /// `nil` for names that the database does not have.
    package init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.identifier = identifier
        self.zone = zone
    }

    /// Microseconds to add to UTC for the clock of this zone.
    package func offset(at instant: Instant) -> Microseconds {
        // Down to whole seconds, so that the last microsecond before a change is still before it.
        let (whole, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let seconds = rest < 0 ? whole - 1 : whole
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return Microseconds(Int64(offset) * 1_000_000)
    }

    package func local(_ instant: Instant) -> LocalDateTime {
        let shifted = instant.advanced(by: offset(at: instant))
        return LocalDateTime(microsecondsSinceEpoch: shifted.microseconds)
    }

    package func instant(of local: LocalDateTime) -> Instant {
        let asIfUTC = Instant(microseconds: local.microsecondsSinceEpoch)
        let day = LocalTime.microsecondsPerDay
        let before = offset(at: asIfUTC.advanced(by: Microseconds(-day)))
        let after = offset(at: asIfUTC.advanced(by: Microseconds(day)))
        let early = asIfUTC.advanced(by: Microseconds(-before.count))
        if before == after || offset(at: early) == before { return early }
        let late = asIfUTC.advanced(by: Microseconds(-after.count))
        return offset(at: late) == after ? late : early
    }

    /// The first instant of a local day: midnight, or the end of the gap where summer time skips midnight.
    package func startOfDay(_ date: LocalDate) -> Instant {
        let asIfUTC = date.daysSinceEpoch.multipliedReportingOverflow(by: LocalTime.microsecondsPerDay)
        guard !asIfUTC.overflow else { return Instant(microseconds: date.year < 0 ? .min : .max) }
        let midnight = Instant(microseconds: asIfUTC.partialValue)
        let day = LocalTime.microsecondsPerDay
        // The day has begun at the latest 26 hours after, and not yet 26 hours before, midnight in UTC.
        var (low, high) = (
            midnight.advanced(by: Microseconds(-day - day / 12)), midnight.advanced(by: Microseconds(day + day / 12))
        )
        let guess = instant(of: LocalDateTime(microsecondsSinceEpoch: midnight.microseconds))
        let justBefore = guess.advanced(by: Microseconds(-1))
        if local(guess).date >= date, local(justBefore).date < date { return guess }
        while high.microseconds - low.microseconds > 1 {
            let middle = Instant(microseconds: low.microseconds + (high.microseconds - low.microseconds) / 2)
            if local(middle).date < date { low = middle } else { high = middle }
        }
        return high
    }
}

extension LocalDateTime {
    package func instant(in zone: Zone) -> Instant { zone.instant(of: self) }
}

extension Instant {
    package func local(in zone: Zone) -> LocalDateTime { zone.local(self) }
}
