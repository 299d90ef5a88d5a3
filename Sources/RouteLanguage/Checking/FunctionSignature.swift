/// What a built-in function takes and gives; the lines that `waybill explain` and the reference show.
package struct FunctionSignature: Sendable {
    enum Parameter: Sendable, Hashable {
        case text, int, exactNumber, number, ordered, list, any, textOrBytes
        /// A date, a datetime or an instant.
        case calendar
        case dateOrTime
        case datetimeOrInstant
        /// Text, bytes or a list.
        case sized
        case listOrText
        /// Known at compile time: digits behind the point, 0 to 38.
        case digits
        /// `half_even`, `half_up`, `up`, `down`.
        case roundingWord
        case zone
        case datePattern
    }

    enum Result: Sendable, Hashable {
        case fixed(Type)
        /// Missing where the value is no such thing; a source type from which it never fails gives the type itself.
        case conversion(Type)
        case sameAsFirst
        /// A decimal with the digits of the second argument.
        case rounded
        case decimal
        /// An element of the list, maybe missing.
        case element
        /// The list's sum.
        case sum
        /// `min`, `max`: an element of a list, or the widest of the arguments.
        case extreme
        /// `at`: a datetime becomes an instant, an instant a datetime.
        case otherClock
        /// A list without missing elements.
        case collected
    }

    package let function: Function
    /// As routes write it.
    package let usage: String
    package let summary: String
    let parameters: [Parameter]
    let required: Int
    let result: Result

    init(
        _ function: Function, _ usage: String, _ parameters: [Parameter], required: Int? = nil, _ result: Result,
        _ summary: String
    ) {
        self.function = function
        self.usage = usage
        self.summary = summary
        self.parameters = parameters
        self.required = required ?? parameters.count
        self.result = result
    }

    package static func of(_ function: Function) -> FunctionSignature? { byFunction[function] }

    private static let byFunction = Dictionary(uniqueKeysWithValues: all.map { ($0.function, $0) })

    /// Every function that routes can write.
    package static let all: [FunctionSignature] = text + numbers + conversions + dates + lists + encodings

    private static let text: [FunctionSignature] = [
        .init(.upper, "upper(.name)", [.text], .fixed(.text), "The text in capital letters."),
        .init(.lower, "lower(.name)", [.text], .fixed(.text), "The text in small letters."),
        .init(.trim, "trim(.name)", [.text], .fixed(.text), "The text without white space at its ends."),
        .init(.length, "length(.name)", [.sized], .fixed(.int), "Characters of a text, bytes, elements of a list."),
        .init(
            .contains, "contains(.name, \"x\")", [.listOrText, .any], .fixed(.bool),
            "Whether a text or list holds another."),
        .init(.startsWith, "starts_with(.sku, \"A-\")", [.text, .text], .fixed(.bool), "Whether a text begins so."),
        .init(.endsWith, "ends_with(.sku, \"-X\")", [.text, .text], .fixed(.bool), "Whether a text ends so."),
        .init(
            .replace, "replace(.sku, \"-\", \"\")", [.text, .text, .text], .fixed(.text),
            "Every occurrence of a text, replaced by another."),
        .init(
            .split, "split(.tags, \",\")", [.text, .text], .fixed(.list(.text)), "The parts between the separators."),
        .init(
            .join, "join(.tags, \", \")", [.list, .text], required: 1, .fixed(.text),
            "The elements as one text with a separator between."),
        .init(
            .substring, "substring(.sku, 0, 3)", [.text, .int, .int], required: 2, .fixed(.text),
            "Characters from a position (the first is 0), so many or to the end."),
        .init(
            .padLeft, "pad_left(text(.id), 8, \"0\")", [.text, .int, .text], required: 2, .fixed(.text),
            "The text, filled at its left to so many characters."),
    ]

    private static let numbers: [FunctionSignature] = [
        .init(.abs, "abs(.net)", [.number], .sameAsFirst, "The number without its sign."),
        .init(
            .round, "round(.net * 1.19, 2, half_up)", [.exactNumber, .digits, .roundingWord], required: 1, .rounded,
            "To so many digits behind the point (0 if none are given); half_even, half_up, up or down."),
        .init(.floor, "floor(.net)", [.exactNumber], .fixed(.int), "The largest whole number that is not above it."),
        .init(.ceil, "ceil(.net)", [.exactNumber], .fixed(.int), "The smallest whole number that is not below it."),
        .init(
            .min, "min(.a, .b)", [.any], .extreme, "The smallest of a list (missing if it is empty) or of the values."),
        .init(
            .max, "max(.a, .b)", [.any], .extreme, "The largest of a list (missing if it is empty) or of the values."),
    ]

    private static let conversions: [FunctionSignature] = [
        .init(.text, "text(.id)", [.any], .conversion(.text), "How the value is written."),
        .init(.int, "int(.quantity)", [.any], .conversion(.int), "A whole number; missing where it is none."),
        .init(
            .decimal, "decimal(.fee, 2)", [.any, .digits], required: 1, .decimal,
            "An exact number, rounded to so many digits; missing where it is none."),
        .init(.float, "float(.x)", [.any], .conversion(.float), "A float; missing where it is none."),
        .init(.bool, "bool(.flag)", [.any], .conversion(.bool), "From 0, 1, \"true\", \"false\"; missing otherwise."),
        .init(
            .date, "date(.s, \"dd.MM.yyyy\")", [.any, .datePattern], required: 1, .conversion(.date),
            "A date, from text by a pattern (yyyy-MM-dd if none is given), or the date of a time."),
        .init(
            .datetime, "datetime(.s)", [.any, .datePattern], required: 1, .conversion(.datetime),
            "A date and time without a zone; missing where the text is none."),
        .init(
            .instant, "instant(.s)", [.any], .conversion(.instant), "From ISO 8601 with a zone, or seconds since 1970."),
        .init(.uuid, "uuid(.s)", [.any], .conversion(.uuid), "A UUID in small letters; missing where it is none."),
        .init(.json, "json(.s)", [.any], .conversion(.json), "A JSON document from text, or any value as JSON."),
        .init(.bytes, "bytes(.s)", [.textOrBytes], .fixed(.bytes), "The bytes of a text in UTF-8."),
    ]

    private static let dates: [FunctionSignature] = [
        .init(.year, "year(.day)", [.calendar], .fixed(.int), "The year."),
        .init(.month, "month(.day)", [.calendar], .fixed(.int), "The month, 1 to 12."),
        .init(.day, "day(.day)", [.calendar], .fixed(.int), "The day of the month."),
        .init(.weekday, "weekday(.day)", [.calendar], .fixed(.int), "The day of the week: Monday 1 to Sunday 7."),
        .init(.hour, "hour(.at)", [.dateOrTime], .fixed(.int), "The hour, 0 to 23; of an instant in UTC."),
        .init(.minute, "minute(.at)", [.dateOrTime], .fixed(.int), "The minute."),
        .init(.second, "second(.at)", [.dateOrTime], .fixed(.int), "The second."),
        .init(
            .at, "at(.updated_at, \"Europe/Berlin\")", [.datetimeOrInstant, .zone], .otherClock,
            "A datetime in its zone is an instant; an instant in a zone is what its clocks show."),
        .init(
            .format, "format(.day, \"dd.MM.yyyy\")", [.calendar, .datePattern], .fixed(.text),
            "By a pattern of yyyy MM dd HH mm ss SSS."),
        .init(.addDays, "add_days(.day, 14)", [.calendar, .int], .sameAsFirst, "So many days later."),
        .init(
            .addMonths, "add_months(.day, 1)", [.calendar, .int], .sameAsFirst,
            "The same day of another month, or its last one."),
        .init(
            .daysUntil, "days_until(.day, .due)", [.calendar, .calendar], .fixed(.int), "Whole days between two dates."),
        .init(.timestamp, "timestamp(@received)", [.any], .fixed(.int), "Whole seconds since 1970 of an instant."),
    ]

    private static let lists: [FunctionSignature] = [
        .init(.sum, "sum(.amounts)", [.list], .sum, "The sum of the elements; 0 of none."),
        .init(.count, "count(.lines)", [.list], .fixed(.int), "How many elements."),
        .init(.distinct, "distinct(.tags)", [.list], .sameAsFirst, "Every element once, in the order of the first."),
        .init(.collect, "collect(.notes)", [.list], .collected, "The elements that are present."),
        .init(.first, "first(.lines)", [.list], .element, "The first element; missing if there is none."),
        .init(.last, "last(.lines)", [.list], .element, "The last element; missing if there is none."),
        .init(.reverse, "reverse(.lines)", [.list], .sameAsFirst, "The elements from the last to the first."),
    ]

    private static let encodings: [FunctionSignature] = [
        .init(.sha256, "sha256(.email)", [.textOrBytes], .fixed(.text), "SHA-256 in hexadecimal digits."),
        .init(
            .hmac, "hmac(.body, .key)", [.textOrBytes, .textOrBytes], .fixed(.text),
            "HMAC-SHA-256 in hexadecimal digits."),
        .init(.base64, "base64(.photo)", [.textOrBytes], .fixed(.text), "The bytes in base64."),
        .init(.hex, "hex(.photo)", [.textOrBytes], .fixed(.text), "The bytes in hexadecimal digits."),
        .init(
            .fromBase64, "from_base64(.s)", [.text], .conversion(.bytes), "Bytes from base64; missing where it is none."
        ),
    ]
}
