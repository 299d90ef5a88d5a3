import RouteLanguage

/// What `explain` says about one step or declaration.
struct StepPage: Sendable {
    let word: String
    let summary: String
    let example: String

    var text: String {
        let lines = example.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : "    \($0)"
        }
        return WrappedText.lines("\(word): \(summary)") + "\n\n\(lines.joined(separator: "\n"))\n"
    }
}

/// A page for each word of the language that this version knows.
enum StepPages {
    static func page(for word: String) -> StepPage? { all.first { $0.word == word } }

    /// What is said of a word that the language keeps for later versions; nil: it keeps no such word.
    static func later(_ word: String) -> String? {
        guard page(for: word) == nil, Verb(rawValue: word) != nil || ["template", "test"].contains(word) else {
            return nil
        }
        return "\(word): not in this version yet. The word has its place in the language; leave it out for now.\n"
    }

    static let all: [StepPage] = steps + declarations

    static let steps: [StepPage] = [
        StepPage(
            word: "from",
            summary: "where a route's messages come from: the rows of a table, in the order of a key; or, as in "
                + "`from queue inbox as parcel`, the jobs that other programs add to a queue (`waybill serve --disque`): "
                + "JSON objects of the record that the queue "
                + "holds. A body that does not fit is a dead letter with the reason. Without `through` the queue's own "
                + "settings hold for the messages.",
            example: "from shop.orders as order after .id every 5s batch 500 start first"),
        StepPage(
            word: "unique",
            summary: "accepts a key once; the same key with other content is a conflict that is listed.",
            example: "unique by .number within 30d"),
        StepPage(
            word: "filter", summary: "goes on only where it holds; the message ends as `filtered` otherwise.",
            example: "filter .status == \"paid\" and .net > 0"),
        StepPage(
            word: "validate",
            summary: "fails the message with a sentence where it does not hold; what it tests is known "
                + "to be there below.",
            example: "validate .country is present else \"order {.id} has no country\""),
        StepPage(
            word: "through",
            summary: "the durability line: source position, unique key and queue entry are one commit. "
                + "Below it a message survives anything.",
            example: "through outbox workers 8"),
        StepPage(
            word: "set", summary: "changes one field of the message.", example: "set .total = (.net * 1.19).round(2)"),
        StepPage(word: "let", summary: "names a value for the steps below.", example: "let gross = .net * 1.19"),
        StepPage(
            word: "map", summary: "replaces the message by a record; earlier names still reach what it was.",
            example: "map PartnerOrder {\n  number = \"S-{.id}\"\n  total = (.net * 1.19).round(2)\n}"),
        StepPage(
            word: "choose", summary: "runs the first `when` that holds, else `otherwise`.",
            example: """
                choose {
                  when order.country in ["DE", "AT", "CH"] { to acme post "/orders" as json }
                  otherwise { to archive write "{.number}.json" as json }
                }
                """),
        StepPage(
            word: "when",
            summary: "a branch of `choose`: its steps run where the condition holds and none before it did.",
            example: "choose {\n  when order.country == \"DE\" { to acme post \"/orders\" as json }\n}"),
        StepPage(
            word: "otherwise", summary: "the branch of `choose` where no condition holds; the last one.",
            example: """
                choose {
                  when order.country == "DE" { to acme post "/orders" as json }
                  otherwise { stop }
                }
                """),
        StepPage(
            word: "split",
            summary: "works each item of a list as a message of its own; the outer message goes on when the "
                + "last one has ended.",
            example: "split .labels as label workers 4 { to archive append \"labels.jsonl\" as json }"),
        StepPage(
            word: "fanout", summary: "runs every step below with a copy of the message.",
            example:
                "fanout {\n  to acme put \"/stock/{.site}\" as json\n  to archive append \"stock.jsonl\" as json\n}"),
        StepPage(
            word: "to",
            summary: "delivers the message. Once it has succeeded no retry of a later step repeats it. "
                + "`waybill explain http` and `waybill explain file` list the clauses.",
            example: "to acme post \"/orders\" as json key .number timeout 10s retry gentle"),
        StepPage(
            word: "bill", summary: "bills each delivery of the `to` before it, in the same commit as its mark.",
            example: "bill .customer_id meter \"orders.dach\" units 1 value .total"),
        StepPage(
            word: "on",
            summary: "what to do with a message whose deliveries fail for good; the first one that matches.",
            example: """
                on error only [4xx] { to archive write "rejected/{order.id}.json" as json }
                on error { deadletter failed }
                """),
        StepPage(
            word: "deadletter",
            summary: "ends the message as `dead`, kept in a queue from which `waybill dead retry` "
                + "takes it up again.",
            example: "deadletter failed"),
        StepPage(word: "log", summary: "writes a sentence to the log.", example: "log \"order {.id} is odd\""),
        StepPage(word: "stop", summary: "ends the message as `stopped`.", example: "stop"),
    ]

    static let declarations: [StepPage] = [
        StepPage(
            word: "use", summary: "names another file of the folder whose declarations this one needs.",
            example: "use \"lib/partners.route\""),
        StepPage(
            word: "connect", summary: "declares a connection: what it is called, and the settings of its connector.",
            example:
                "connect shop = mysql { url env.SHOP_DB, password secret.SHOP_PASSWORD, schema \"schema/shop.lock\" }"),
        StepPage(
            word: "queue",
            summary: "declares a queue: how long it keeps messages, which of them keep their order, and, where a route "
                + "reads it, the record that its jobs hold. Clients of Disque see it, fill it, pause and purge it.",
            example: "queue outbox { keep 7d, key .customer_id }\nrecord Parcel { id int, note text? }\n"
                + "queue inbox { holds Parcel }"),
        StepPage(
            word: "policy", summary: "names when a failed delivery is tried again.",
            example: "policy gentle = retry 8 backoff 500ms..2m jitter full only [timeout, 429, 5xx]"),
        StepPage(
            word: "record", summary: "declares the fields and types of what `map` makes and queues hold.",
            example: "record Line { sku text, qty int }"),
        StepPage(
            word: "route", summary: "declares a route: a list of steps from a source to receivers.",
            example: "route orders {\n  from shop.orders after .id\n  to archive append \"orders.jsonl\" as json\n"
                + "  on error { deadletter failed }\n}"),
        StepPage(
            word: "tariff", summary: "declares what customers pay for deliveries that are billed.",
            example: """
                tariff dach_2026 {
                  customers ["1001", "1002"]
                  currency EUR
                  valid 2026-01-01 ..
                  period month in "Europe/Berlin"
                  tax 19%
                  charge partner when .meter like "orders.*" { per delivery price 0.0412 }
                }
                """),
        StepPage(
            word: "env", summary: "names a setting that the environment gives.", example: "env SHOP_DB url"),
        StepPage(
            word: "secret",
            summary: "names a secret: an environment variable of that name, or a file that NAME_FILE "
                + "names. It can never be put into text.",
            example: "secret ACME_TOKEN"),
    ]
}
