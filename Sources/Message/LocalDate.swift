/// A calendar date, proleptic Gregorian. Always a real day: zero dates are `Value.missing`.
package struct LocalDate: Sendable, Hashable {
    package let year: Int32
    package let month: UInt8
    package let day: UInt8

    private init(uncheckedYear year: Int32, month: UInt8, day: UInt8) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// `nil` unless it is a real day of the years 0 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= LocalDate.days(inMonth: month, ofYear: year)
        else { return nil }
        self.init(uncheckedYear: Int32(year), month: UInt8(month), day: UInt8(day))
    }

    package static let epoch = LocalDate(uncheckedYear: 1970, month: 1, day: 1)

    package static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// `month` is 1 to 12 (a caller's duty).
    package static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension LocalDate {
    /// The earliest and the latest day that any `Instant` falls on, as days since 1970-01-01.
    private static let dayRange: ClosedRange<Int64> = -106_751_993...106_751_993

    /// Days since 1970-01-01. Years begin in March in between, so that leap days come last.
    package var daysSinceEpoch: Int64 {
        let shifted = Int64(year) - (month <= 2 ? 1 : 0)
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (Int64(month) + (month > 2 ? -3 : 9)) + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Days beyond what instants can reach are taken as the last one.
    package init(daysSinceEpoch days: Int64) {
        let shifted = min(max(days, LocalDate.dayRange.lowerBound), LocalDate.dayRange.upperBound) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            uncheckedYear: Int32(truncatingIfNeeded: yearOfEra + era * 400 + (month <= 2 ? 1 : 0)),
            month: UInt8(truncatingIfNeeded: month),
            day: UInt8(truncatingIfNeeded: dayOfYear - (153 * marchMonth + 2) / 5 + 1))
    }

    package func adding(days: Int64) -> LocalDate {
        let (sum, overflow) = daysSinceEpoch.addingReportingOverflow(days)
        return LocalDate(daysSinceEpoch: overflow ? (days < 0 ? .min : .max) : sum)
    }

    /// The first of this date's month, moved by `months` (at most some thousands of years).
    package func startOfMonth(adding months: Int64 = 0) -> LocalDate {
        let limit: Int64 = 12 * 280_000
        let index = Int64(year) * 12 + Int64(month) - 1 + min(max(months, -limit), limit)
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        return LocalDate(
            uncheckedYear: Int32(truncatingIfNeeded: newYear),
            month: UInt8(truncatingIfNeeded: index - newYear * 12 + 1),
            day: 1)
    }

    /// 1 is Monday, 7 is Sunday, as ISO 8601 counts.
    package var weekday: Int {
        let index = (daysSinceEpoch + 3) % 7
        return Int(index >= 0 ? index : index + 7) + 1
    }

    /// The week of ISO 8601: it belongs to the year that its Thursday lies in.
    package var isoWeek: (year: Int32, week: Int) {
        let thursday = adding(days: Int64(4 - weekday))
        let newYear = LocalDate(uncheckedYear: thursday.year, month: 1, day: 1)
        return (thursday.year, Int(thursday.daysSinceEpoch - newYear.daysSinceEpoch) / 7 + 1)
    }
}

extension LocalDate: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension LocalDate: CustomStringConvertible {
    /// `yyyy-MM-dd`; `nil` for anything else and for days that do not exist.
    package init?(_ text: String) {
        guard let date = TimeText.parse(text, { $0.date() }) else { return nil }
        self = date
    }

    /// Appends `2026-11-24`; years beyond four digits carry a sign.
    package func append(to bytes: inout [UInt8]) {
        if year < 0 {
            bytes.append(UInt8(ascii: "-"))
        } else if year > 9999 {
            bytes.append(UInt8(ascii: "+"))
        }
        TimeText.append(year.magnitude, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        TimeText.append(UInt32(month), digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        TimeText.append(UInt32(day), digits: 2, to: &bytes)
    }

    package var description: String { TimeText.string { append(to: &$0) } }
}
