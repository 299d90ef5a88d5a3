extension CodeCatalogue {
    static let delivery: [CodePage] = [
        CodePage(
            .deliveryNotBilled, "this delivery is not billed, its siblings are",
            "Other deliveries to connections of the same kind in this route are followed by `bill`.",
            wrong: """
                choose {
                  when .status == "paid" {
                    to acme post "/orders" as json
                    bill .customer_id meter "orders.dach" units 1
                  }
                  otherwise { to globex post "/orders" as json }
                }
                """,
            right: """
                choose {
                  when .status == "paid" {
                    to acme post "/orders" as json
                    bill .customer_id meter "orders.dach" units 1
                  }
                  otherwise {
                    to globex post "/orders" as json
                    bill .customer_id meter "orders.us" units 1
                  }
                }
                """),
        CodePage(
            .failureUnhandled, "the route delivers and has no `on error`",
            "Failures go to the first matching `on error`. Say what becomes of a message that cannot be delivered.",
            wrong: "route a {\n  from shop.orders after .id\n  to acme post \"/a\" as json\n}",
            right: """
                route a {
                  from shop.orders after .id
                  to acme post "/a" as json
                  on error { deadletter failed }
                }
                """),
        CodePage(
            .retryRepeatsPost, "a retry can repeat this POST",
            """
            After a timeout nobody knows whether the request arrived. `key` gives the receiver the same idempotency key
            each time, so that it can drop the repetition.
            """,
            wrong: "to acme post \"/orders\" as json retry gentle",
            right: "to acme post \"/orders\" as json key \"order-{.id}\" retry gentle"),
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
            wrong: "connect acme = http { base \"https://acme.example\", bearer \"Bearer {secret.ACME_TOKEN}\" }",
            right: "connect acme = http { base \"https://acme.example\", bearer secret.ACME_TOKEN }"),
        CodePage(
            .secretExpected, "this setting takes a secret",
            "So that no password stands in a route file.",
            wrong: "connect acme = http { base \"https://acme.example\", bearer \"hunter2\" }",
            right: "secret ACME_TOKEN\nconnect acme = http { base \"https://acme.example\", bearer secret.ACME_TOKEN }"),
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
            wrong: "tariff a {\n  customers [\"*\"]\n  currency EUR\n  charge all { per delivery price 1 }\n}",
            right: """
                tariff a {
                  customers ["*"]
                  currency EUR
                  period month in "UTC"
                  charge all { per delivery price 1 }
                }
                """),
        CodePage(
            .priceTooFine, "the price is finer than money can hold",
            "Money is counted in millionths of the currency's minor unit. Write `price 1 per 3000` for finer prices.",
            wrong: "charge all { per delivery price 0.000000001 }",
            right: "charge all { per delivery price 1 per 1000000000 }"),
        CodePage(
            .tariffsOverlap, "two tariffs are valid for a customer at one time",
            "Each customer has one tariff at each instant.",
            wrong: tariffs(untilEndOf2026: false), right: tariffs(untilEndOf2026: true)),
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

    /// One customer's tariffs of two years.
    private static func tariffs(untilEndOf2026: Bool) -> String {
        """
        tariff old {
          customers ["1001"]
          currency EUR
          valid 2026-01-01 ..\(untilEndOf2026 ? " 2027-01-01" : "")
          period month in "UTC"
          charge all { per delivery price 0.05 }
        }
        tariff new {
          customers ["1001"]
          currency EUR
          valid 2027-01-01 ..
          period month in "UTC"
          charge all { per delivery price 0.06 }
        }
        """
    }
}
