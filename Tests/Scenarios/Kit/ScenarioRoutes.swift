/// Route texts of the scenarios.
enum ScenarioRoutes {
    private static let head = """
        env SHOP_DB url
        secret SHOP_PASSWORD
        connect shop = mysql { url env.SHOP_DB, password secret.SHOP_PASSWORD, schema "schema/shop.lock", tls off }
        queue outbox { keep 7d }
        queue failed { keep 7d }
        policy quick = retry 200 backoff 50ms..500ms jitter full

        tariff all {
          customers ["*"]
          currency EUR
          valid 2026-01-01 ..
          period month in "UTC"
          charge order { per delivery price 0.0412 }
        }

        """

    /// Paid orders to one partner, billed.
    static let partner =
        head + """
            env PARTNER url
            connect partner = http { base env.PARTNER }

            route orders {
              from shop.orders as order after .id every 200ms batch 500 start first
              unique by .number within 30d
              filter .status == "paid"
              through outbox workers 16
              to partner post "/orders" as json key .number timeout 5s retry quick
              bill order.customer_id meter "orders"
              on error { deadletter failed }
            }

            """

    /// Orders of DE to one partner, all others to another.
    static let twoPartners =
        head + """
            env PARTNER url
            env OTHER url
            connect partner = http { base env.PARTNER }
            connect other = http { base env.OTHER }

            route orders {
              from shop.orders as order after .id every 200ms batch 500 start first
              unique by .number within 30d
              through outbox workers 16
              choose {
                when (.country ?? "") == "DE" {
                  to partner post "/orders" as json key .number timeout 5s retry quick
                  bill order.customer_id meter "orders.de"
                }
                otherwise {
                  to other post "/orders" as json key .number timeout 5s retry quick
                  bill order.customer_id meter "orders.other"
                }
              }
              on error { deadletter failed }
            }

            """

    /// Every order as a line of one file, billed.
    static let append =
        head + """
            env ARCHIVE text
            connect archive = file { root env.ARCHIVE }

            route orders {
              from shop.orders as order after .id every 200ms batch 500 start first
              unique by .number within 30d
              through outbox workers 64
              to archive append "orders.jsonl" as json
              bill order.customer_id meter "orders"
              on error { deadletter failed }
            }

            """

    /// Jobs that programs add to a queue, to one partner, billed.
    static let parcels =
        head + """
            env PARTNER url
            connect partner = http { base env.PARTNER }
            record Parcel { id int, code text, weight decimal(8,2)? }
            queue inbox { holds Parcel }

            route parcels {
              from queue inbox as parcel
              to partner put "/parcels/{.id}" as json timeout 5s retry quick
              bill "1001" meter "parcels"
              on error { deadletter failed }
            }

            """
}
