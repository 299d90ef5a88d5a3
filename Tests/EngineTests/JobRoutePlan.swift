import Connecting
import Engine
import Message
import Queue
import RouteLanguage
import Store

/// Routes over queues, compiled from text, and what programs on the other side of the door do.
enum JobRoutePlan {
    static func compile(_ routes: String) throws -> Plan {
        let text = """
            env SHOP_DB url
            connect acme = http { base "http://acme.example" }
            connect globex = http { base "http://globex.example" }
            connect shop = mysql { url env.SHOP_DB, schema "schema/shop.lock" }
            record Parcel { id int, code text, weight decimal(8,2)? }
            queue inbox { holds Parcel }
            queue outbox
            queue failed { keep 90d }
            tariff everybody {
              customers ["*"]
              currency EUR
              valid 2020-01-01 ..
              period month in "UTC"
              charge each { per delivery price 0.0500 }
            }
            \(routes)

            """
        let compilation = Compiler.compile(
            SourceSet(
                routes: [.init(path: "parcels.route", text: text)],
                locks: [.init(path: "schema/shop.lock", text: SimulatedPlan.lock)]),
            connectors: SimulatedPlan.connectors)
        guard let plan = compilation.plan else { throw SimulatedPlan.NoPlan(diagnostics: compilation.diagnostics) }
        return plan
    }

    static let parcels = """
        route parcels {
          from queue inbox as parcel
          filter .code != "skip"
          to acme post "/parcels" as json key .code
          bill "1001" meter "parcels"
          on error { deadletter failed }
        }
        """

    /// The same route for jobs that may have no code.
    static let lenient = """
        route parcels {
          from queue letters as parcel
          filter .id == 1
          to acme post "/parcels" as json
          bill "1001" meter "parcels"
          on error { deadletter failed }
        }
        record Letter { id int, code text? }
        queue letters { holds Letter }
        """

    static let orders = """
        route orders {
          from shop.orders as order after .id start first
          unique by .number
          filter .status == "paid"
          through outbox
          to acme post "/orders" as json key .number
          bill .customer_id meter "orders"
          on error { deadletter failed }
        }
        """
}

extension CoreBench {
    static func parcels(_ text: String = JobRoutePlan.parcels, name: String = "parcels") throws -> CoreBench {
        let bench = try CoreBench(try JobRoutePlan.compile(text))
        bench.routeName = name
        return bench
    }

    /// Adds a job as ADDJOB does.
    @discardableResult
    func addJob(_ body: String, expiresIn seconds: Int64? = nil) -> String {
        addJob(Array(body.utf8), expiresIn: seconds)
    }

    @discardableResult
    func addJob(_ body: [UInt8], expiresIn seconds: Int64? = nil) -> String {
        store.addJob(
            body, to: "inbox", expires: seconds.map { Instant(microseconds: now + $0 * 1_000_000) } ?? .never,
            at: Instant(microseconds: now))
    }

    /// Jobs that wait in the queue.
    var jobsWaiting: Int {
        let queue = Array("inbox".utf8).withUnsafeBytes { store.jobs.queue(named: $0) }
        return queue.map { store.jobs.count(.queued, in: $0) } ?? 0
    }

    func letters() throws -> [DeadLetter] { try store.deadLetters(route: nil, after: 0, limit: 100) }

    func retryAll(dryRun: Bool = false) throws -> DeadLetterRetry.Answer {
        let answer = Answers()
        var input = TurnInput()
        input.commands = [
            .retryDead(.init(selection: .all(route: nil), dryRun: dryRun, who: "test")) { answer.last = $0 }
        ]
        try turn(input)
        return answer.last
    }

    /// Only the test's thread writes it.
    private final class Answers: @unchecked Sendable {
        var last = DeadLetterRetry.Answer()
    }

    func audit() throws -> AuditReport { try Audit.run(StoreReader(bytes: store.serialized())) }
}
