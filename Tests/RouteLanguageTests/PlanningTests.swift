import Billing
import Connecting
import Foundation
import Message
import Testing

@testable import RouteLanguage

/// What the engine gets: instructions, slots, columns, steps' names.
@Suite struct PlanningTests {
    private func plan(_ body: String) throws -> RoutePlan {
        let compilation = Sample.route(body)
        let plan = try #require(compilation.plan, "\(compilation.diagnostics.map(\.line))")
        return plan.routes[0]
    }

    @Test func onlyUsedColumnsAreRead() throws {
        let route = try plan("filter .net > 0\nthrough outbox\nlog \"{order.status}\"")
        #expect(route.source.request?.columns.map(\.name) == ["id", "status", "net"])
        #expect(route.source.request?.columns.map(\.sqlType) == ["bigint unsigned", "enum", "decimal(12,2)"])
        #expect(route.source.request?.after == [0] && route.source.request?.primaryKey == [0])
        #expect(route.source.shape.names == ["id", "status", "net"])
        #expect(route.source.request?.start == .now)
        #expect(route.slotNames == [".", "order"])
    }

    @Test func aWholeMessageReadsEveryColumnThatCanBeRead() throws {
        let route = try plan("to archive write \"{.id}\" as json")
        #expect(route.source.shape.names.count == 12)
        #expect(!route.source.shape.names.contains("shape"))
    }

    @Test func theLineStandsBeforeTheFirstStepThatDelivers() throws {
        let compilation = Sample.route("filter .id > 1\nlet a = 1\nto archive write \"{.id}\" as json")
        let plan = try #require(compilation.plan)
        let route = plan.routes[0]
        #expect(plan.queues[route.queue].name == "r")
        #expect(route.workers == nil, "the connection says how many it takes")
        #expect(route.intake.count == 3 && route.body.count == 4)
        guard case .end? = route.intake.last, case .deliver? = route.body.first else {
            Issue.record("\(route.intake) \(route.body)")
            return
        }
    }

    @Test func branchesAreFlat() throws {
        let route = try plan(
            """
            through outbox
            choose {
              when .id > 10 { log "a" }
              when .id > 5 {
                log "b"
                stop
              }
              otherwise { log "c" }
            }
            log "d"
            """)
        let reached = [20: ["a", "d"], 7: ["b"], 1: ["c", "d"]].mapValues { $0 }
        for (id, words) in reached { #expect(try Self.logged(route, id: id) == words) }
    }

    /// What a message with this id logs, run as the engine runs instructions.
    static func logged(_ route: RoutePlan, id: Int) throws -> [String] {
        let row = Record(
            shape: route.source.shape, fields: route.source.shape.names.map { $0 == "id" ? .int(Int128(id)) : .missing }
        )
        var frame = Frame(
            slots: [Value](repeating: .missing, count: route.slotCount), messageID: "m",
            received: Instant(microseconds: 0))
        frame.slots[0] = .record(row)
        frame.slots[1] = .record(row)
        var words: [String] = []
        var place = 0
        while route.body.indices.contains(place) {
            switch route.body[place] {
            case .branch(let condition, let otherwise):
                place = try frame.holds(condition) ? place + 1 : otherwise
                continue
            case .jump(let target):
                place = target
                continue
            case .log(let text, _):
                if case .text(let text) = try frame.evaluate(text) { words.append(text) }
            case .setSlot(let slot, let expression): frame.slots[slot] = try frame.evaluate(expression)
            case .map(let expression): frame.slots[0] = try frame.evaluate(expression)
            case .setField(let path, let expression):
                let value = try frame.evaluate(expression)
                if case .record(var record) = frame.slots[0] {
                    record.fields[path[0]] = value
                    frame.slots[0] = .record(record)
                }
            case .stop, .end: return words
            case .filter, .validate, .deliver, .split, .fanout, .deadLetter: break
            }
            place += 1
        }
        return words
    }

    @Test func setIsSeenThroughEveryNameAndMapIsNot() throws {
        let route = try plan(
            """
            through outbox
            set .currency = "USD"
            log "{order.currency}"
            map { n = .id, c = "x" }
            set .c = "y"
            log "{.c}{order.currency}{order.id}"
            """)
        #expect(try Self.logged(route, id: 3) == ["USD", "yUSD3"])
    }

    @Test func theUniqueKeyIsTakenWhereItIsWritten() throws {
        let plain = try plan("unique by .id within 7d\nfilter .net > 0")
        guard case .field? = plain.unique?.key else {
            Issue.record("\(String(describing: plain.unique))")
            return
        }
        #expect(plain.unique?.withinMilliseconds == Int64(604_800_000))
        let mapped = try plan("unique by [.id, .status]\nmap { a = 1 }\nthrough outbox")
        guard case .slot(let slot)? = mapped.unique?.key else {
            Issue.record("\(String(describing: mapped.unique))")
            return
        }
        #expect(mapped.slotNames[slot] == "unique")
    }

    @Test func childrenAndHandlersHaveTheirEntries() throws {
        let route = try plan(
            """
            through outbox
            split [1, 2] as n workers 4 { to archive append "x-{order.id}" as json }
            fanout {
              to archive append "a" as json
              to acme put "/b" as json
            }
            """)
        guard case .split(let split) = route.body[0], case .fanout(let fanout) = route.body[4] else {
            Issue.record("\(route.body)")
            return
        }
        #expect(split.body == 2 && split.workers == 4 && split.itemSlot == 2)
        #expect(fanout.branches.count == 2)
        for entry in [split.body] + fanout.branches {
            guard case .deliver = route.body[entry], case .end = route.body[entry + 1] else {
                Issue.record("no delivery at \(entry)")
                return
            }
        }
        guard let handler = route.handlers.first, case .deadLetter = route.body[handler.body] else {
            Issue.record("no handler")
            return
        }
    }

    @Test func deliveriesCarryWhatWasWritten() throws {
        let route = try plan(
            """
            through outbox
            to acme post "/o/{.id}" as json key .id timeout 3s retry gentle headers { "X-C" = .currency }
            bill .customer_id meter "m" units 2 value .net
            """)
        guard case .deliver(let delivery) = route.body[0] else {
            Issue.record("no delivery")
            return
        }
        #expect(delivery.step.path == "r/3" && delivery.bill?.step.path == "r/4")
        #expect(delivery.action == "post" && delivery.contentType == "application/json")
        #expect(delivery.timeoutMilliseconds == 3000)
        #expect(delivery.policy.limit == .count(8) && delivery.policy.backoffMilliseconds == 500...120_000)
        #expect(delivery.headers.map(\.name) == ["X-C"])
        #expect(delivery.file == "orders.route" && delivery.line == 15)
    }

    @Test func stepNamesDoNotMoveWithWhatStandsBelow() throws {
        func steps(_ body: String) throws -> [String] {
            try plan(body).body.compactMap { if case .deliver(let delivery) = $0 { delivery.step.path } else { nil } }
        }
        let body = "through outbox\nchoose {\nwhen .id > 1 { to archive write \"{.id}\" as json }\n}"
        #expect(try steps(body) == ["r/3/1/1"])
        #expect(try steps(body + "\nto acme put \"/\" as json") == ["r/3/1/1", "r/4"])
    }

    @Test func plansAreEqualForEqualTexts() throws {
        let (one, two) = (Sample.compile(Sample.core), Sample.compile(Sample.core))
        #expect(one.plan?.hash == two.plan?.hash)
        #expect(one.plan?.hash.count == 64)
        #expect(Sample.compile(Sample.core + "\n").plan?.hash != one.plan?.hash)
    }

    @Test func tariffsAreExact() throws {
        let tariff = try #require(Sample.compile(Sample.core).plan?.tariffs.first)
        #expect(tariff.currency.code == "EUR" && tariff.customers == ["1001", "1002"])
        #expect(tariff.charges.map(\.name) == ["partner", "other"])
        #expect(tariff.charges.map(\.priceUnits) == [5_000_000, 0])
        #expect(tariff.charges[0].conditions == [.init(field: .meter, test: .like("orders.*"))])
        #expect(tariff.validFrom == "2026-01-01" && tariff.validUntil == nil)
        let spaced = Sample.core.replacingFirst("  currency EUR\n", with: "  currency   EUR   # euros\n")
        #expect(Sample.compile(spaced).plan?.tariffs.first?.hash == tariff.hash)
        let dearer = Sample.core.replacingFirst("price 0.0500", with: "price 0.0600")
        #expect(Sample.compile(dearer).plan?.tariffs.first?.hash != tariff.hash)
    }

    @Test func connectionsKeepWhatIsKnownAtStart() throws {
        let plan = try #require(Sample.compile(Sample.core).plan)
        let shop = try #require(plan.connections.first { $0.name == "shop" })
        #expect(shop.settings.map(\.name) == ["url", "password", "schema"])
        guard case .environment("SHOP_DB") = shop.settings[0].value,
            case .secret("SHOP_PASSWORD") = shop.settings[1].value
        else {
            Issue.record("\(shop.settings)")
            return
        }
        #expect(plan.environment.map(\.name) == ["SHOP_DB"])
        #expect(plan.secrets == ["ACME_TOKEN", "SHOP_PASSWORD"])
    }

    @Test func aThousandRoutesCompileQuickly() throws {
        let text = (0..<1_000).map { number in
            """
            route r\(number) {
              from shop.orders as order after .id every 5s batch 500 start first
              unique by .id within 30d
              filter .status == "paid" and .net > 0
              validate .country is present else "order {.id} has no country"
              map { number = "S-{.id}", total = (.net * 1.19).round(2), currency = .currency }
              choose {
                when order.country in ["DE", "AT", "CH"] {
                  to acme post "/v1/orders" as json key "\(number)-{.number}" timeout 10s
                  bill order.customer_id meter "orders.dach" units 1 value .total
                }
                otherwise { to archive write "{@received.date}/\(number)-{.number}.json" as json }
              }
              on error { deadletter failed }
            }

            """
        }.joined()
        let head = try #require(Sample.core.components(separatedBy: "record Line").first)
        let sources = Sample.sources(head + text)
        let clock = ContinuousClock()
        var compilation: Compilation?
        let time = clock.measure { compilation = Compiler.compile(sources, connectors: Catalogue.all) }
        #expect(compilation?.plan?.routes.count == 1_000, "\(compilation?.diagnostics.prefix(3).map(\.line) ?? [])")
        print("1,000 routes of 10 steps: \(time) (debug build)")
    }
}
