import Message

/// Moving dates and times, with ends that fail the message instead of standing still.
enum CalendarArithmetic {
    /// Years 0 to 9999, which every receiver can read.
    static func checked(_ date: LocalDate) throws(EvaluationError) -> LocalDate {
        guard (0...9999).contains(date.year) else { throw Arithmetic.timeOverflow }
        return date
    }

    static func move(_ datetime: LocalDateTime, by microseconds: Int64) throws(EvaluationError) -> LocalDateTime {
        let sum = try Arithmetic.time(datetime.microsecondsSinceEpoch.addingReportingOverflow(microseconds))
        let moved = LocalDateTime(microsecondsSinceEpoch: sum)
        _ = try checked(moved.date)
        return moved
    }

    /// By whole days only: a date has no time of day.
    static func move(_ date: LocalDate, by microseconds: Int64) throws(EvaluationError) -> LocalDate {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: LocalTime.microsecondsPerDay)
        guard rest == 0 else { throw EvaluationError("a date moves by whole days only") }
        return try checked(date.adding(days: days))
    }

    /// The same day of another month, or its last day where it is shorter.
    static func move(_ date: LocalDate, months: Int) throws(EvaluationError) -> LocalDate {
        guard (-120_000...120_000).contains(months) else { throw Arithmetic.timeOverflow }
        let first = try checked(date.startOfMonth(adding: Int64(months)))
        let length = LocalDate.days(inMonth: Int(first.month), ofYear: Int(first.year))
        let day = Swift.min(Int(date.day), length)
        guard let moved = LocalDate(year: Int(first.year), month: Int(first.month), day: day) else {
            throw Arithmetic.timeOverflow
        }
        return moved
    }
}
