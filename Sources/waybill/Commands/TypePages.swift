/// The types of the language, with the columns that have them.
enum TypePages {
    static let all: [(word: String, summary: String)] = [
        ("bool", "true or false. TINYINT(1), BOOLEAN."),
        ("int", "a whole number. TINYINT to BIGINT, signed or not, YEAR, BIT."),
        ("decimal(12,2)", "an exact number of up to 38 digits, so many behind the point. DECIMAL."),
        ("float", "a floating-point number; never meets a decimal. FLOAT, DOUBLE."),
        ("text", "characters in UTF-8. CHAR, VARCHAR, TEXT, SET."),
        ("bytes", "bytes. BINARY, VARBINARY, BLOB."),
        ("date", "a day. DATE; zero dates are missing."),
        ("time", "a time of day. TIME."),
        ("datetime", "a date and time without a zone. DATETIME; `.at(\"Europe/Berlin\")` makes it an instant."),
        ("instant", "a point in time, in UTC. TIMESTAMP."),
        ("duration", "a length of time: 500ms, 10s, 2m, 4h, 7d."),
        ("uuid", "a UUID in small letters. UUID."),
        ("json", "a JSON document; `.name` gives a member, maybe missing. JSON."),
        ("\"new\" | \"paid\"", "one of a few texts. ENUM."),
        ("[text]", "a list of any type."),
        ("T?", "any type that may be missing: a column that takes NULL, a conversion that fails."),
    ]

    static let metadata: [(word: String, summary: String)] = [
        ("@id", "the message's id: source, table and key."),
        ("@received", "the instant at which the message entered; `now` is the same."),
        ("@customer", "who is billed, where that is known."),
        ("@attempt", "sends so far; not in what is delivered."),
        ("@error", "why the message failed; in `on error`."),
    ]
}
