import CMariaDB
import Message

extension ResultBuffers {
    /// The value of a column of the row that was just read.
    func value(_ column: Int) -> Value {
        if isMissing(column) { return .missing }
        switch kinds[column] {
        case .int: return .int(Int128(load(column, as: Int64.self)))
        case .unsigned: return .int(Int128(load(column, as: UInt64.self)))
        case .float: return .float(Double(load(column, as: Float.self)))
        case .double: return .float(load(column, as: Double.self))
        case .decimal: return decimal(bytes(column))
        case .bit: return .int(Int128(bytes(column).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
        case .date:
            return date(load(column, as: MYSQL_TIME.self)).map(Value.date) ?? .missing
        case .datetime:
            return dateTime(load(column, as: MYSQL_TIME.self)).map(Value.datetime) ?? .missing
        case .timestamp:
            let dateTime = dateTime(load(column, as: MYSQL_TIME.self))
            return dateTime.map { .instant(Instant(microseconds: $0.microsecondsSinceEpoch)) } ?? .missing
        case .time: return .time(LocalTime(microseconds: Self.microseconds(load(column, as: MYSQL_TIME.self))))
        case .text: return text(bytes(column)).map(Value.text) ?? .bytes(Array(bytes(column)))
        case .json: return text(bytes(column)).map(Value.json) ?? .bytes(Array(bytes(column)))
        case .bytes: return .bytes(Array(bytes(column)))
        }
    }

    /// Folds a column into a hash. Times are hashed by their fields, everything else by its bytes.
    @inline(__always)
    func hash(_ column: Int, into hash: inout ContentHash) {
        if isMissing(column) { return hash.addMissing() }
        switch kinds[column] {
        case .int, .unsigned: hash.add(load(column, as: UInt64.self))
        case .date, .datetime, .timestamp, .time:
            let time = load(column, as: MYSQL_TIME.self)
            let day = UInt64(time.year) << 32 | UInt64(time.month) << 16 | UInt64(time.day)
            let clock = UInt64(time.hour) << 32 | UInt64(time.minute) << 16 | UInt64(time.second)
            hash.add(day)
            hash.add(clock)
            hash.add(UInt64(time.second_part) << 1 | (time.neg != 0 ? 1 : 0))
        case .float, .double, .decimal, .bit, .text, .json, .bytes: hash.add(bytes(column))
        }
    }

    /// A column of a key, in the form in which a query takes it again.
    func keyPart(_ column: Int) -> KeyPart {
        if isMissing(column) { return .missing }
        switch kinds[column] {
        case .int: return .int(load(column, as: Int64.self))
        case .unsigned: return .unsigned(load(column, as: UInt64.self))
        case .bit: return .unsigned(bytes(column).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        case .float: return .double(Double(load(column, as: Float.self)))
        case .double: return .double(load(column, as: Double.self))
        case .decimal, .text, .json: return .text(Array(bytes(column)))
        case .bytes: return .bytes(Array(bytes(column)))
        case .date, .datetime, .timestamp, .time:
            let time = load(column, as: MYSQL_TIME.self)
            return .text(TimeDigits.text(time, hasDate: kinds[column] != .time, hasClock: kinds[column] != .date))
        }
    }

    /// More digits than a decimal holds (38; MySQL has 65) are carried as text.
    private func decimal(_ bytes: UnsafeRawBufferPointer) -> Value {
        if let decimal = ExactDecimal(utf8: bytes) { return .decimal(decimal) }
        return text(bytes).map(Value.text) ?? .bytes(Array(bytes))
    }

    /// nil unless it is UTF-8: nothing is ever repaired.
    @inline(__always)
    private func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        String(utf8: bytes)
    }

    /// nil for zero dates and days that no calendar has (`2026-02-00`).
    private func date(_ time: MYSQL_TIME) -> LocalDate? {
        if time.year == 0, time.month == 0, time.day == 0 { return nil }
        return LocalDate(year: Int(time.year), month: Int(time.month), day: Int(time.day))
    }

    private func dateTime(_ time: MYSQL_TIME) -> LocalDateTime? {
        guard let date = date(time) else { return nil }
        let clock = LocalTime(
            hour: Int(time.hour), minute: Int(time.minute), second: Int(time.second),
            microsecond: Int(clamping: time.second_part))
        return clock.flatMap { LocalDateTime(date: date, timeOfDay: $0) }
    }

    private static func microseconds(_ time: MYSQL_TIME) -> Int64 {
        let hours = Int64(time.day) * 24 + Int64(time.hour)
        let seconds = (hours * 60 + Int64(time.minute)) * 60 + Int64(time.second)
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = product.addingReportingOverflow(Int64(clamping: time.second_part))
        if overflow || carry { return 0 }
        return time.neg != 0 ? -sum : sum
    }
}

/// Writes a time as MySQL reads it back, with six digits of a fraction where there are any.
enum TimeDigits {
    static func text(_ time: MYSQL_TIME, hasDate: Bool, hasClock: Bool) -> [UInt8] {
        var text: [UInt8] = []
        if !hasDate, time.neg != 0 { text.append(UInt8(ascii: "-")) }
        if hasDate {
            append(UInt64(time.year), digits: 4, to: &text)
            text.append(UInt8(ascii: "-"))
            append(UInt64(time.month), digits: 2, to: &text)
            text.append(UInt8(ascii: "-"))
            append(UInt64(time.day), digits: 2, to: &text)
        }
        guard hasClock else { return text }
        if hasDate { text.append(UInt8(ascii: "T")) }
        let hours = hasDate ? UInt64(time.hour) : UInt64(time.day) * 24 + UInt64(time.hour)
        append(hours, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(UInt64(time.minute), digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(UInt64(time.second), digits: 2, to: &text)
        if time.second_part > 0 {
            text.append(UInt8(ascii: "."))
            append(UInt64(time.second_part), digits: 6, to: &text)
        }
        return text
    }

    private static func append(_ number: UInt64, digits: Int, to text: inout [UInt8]) {
        let plain = String(number)
        text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, digits - plain.utf8.count)))
        text.append(contentsOf: plain.utf8)
    }
}
