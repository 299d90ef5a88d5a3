/// Shared steps of writing and reading the texts of ISO 8601.
enum TimeText {
    /// `value` with at least `digits` digits.
    @inline(__always)
    static func append(_ value: UInt32, digits: Int, to bytes: inout [UInt8]) {
        if digits == 2, value < 100 {
            bytes.append(UInt8(truncatingIfNeeded: value / 10) &+ 48)
            bytes.append(UInt8(truncatingIfNeeded: value % 10) &+ 48)
        } else {
            DecimalDigits.append(UInt64(value), minimumDigits: digits, to: &bytes)
        }
    }

    /// Nothing for zero, else a point and three digits where they suffice, or six.
    static func append(fraction microseconds: UInt64, to bytes: inout [UInt8]) {
        if microseconds == 0 { return }
        bytes.append(UInt8(ascii: "."))
        if microseconds % 1000 == 0 {
            DecimalDigits.append(microseconds / 1000, minimumDigits: 3, to: &bytes)
        } else {
            DecimalDigits.append(microseconds, minimumDigits: 6, to: &bytes)
        }
    }

    static func string(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What `read` answers, if it has taken all of `text`.
    static func parse<T>(_ text: String, _ read: (inout TimeScanner) -> T?) -> T? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = TimeScanner(bytes: bytes)
            guard let value = read(&scanner), scanner.isAtEnd else { return nil }
            return value
        }
    }
}

/// Reads dates and times from bytes, from left to right; every failure is `nil`.
struct TimeScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    /// Exactly `count` digits.
    mutating func number(digits count: Int) -> Int? {
        guard bytes.count - index >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            index += 1
        }
        return value
    }

    mutating func date() -> LocalDate? {
        guard let year = number(digits: 4), skip("-"), let month = number(digits: 2), skip("-"),
            let day = number(digits: 2)
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    /// An optional sign, hours of two or three digits, minutes, seconds and a fraction.
    mutating func time() -> LocalTime? {
        let isNegative = skip("-")
        guard var hour = number(digits: 2) else { return nil }
        if index < bytes.count, bytes[index] != UInt8(ascii: ":") {
            guard let digit = number(digits: 1) else { return nil }
            hour = hour * 10 + digit
        }
        guard let rest = minutesAndSeconds() else { return nil }
        let total = Int64(hour) * 3_600_000_000 + rest
        return LocalTime(microseconds: isNegative ? -total : total)
    }

    private mutating func minutesAndSeconds() -> Int64? {
        guard skip(":"), let minute = number(digits: 2), minute < 60, skip(":"), let second = number(digits: 2),
            second < 60
        else { return nil }
        let seconds = Int64(minute * 60 + second)
        guard skip(".") else { return seconds * 1_000_000 }
        guard let fraction = fraction() else { return nil }
        return seconds * 1_000_000 + fraction
    }

    /// At least one digit; those beyond the sixth are dropped.
    private mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while index < bytes.count, bytes[index] &- 48 < 10 {
            if count < 6 { value = value * 10 + Int64(bytes[index] &- 48) }
            count += 1
            index += 1
        }
        guard count > 0 else { return nil }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    mutating func dateTime() -> LocalDateTime? {
        guard let date = date(), skip("T") || skip(" ") || skip("t"), let time = time() else { return nil }
        return LocalDateTime(date: date, timeOfDay: time)
    }

    mutating func instant() -> Instant? {
        guard let local = dateTime() else { return nil }
        if skip("Z") || skip("z") { return Instant(microseconds: local.microsecondsSinceEpoch) }
        let isEast = skip("+")
        guard isEast || skip("-"), let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60
        else { return nil }
        let offset = Int64(hours * 60 + minutes) * 60_000_000
        return Instant(microseconds: local.microsecondsSinceEpoch + (isEast ? -offset : offset))
    }
}
