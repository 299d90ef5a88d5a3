import Connecting
import RouteLanguage

/// The route that the simulation runs, compiled from text as a user would write it.
enum SimulatedPlan {
    /// - Parameter edition: 1, or 2 for what is swapped in while it runs.
    static func text(_ world: World, edition: Int) -> String {
        """
        env SHOP_DB url
        connect shop = mysql { url env.SHOP_DB, schema "schema/shop.lock" }
        connect acme = http { base "http://acme.example" }
        connect globex = http { base "http://globex.example" }
        connect archive = file { root "archive" }
        queue outbox { \(world.queue) }
        policy brief = retry 2 backoff 100ms..5s jitter full
        queue failed { keep 90d }

        route orders {
          from shop.orders as order after .id every 1s start first
          unique by .number within 30d
          filter .status == "paid"
          validate .country is present else "no country"
          through outbox workers 4
          choose {
            when .country == "DE" {
              to acme post "/v\(edition)/orders" as json key .number retry brief
              bill .customer_id meter "orders.de"
            }
            otherwise {
              to globex put "/v\(edition)/orders/{.number}" as json key .number
              bill .customer_id meter "orders.other"
            }
          }
          split .attrs as copy workers 2 {
            to archive append "{order.country}.jsonl" as json retry brief
          }
          fanout {
            to archive append "audit.jsonl" as json
            to archive append "numbers.jsonl" as json
          }
          on error only [4xx] { to archive write "rejected/{order.id}.json" as json }
          on error { deadletter failed }
        }

        record Parcel { id int, code text, customer int }
        queue inbox { holds Parcel }
        route parcels {
          from queue inbox as parcel
          filter .code != "skip"
          to globex put "/v\(edition)/parcels/{.id}" as json retry brief
          bill .customer meter "parcels"
          on error { deadletter failed }
        }

        tariff everybody {
          customers ["*"]
          currency EUR
          valid 2020-01-01 ..
          period month in "Europe/Berlin"
          charge each { per delivery price 0.0500 }
        }

        """
    }

    static let lock = """
        # mysql 10.11.19-MariaDB, pulled 2026-09-21, fingerprint 9c1e44d0
        table orders {
          id           bigint unsigned  -> int            key
          number       varchar(40)      -> text
          status       enum             -> "new" | "paid"
          country      char(2) null     -> text?
          net          decimal(12,2)    -> decimal(12,2)
          customer_id  bigint unsigned  -> int
          attrs        json             -> json
        }

        """

    static let columns = ["id", "number", "status", "country", "net", "customer_id", "attrs"]

    static func compile(_ world: World, edition: Int) throws -> Plan {
        let compilation = Compiler.compile(
            SourceSet(
                routes: [.init(path: "orders.route", text: text(world, edition: edition))],
                locks: [.init(path: "schema/shop.lock", text: lock)]),
            connectors: connectors)
        guard let plan = compilation.plan else { throw NoPlan(diagnostics: compilation.diagnostics) }
        return plan
    }

    static let connectors = [mysql, http, file]

    struct NoPlan: Error {
        let diagnostics: [Diagnostic]
    }

    private static let mysql = ConnectorDescriptor(
        name: "mysql", summary: "",
        settings: [Clause("url", .constantText, ""), Clause("schema", .constantText, "")],
        source: [Clause("every", .duration, ""), Clause("start", .startPosition, ""), Clause("after", .columns, "")])

    private static let http = ConnectorDescriptor(
        name: "http", summary: "", settings: [Clause("base", .constantText, "")],
        delivery: [
            Clause("post", .urlPath, group: "method", ""), Clause("put", .urlPath, group: "method", ""),
            Clause("as", .word(["json"]), ""), Clause("key", .headerText, ""), Clause("retry", .policy, ""),
        ], repeatingActions: ["post"])

    private static let file = ConnectorDescriptor(
        name: "file", summary: "", settings: [Clause("root", .constantText, "")],
        delivery: [
            Clause("write", .filePath, group: "action", ""), Clause("append", .filePath, group: "action", ""),
            Clause("as", .word(["json"]), ""), Clause("retry", .policy, ""),
        ])
}
