extension CodeCatalogue {
    static let delivery: [CodePage] = [
        CodePage(
            .deliveryNotBilled, "this delivery is not billed, its siblings are",
            "Other deliveries to connections of the same kind in this route are followed by `bill`.",
            wrong: "when .a { to acme post \"/a\"\n  bill .c meter \"m\" units 1 }\nwhen .b { to globex post \"/b\" }",
            right: "when .b {\n  to globex post \"/b\"\n  bill .c meter \"m\" units 1\n}"),
        CodePage(
            .failureUnhandled, "the route delivers and has no `on error`",
            "Failures go to the first matching `on error`. Say what becomes of a message that cannot be delivered.",
            wrong: "route a {\n  to acme post \"/a\" as json\n}",
            right: "route a {\n  to acme post \"/a\" as json\n  on error { deadletter failed }\n}"),
        CodePage(
            .retryRepeatsPost, "a retry can repeat this POST",
            """
            After a timeout nobody knows whether the request arrived. `key` gives the receiver the same idempotency key
            each time, so that it can drop the repetition.
            """,
            wrong: "to acme post \"/orders\" as json retry gentle",
            right: "to acme post \"/orders\" as json key .number retry gentle"),
        CodePage(
            .billWithoutDelivery, "a `bill` belongs to a delivery",
            "A `bill` stands behind the `to` that it charges; one `to` has one `bill`.",
            wrong: "bill .customer_id meter \"orders\" units 1",
            right: "to acme post \"/orders\" as json\nbill .customer_id meter \"orders\" units 1"),
        CodePage(
            .sameKeyTwice, "two steps could send one key to one connection",
            "The receiver would take the second request for a repetition of the first.",
            wrong: "to acme post \"/a\" key .id\nto acme post \"/b\" key .id",
            right: "to acme post \"/a\" key \"a-{.id}\"\nto acme post \"/b\" key \"b-{.id}\""),
        CodePage(
            .attemptInDelivery, "a delivery may not read `@attempt` or `@error`",
            "A delivery is repeated with the same bytes; these two change from attempt to attempt.",
            wrong: "to acme post \"/orders?n={@attempt}\"", right: "to acme post \"/orders\""),
    ]

    static let secrets: [CodePage] = [
        CodePage(
            .secretInText, "a secret cannot go into text",
            "Secrets are given to the settings that take one, and are never part of a text that could be logged.",
            wrong: "connect acme = http { headers { \"Authorization\" = \"Bearer {secret.T}\" } }",
            right: "connect acme = http { bearer secret.T }"),
        CodePage(
            .secretExpected, "this setting takes a secret",
            "So that no password stands in a route file.",
            wrong: "connect shop = mysql { password \"hunter2\" }",
            right: "secret SHOP_PASSWORD\nconnect shop = mysql { password secret.SHOP_PASSWORD }"),
    ]

    static let advice: [CodePage] = [
        CodePage(
            .cursorCanSkip, "this cursor can skip rows",
            "Rows that share a value of the `after` columns can fall between two pages. End with the primary key.",
            wrong: "from shop.orders after .updated_at", right: "from shop.orders after [.updated_at, .id]"),
        CodePage(
            .changeSeenBySweepOnly, "a row that changes later is only seen by the sweep",
            "`after .id` sees a row once. The hourly sweep looks at the last 24 hours again.",
            wrong: "from shop.orders after .id\nfilter .status == \"paid\"",
            right: "from shop.orders after [.updated_at, .id]\nfilter .status == \"paid\""),
    ]

    static let tariffs: [CodePage] = [
        CodePage(
            .tariffIncomplete, "the tariff is not complete",
            "A tariff needs customers, a currency, a period and charges; a charge needs `per` and a price.",
            wrong: "tariff a { currency EUR }",
            right: "tariff a {\n  customers [\"*\"]\n  currency EUR\n  period month in \"UTC\"\n}"),
        CodePage(
            .priceTooFine, "the price is finer than money can hold",
            "Money is counted in millionths of the currency's minor unit. Write `price 1 per 3000` for finer prices.",
            wrong: "price 0.000000001", right: "price 1 per 1000000000"),
        CodePage(
            .tariffsOverlap, "two tariffs are valid for a customer at one time",
            "Each customer has one tariff at each instant.",
            wrong: "valid 2026-01-01 ..", right: "valid 2026-01-01 .. 2027-01-01"),
        CodePage(
            .chargeNeverReached, "this charge is never reached",
            "The first matching charge wins, and one before it matches everything.",
            wrong: "charge all { per delivery price 1 }\ncharge dach when .meter == \"dach\" { per delivery price 2 }",
            right: "charge dach when .meter == \"dach\" { per delivery price 2 }\ncharge all { per delivery price 1 }"),
        CodePage(
            .tariffValueWrong, "this cannot stand in a tariff here",
            "A currency, a time zone, a date, a weekday or an amount that does not exist.",
            wrong: "period month in \"Europe/Berln\"", right: "period month in \"Europe/Berlin\""),
    ]
}
