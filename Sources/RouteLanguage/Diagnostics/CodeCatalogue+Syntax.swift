extension CodeCatalogue {
    static let syntax = words + braces + texts

    private static let words: [CodePage] = [
        CodePage(
            .unknownStep, "unknown step",
            "A step begins with one of the verbs of the language. The nearest one is offered.",
            wrong: "filtr .status == \"paid\"", right: "filter .status == \"paid\""),
        CodePage(
            .foreignStepName, "the name of a pattern or of another product, not a step",
            """
            The compiler knows the names of the Enterprise Integration Patterns and of other integration products, and
            answers with the word that stands for them here.
            """,
            wrong: "idempotent by .id", right: "unique by .id"),
        CodePage(
            .assignmentOrComparison, "`=` sets a value, `==` compares",
            "In `set`, `let` and fields of objects `=` gives a value; conditions compare with `==`.",
            wrong: "filter .status = \"paid\"", right: "filter .status == \"paid\""),
        CodePage(
            .timeWithoutUnit, "a time needs a unit",
            "Times are written with their unit: ms, s, m, h, d. A bare number could mean any of them.",
            wrong: "from shop.orders after .id every 5", right: "from shop.orders after .id every 5s"),
        CodePage(
            .unexpectedWord, "something else was expected here",
            """
            The line cannot be read from this place on. A step is a verb, maybe a subject, then `name value` clauses,
            maybe a block in braces; a line break ends it.
            """,
            wrong: "filter .status ==", right: "filter .status == \"paid\""),
        CodePage(
            .notInThisVersion, "not in this version yet",
            """
            The word belongs to the language and was read, but this version of Waybill cannot run it. Nothing is
            skipped in silence: a route that needs it does not start.
            """,
            wrong: "throttle 50 per 1s", right: "to acme post \"/orders\" as json"),
        CodePage(
            .unknownUnit, "unknown unit",
            "Units are ms, s, m, h and d for times, KB, MB and GB (powers of 1,024) for sizes.",
            wrong: "from shop.orders after .id every 5sec", right: "from shop.orders after .id every 5s"),
        CodePage(
            .unknownDeclaration, "unknown declaration",
            "Outside of routes stand only declarations: use env secret connect queue policy record template route\ntariff test.",
            wrong: "rout orders {\n  from shop.orders after .id\n}",
            right: "route orders {\n  from shop.orders after .id\n}"),
        CodePage(
            .stepOutsideRoute, "a step outside of a route",
            "Steps stand in the braces of a route, a template or a test.",
            wrong: "filter .status == \"paid\"\nroute orders {\n  from shop.orders after .id\n}",
            right: "route orders {\n  from shop.orders after .id\n  filter .status == \"paid\"\n}"),
    ]

    private static let braces: [CodePage] = [
        CodePage(
            .closedTooEarly, "a brace closes too early",
            """
            After this `}` the block is closed, but the next line is indented as a part of it. Most often one `}` is too
            many, or the `{` of an inner block is missing.
            """,
            wrong: "route orders {\n  from shop.orders after .id\n  filter .status == \"paid\"\n  }\n  stop\n}",
            right: "route orders {\n  from shop.orders after .id\n  filter .status == \"paid\"\n  stop\n}"),
        CodePage(
            .neverClosed, "a brace or bracket is never closed",
            "Its end is missing. The indentation shows where it was probably meant to stand.",
            wrong: """
                route orders {
                  from shop.orders after .id
                  through outbox
                  choose {
                    when .status == "paid" { log "order {.id} is paid" }
                  stop
                }
                """,
            right: """
                route orders {
                  from shop.orders after .id
                  through outbox
                  choose {
                    when .status == "paid" { log "order {.id} is paid" }
                  }
                  stop
                }
                """),
        CodePage(
            .nestedTooDeep, "nested too deep",
            "Blocks and expressions may nest 200 levels deep. Name a part of a long expression with `let`.",
            wrong: "let x = " + String(repeating: "-", count: 201) + "1", right: "let x = -1"),
        CodePage(
            .missingBlock, "a step needs a block",
            "`choose`, `when`, `otherwise`, `breaker`, `fanout`, `loop`, `split` and `on` hold steps in braces.",
            wrong: "on error", right: "on error { deadletter failed }"),
        CodePage(
            .unmatchedBrace, "this brace closes nothing",
            "No block is open at this place.",
            wrong: "route orders {\n  from shop.orders after .id\n}\n\n}",
            right: "route orders {\n  from shop.orders after .id\n}"),
    ]

    private static let texts: [CodePage] = [
        CodePage(
            .unterminatedText, "a text does not end on its line",
            "A text ends with `\"` on the line where it began; a line break in it is written `\\n`.",
            wrong: "log \"order {.id}", right: "log \"order {.id}\""),
        CodePage(
            .invalidCharacter, "a character that means nothing here",
            """
            Names are made of the letters a to z, digits and `_`. Other characters stand in texts and comments. Quotes
            are `"`; conditions are joined by `and` and `or`.
            """,
            wrong: "filter .status == \"paid\" && .net > 0", right: "filter .status == \"paid\" and .net > 0"),
        CodePage(
            .invalidEscape, "this stands for nothing in a text",
            "Escapes are \\n \\t \\r \\\" \\\\ \\{ \\} and \\u{1F600}.",
            wrong: "log \"a\\qb\"", right: "log \"a\\\\qb\""),
    ]
}
