extension CodeCatalogue {
    static let names: [CodePage] = [
        CodePage(
            .unknownColumn, "the table or record has no such field",
            """
            Columns come from the lock file that `waybill schema pull` writes. If the column is new in MySQL, pull the
            schema again.
            """,
            wrong: "filter .statsu == \"paid\"", right: "filter .status == \"paid\""),
        CodePage(
            .unknownName, "nothing of that name is declared",
            "Connections, queues, policies, records and named messages are declared before they are used, in any file.",
            wrong: "to acmee post \"/orders\" as json", right: "to acme post \"/orders\" as json"),
        CodePage(
            .unknownClause, "no such clause here",
            "Each step and each connector has its own clauses; the message lists them.",
            wrong: "to acme post \"/orders\" timout 10s", right: "to acme post \"/orders\" timeout 10s"),
        CodePage(
            .goneAfterMap, "the field is gone after `map`",
            """
            `map` replaces the message. What it does not carry over is reached through the name that `as` or `let` gave
            before.
            """,
            wrong: "from shop.orders as order after .id\nmap { id = .id }\nfilter .status == \"paid\"",
            right: "from shop.orders as order after .id\nmap { id = .id }\nfilter order.status == \"paid\""),
        CodePage(
            .declaredTwice, "declared twice",
            "A name stands for one thing in all files of a folder.",
            wrong: "queue outbox\nqueue outbox { keep 7d }", right: "queue outbox { keep 7d }"),
        CodePage(
            .unknownFunction, "unknown function",
            "The functions of the language are listed in the reference; there are no others.",
            wrong: "let currency = toUpper(.currency)", right: "let currency = upper(.currency)"),
        CodePage(
            .missingClause, "a clause is missing",
            "The step cannot work without it.",
            wrong: "unique within 30d", right: "unique by .id within 30d"),
        CodePage(
            .clauseTwice, "a clause stands twice",
            "Each clause is written once; clauses of one kind exclude each other.",
            wrong: "to acme post \"/orders\" timeout 5s timeout 10s", right: "to acme post \"/orders\" timeout 10s"),
        CodePage(
            .misplacedStep, "the step stands in the wrong place",
            "`from` is the first step of a route, `when` stands in `choose`, `on error` at the end of the route.",
            wrong: "when .status == \"paid\" { stop }", right: "choose {\n  when .status == \"paid\" { stop }\n}"),
        CodePage(
            .queueReadTwice, "a queue is read by two routes",
            "A job is taken by one of them, and nobody could say by which. Let one route read the queue and `choose`.",
            wrong: twoReaders(secondReads: "inbox"), right: twoReaders(secondReads: "letters")),
        CodePage(
            .queueServesTwo, "a queue is read and used for something else, too",
            """
            A queue that `from queue` reads holds the jobs of other programs. Messages of routes go through queues of their
            own, and dead letters have theirs. A route that reads a queue needs no `through`: the queue itself is durable.
            """,
            wrong: passing("\n  through inbox"), right: passing("")),
    ]

    private static func twoReaders(secondReads queue: String) -> String {
        """
        record Parcel { id int }
        queue inbox { holds Parcel }
        queue letters { holds Parcel }
        route first {
          from queue inbox as parcel
          to archive append "first.jsonl" as json
          on error { deadletter failed }
        }
        route second {
          from queue \(queue) as parcel
          to archive append "second.jsonl" as json
          on error { deadletter failed }
        }
        """
    }

    private static func passing(_ through: String) -> String {
        """
        record Parcel { id int }
        queue inbox { holds Parcel }
        route parcels {
          from queue inbox as parcel\(through)
          to archive append "parcels.jsonl" as json
          on error { deadletter failed }
        }
        """
    }
}
