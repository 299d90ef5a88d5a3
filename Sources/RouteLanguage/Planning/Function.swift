/// A built-in function of the language, by the name that routes write. What it takes and gives, and the line that
/// `explain` prints, stand in `FunctionSignature`.
package enum Function: String, Sendable, Hashable, CaseIterable {
    // Text
    case upper, lower, trim, length, contains, replace, split, join, substring
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case padLeft = "pad_left"
    // Numbers
    case abs, round, floor, ceil, min, max
    // Conversions
    case text, int, decimal, float, bool, date, datetime, instant, uuid, json, bytes
    // Dates
    case year, month, day, weekday, hour, minute, second, at, format
    case addDays = "add_days"
    case addMonths = "add_months"
    case daysUntil = "days_until"
    case timestamp
    // Lists
    case sum, count, distinct, collect, first, last, reverse
    // Hashing and encoding
    case sha256, hmac, base64, hex
    case fromBase64 = "from_base64"
    // Made by the compiler; no route can write these names.
    /// `(a / b).round(n)`: rounded once, from the exact quotient; missing where b is zero.
    case divide = "(divide)"
    /// Brings a number to the scale of the field it goes to; fails the message where digits do not fit.
    case fit = "(fit)"
    /// A member of a JSON document.
    case member = "(member)"
    /// The elements of a JSON array; fails the message where the document is none.
    case elements = "(elements)"

    /// Whether routes can write it.
    package var isWritable: Bool { !rawValue.hasPrefix("(") }

    package static let byName: [String: Function] = Dictionary(
        uniqueKeysWithValues: allCases.filter(\.isWritable).map { ($0.rawValue, $0) })
}
