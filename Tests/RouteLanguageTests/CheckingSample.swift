import Foundation
import Testing

@testable import RouteLanguage

/// The core sample with its lock file, and edits of it.
struct Sample {
    static let lock = """
        # mysql 10.11.19-MariaDB, pulled 2026-09-21, fingerprint 9c1e44d0
        table orders {
          id           bigint unsigned  -> int            key
          customer_id  bigint unsigned  -> int            index
          status       enum             -> "new" | "paid" | "shipped"
          net          decimal(12,2)    -> decimal(12,2)
          country      char(2) null     -> text?
          currency     char(3)          -> text
          note         text null        -> text?
          weight       varchar(20)      -> text
          fee          double           -> float
          quantity     varchar(10)      -> text
          shape        geometry         -> unusable
          updated_at   datetime(6)      -> datetime       index  zone "UTC"
          attrs        json null        -> json?
        }

        table parcels {
          id           bigint unsigned  -> int            key
          customer_id  bigint unsigned  -> int            index
          site         varchar(40)      -> text
          code         varchar(40)      -> text
          labels       json             -> json
        }

        """

    static let audit = """
        connect audit = file { root "audit" }

        """

    static let core: String = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/core.route")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    static func sources(_ text: String, lock: String = lock) -> SourceSet {
        SourceSet(
            routes: [.init(path: "lib/audit.route", text: audit), .init(path: "orders.route", text: text)],
            locks: [.init(path: "schema/shop.lock", text: lock)])
    }

    static func compile(_ text: String, lock: String = lock) -> Compilation {
        Compiler.compile(sources(text, lock: lock), connectors: Catalogue.all)
    }

    /// One route over the sample's declarations: `body` stands behind `from shop.orders as order after .id`.
    static func route(_ body: String) -> Compilation {
        compile(
            """
            env SHOP_DB url
            secret SHOP_PASSWORD
            secret ACME_TOKEN
            connect shop = mysql { url env.SHOP_DB, password secret.SHOP_PASSWORD, schema "schema/shop.lock" }
            connect acme = http { base "https://api.acme.example", bearer secret.ACME_TOKEN }
            connect archive = file { root "archive" }
            queue outbox { keep 7d }
            queue failed { keep 90d }
            policy gentle = retry 8 backoff 500ms..2m
            record Line { sku text, qty int }
            record Total { amount decimal(12,2), note text?, lines [Line] }
            route r {
              from shop.orders as order after .id
              \(body.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  "))
              on error { deadletter failed }
            }

            """)
    }
}
