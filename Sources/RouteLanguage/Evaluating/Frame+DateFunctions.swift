import Message

extension Frame {
    func dateFunction(
        _ function: Function, _ subject: Value, _ arguments: [Expression]
    ) throws(EvaluationError) -> Value {
        switch function {
        case .date: return try date(subject, arguments)
        case .datetime: return try datetime(subject, arguments)
        case .instant: return Self.instant(subject)
        case .timestamp:
            guard case .instant(let instant) = subject else { throw Self.needsDate(function) }
            return .int(Int128(Self.floorOfSeconds(instant)))
        case .at: return try at(subject, zone: try textArgument(1, arguments))
        case .format:
            guard let local = Self.local(subject) else { throw Self.needsDate(function) }
            return .text(try DatePattern(try textArgument(1, arguments)).render(local))
        case .addDays:
            let days = try Arithmetic.time(
                Int64(try wholeArgument(1, arguments)).multipliedReportingOverflow(by: LocalTime.microsecondsPerDay))
            return try Arithmetic.add(subject, .duration(Microseconds(days)))
        case .addMonths:
            let months = try wholeArgument(1, arguments)
            if case .date(let date) = subject { return .date(try CalendarArithmetic.move(date, months: months)) }
            guard case .datetime(let datetime) = subject,
                let moved = LocalDateTime(
                    date: try CalendarArithmetic.move(datetime.date, months: months), timeOfDay: datetime.timeOfDay)
            else { throw Self.needsDate(function) }
            return .datetime(moved)
        case .daysUntil:
            guard let from = Self.local(subject), let to = Self.local(try argument(1, arguments)) else {
                throw Self.needsDate(function)
            }
            return .int(Int128(to.date.daysSinceEpoch) - Int128(from.date.daysSinceEpoch))
        case .year, .month, .day, .weekday, .hour, .minute, .second: return try datePart(function, subject)
        default: throw Self.needsDate(function)
        }
    }

    private static func needsDate(_ function: Function) -> EvaluationError {
        EvaluationError("`\(function.rawValue)` needs a date or time")
    }

    private static func floorOfSeconds(_ instant: Instant) -> Int64 {
        let (whole, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? whole - 1 : whole
    }

    /// What the calendar of UTC shows for an instant; a date begins at midnight.
    private static func local(_ value: Value) -> LocalDateTime? {
        switch value {
        case .date(let date): LocalDateTime(date: date, timeOfDay: .midnight)
        case .datetime(let datetime): datetime
        case .instant(let instant): LocalDateTime(microsecondsSinceEpoch: instant.microseconds)
        default: nil
        }
    }

    private func datePart(_ function: Function, _ subject: Value) throws(EvaluationError) -> Value {
        let seconds: Int64
        var date: LocalDate?
        if case .time(let time) = subject {
            seconds = Swift.abs(time.microseconds / 1_000_000)
        } else if let local = Self.local(subject) {
            seconds = local.timeOfDay.microseconds / 1_000_000
            date = local.date
        } else {
            throw Self.needsDate(function)
        }
        switch (function, date) {
        case (.year, let date?): return .int(Int128(date.year))
        case (.month, let date?): return .int(Int128(date.month))
        case (.day, let date?): return .int(Int128(date.day))
        case (.weekday, let date?): return .int(Int128(date.weekday))
        case (.hour, _): return .int(Int128(seconds / 3600))
        case (.minute, _): return .int(Int128(seconds / 60 % 60))
        case (.second, _): return .int(Int128(seconds % 60))
        default: throw Self.needsDate(function)
        }
    }

    private func date(_ subject: Value, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        if let local = Self.local(subject) { return .date(local.date) }
        guard case .text(let text) = subject else { throw Self.needsDate(.date) }
        let parsed =
            arguments.count > 1
            ? try DatePattern(try textArgument(1, arguments)).parse(text)?.date : LocalDate(text)
        return parsed.map(Value.date) ?? .missing
    }

    private func datetime(_ subject: Value, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        if let local = Self.local(subject) { return .datetime(local) }
        guard case .text(let text) = subject else { throw Self.needsDate(.datetime) }
        let parsed =
            arguments.count > 1 ? try DatePattern(try textArgument(1, arguments)).parse(text) : LocalDateTime(text)
        return parsed.map(Value.datetime) ?? .missing
    }

    /// Text in ISO 8601 with a zone, or whole seconds since 1970.
    private static func instant(_ subject: Value) -> Value {
        switch subject {
        case .text(let text): return Instant(text).map(Value.instant) ?? .missing
        case .instant: return subject
        case .int(let seconds):
            guard let small = Int64(exactly: seconds) else { return .missing }
            let (microseconds, overflow) = small.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? .missing : .instant(Instant(microseconds: microseconds))
        default: return .missing
        }
    }

    /// A local time in its zone is an instant; an instant in a zone is what its clocks show.
    private func at(_ subject: Value, zone name: String) throws(EvaluationError) -> Value {
        guard let zone = Zone(identifier: name) else { throw EvaluationError("there is no time zone `\(name)`") }
        switch subject {
        case .datetime(let local): return .instant(local.instant(in: zone))
        case .instant(let instant): return .datetime(instant.local(in: zone))
        default: throw Self.needsDate(.at)
        }
    }
}
