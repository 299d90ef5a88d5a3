package import Message

/// How a tariff cuts time: the unit and the zone whose midnights bound it.
package struct BillingPeriod: Sendable, Hashable {
    package enum Unit: String, Sendable, Hashable, CaseIterable { case day, week, month, quarter, year }
    package let unit: Unit
    /// IANA name, known to exist.
    package let zone: String
    package init(unit: Unit, zone: String) {
        self.unit = unit
        self.zone = zone
    }
}

/// One period with its exact bounds: `start` belongs to it, `end` to the next one.
package struct PeriodSpan: Sendable, Hashable {
    /// `2026-11-24`, `2026-W48`, `2026-11`, `2026-Q4` or `2026`, by unit.
    package let key: String
    package let unit: BillingPeriod.Unit
    package let zone: String
    package let start: Instant
    package let end: Instant

    package func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }
}

extension BillingPeriod {
    /// The one period that an instant lies in; `nil` if the machine does not know the zone.
    ///
    /// Bounds are the first instants of local days, so neighbours meet exactly, whatever the clocks did in between.
    package func span(containing instant: Instant) -> PeriodSpan? {
        guard let zone = Zone(identifier: zone) else { return nil }
        var first = unit.firstDay(of: zone.local(instant).date)
        // Where clocks went back over midnight the local date can be a day early: the bounds decide.
        while zone.startOfDay(first) > instant { first = unit.firstDay(of: first.adding(days: -1)) }
        while zone.startOfDay(unit.next(first)) <= instant, unit.next(first) > first { first = unit.next(first) }
        return span(from: first, in: zone)
    }

    /// The period of a key that this unit writes; `nil` for other keys.
    package func span(key: String) -> PeriodSpan? {
        guard let zone = Zone(identifier: zone), let first = unit.firstDay(key: key) else { return nil }
        return span(from: first, in: zone)
    }

    private func span(from first: LocalDate, in zone: Zone) -> PeriodSpan {
        PeriodSpan(
            key: unit.key(first), unit: unit, zone: self.zone, start: zone.startOfDay(first),
            end: zone.startOfDay(unit.next(first)))
    }
}

extension BillingPeriod.Unit {
    /// The first local day of the period that a day belongs to.
    func firstDay(of date: LocalDate) -> LocalDate {
        switch self {
        case .day: date
        case .week: date.adding(days: Int64(1 - date.weekday))
        case .month: date.startOfMonth()
        case .quarter: date.startOfMonth(adding: -Int64((date.month - 1) % 3))
        case .year: date.startOfMonth(adding: 1 - Int64(date.month))
        }
    }

    /// The first day of the period after the one that begins at `first`.
    func next(_ first: LocalDate) -> LocalDate {
        switch self {
        case .day: first.adding(days: 1)
        case .week: first.adding(days: 7)
        case .month: first.startOfMonth(adding: 1)
        case .quarter: first.startOfMonth(adding: 3)
        case .year: first.startOfMonth(adding: 12)
        }
    }

    /// Keys of one unit sort as their periods do.
    func key(_ first: LocalDate) -> String {
        let date = first.description
        let year = date.dropLast(6)
        switch self {
        case .day: return date
        case .week:
            let week = first.isoWeek
            let weekYear = LocalDate(year: Int(week.year), month: 1, day: 1).map { $0.description.dropLast(6) } ?? year
            return "\(weekYear)-W\(week.week < 10 ? "0" : "")\(week.week)"
        case .month: return String(date.dropLast(3))
        case .quarter: return "\(year)-Q\((first.month - 1) / 3 + 1)"
        case .year: return String(year)
        }
    }

    /// The first day of the period that `key` names.
    func firstDay(key: String) -> LocalDate? {
        let candidate: LocalDate?
        switch self {
        case .day: candidate = LocalDate(key)
        case .week: candidate = Self.monday(ofWeek: key)
        case .month: candidate = LocalDate(key + "-01")
        case .quarter:
            guard let last = key.last, let quarter = last.wholeNumberValue, (1...4).contains(quarter) else {
                return nil
            }
            candidate = LocalDate(key.dropLast(3) + "-01-01")?.startOfMonth(adding: Int64(quarter - 1) * 3)
        case .year: candidate = LocalDate(key + "-01-01")
        }
        guard let candidate, self.key(candidate) == key else { return nil }
        return candidate
    }

    private static func monday(ofWeek key: String) -> LocalDate? {
        guard key.count >= 8, let week = Int64(key.suffix(2)), let fourth = LocalDate(key.dropLast(4) + "-01-04")
        else { return nil }
        return fourth.adding(days: Int64(1 - fourth.weekday)).adding(days: (week - 1) * 7)
    }
}
