extension CodeCatalogue {
    static let types: [CodePage] = [
        CodePage(
            .mayBeMissing, "the value may be missing here",
            """
            A nullable column, a failed conversion, a look-up that finds nothing: their type ends with `?`. Three ways
            out: `??` gives a value in its place, `is present` asks, `!` sends the message to `on error`.
            """,
            wrong: "filter .country in [\"DE\", \"AT\"]", right: "filter (.country ?? \"\") in [\"DE\", \"AT\"]"),
        CodePage(
            .typesDoNotMeet, "these types do not meet",
            "Only `int` widens to `decimal` by itself; everything else is converted by name.",
            wrong: "filter .weight > 0", right: "filter decimal(.weight)! > 0"),
        CodePage(
            .neverThatValue, "it never has that value",
            "The column is an ENUM and its values are known.",
            wrong: "filter .status == \"payed\"", right: "filter .status == \"paid\""),
        CodePage(
            .moneyAsFloat, "money must not be a float",
            "A float cannot hold most amounts. Convert it to a decimal with the digits that it is worth.",
            wrong: "let gross = .fee * 1.19", right: "let gross = decimal(.fee, 2)! * 1.19"),
        CodePage(
            .recordIncomplete, "a field of the record is not set",
            "A `map` to a record sets every field that has no `?`.",
            wrong: "map PartnerOrder { number = \"1\" }", right: "map PartnerOrder { number = \"1\", total = .net }"),
        CodePage(
            .conversionCanFail, "the conversion can fail and nobody handles it",
            "Conversions from text give `T?`. Say what happens when there is no value.",
            wrong: "map PartnerOrder { number = text(.id), total = decimal(.weight, 2) }",
            right: "map PartnerOrder { number = text(.id), total = decimal(.weight, 2)! }"),
        CodePage(
            .divisionWithoutRound, "a division needs `.round(n)`",
            "A quotient can have digits without end. Say how many are kept, and how they are rounded.",
            wrong: "let each = .net / 3", right: "let each = (.net / 3).round(2)"),
        CodePage(
            .wrongSettingValue, "this clause takes another kind of value",
            "The message says which: a time, a whole number, one of a few words, a secret.",
            wrong: "through outbox workers \"8\"", right: "through outbox workers 8"),
    ]

    static let schema: [CodePage] = [
        CodePage(
            .columnChanged, "a column that this route uses changed in MySQL",
            "The live table and the lock file differ. Pull the schema, look at the difference, check again.",
            wrong: "net  decimal(12,2)  -> decimal(12,2)", right: "net  decimal(14,4)  -> decimal(14,4)"),
        CodePage(
            .lockUnreadable, "the lock file cannot be read",
            "Lock files are written by `waybill schema pull` and checked in. Pull again instead of editing them.",
            wrong: "table orders {\n  id bigint\n}", right: "table orders {\n  id  bigint  -> int  key\n}"),
    ]
}
