import Foundation
import Testing

@testable import RouteLanguage

/// The core sample with its lock file, and edits of it.
struct Sample {
    static let lock = fixture("shop.lock")

    static let audit = """
        connect audit = file { root "audit" }

        """

    static let core = fixture("core.route")

    private static func fixture(_ name: String) -> String { (try? Fixture.text(name)) ?? "" }

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
