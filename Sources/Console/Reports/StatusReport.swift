package import Message

/// What `waybill status` shows, from a running service or from a data folder at rest.
package struct StatusReport: Sendable {
    package enum State: String, Sendable { case starting, running, draining, stopped }

    /// A count for each word of the account: `delivered`, `filtered`, ... `waiting`.
    package typealias Words = [(word: String, count: Int64)]

    package struct Route: Sendable {
        package let name: String
        package let seen: Int64
        package let words: Words
        /// `after id 5,000,000`.
        package let position: String
        /// `reading`, `idle`, `away: ...`; nil where no service runs.
        package let source: String?
        package let gapsOpen: Int64?
        package init(
            name: String, seen: Int64, words: Words, position: String, source: String?, gapsOpen: Int64?
        ) {
            self.name = name
            self.seen = seen
            self.words = words
            self.position = position
            self.source = source
            self.gapsOpen = gapsOpen
        }
    }

    package struct Queue: Sendable {
        package let name: String
        package let waiting: Int64
        package let inFlight: Int64
        package let delayed: Int64
        package let parked: Int64
        package init(name: String, waiting: Int64, inFlight: Int64, delayed: Int64, parked: Int64) {
            self.name = name
            self.waiting = waiting
            self.inFlight = inFlight
            self.delayed = delayed
            self.parked = parked
        }
    }

    package struct Receiver: Sendable {
        package let connection: String
        package let host: String
        package let inFlight: Int64
        package let waiting: Int64
        package let isCutOff: Bool
        package init(connection: String, host: String, inFlight: Int64, waiting: Int64, isCutOff: Bool) {
            self.connection = connection
            self.host = host
            self.inFlight = inFlight
            self.waiting = waiting
            self.isCutOff = isCutOff
        }
    }

    package var state: State
    package var version: String
    /// Hash of the routes that run; nil where no service does.
    package var plan: String?
    package var startedAt: Instant?
    package var asOf: Instant
    /// Dead letters that are open.
    package var deadLetters: Int64
    /// Records in the ledger.
    package var billed: Int64
    /// Of them without a price.
    package var unpriced: Int64?
    package var routes: [Route]
    package var queues: [Queue]
    package var receivers: [Receiver]
    /// nil: there is no queue's door, or no service runs.
    package var door: Door?

    package init(
        state: State, version: String, plan: String? = nil, startedAt: Instant? = nil, asOf: Instant,
        deadLetters: Int64 = 0, billed: Int64 = 0, unpriced: Int64? = nil, routes: [Route] = [],
        queues: [Queue] = [], receivers: [Receiver] = []
    ) {
        self.state = state
        self.version = version
        self.plan = plan
        self.startedAt = startedAt
        self.asOf = asOf
        self.deadLetters = deadLetters
        self.billed = billed
        self.unpriced = unpriced
        self.routes = routes
        self.queues = queues
        self.receivers = receivers
    }
}

extension StatusReport {
    /// One JSON object. `totals` holds `seen`, every word, `waiting`, `dead_letters` and `billed`; `routes` the same for
    /// each route.
    package func json() -> [UInt8] {
        JSONObject([
            ("state", Value(state.rawValue)), ("version", Value(version)), ("plan", Value(plan)),
            ("started_at", startedAt.map { .instant($0) } ?? .missing), ("as_of", .instant(asOf)),
            ("totals", totals), ("routes", .list(routes.map(Self.value))), ("queues", .list(queues.map(Self.value))),
            ("receivers", .list(receivers.map(Self.value))), ("door", door?.value ?? .missing),
        ]).line()
    }

    private var totals: Value {
        var object = JSONObject([("seen", Value(routes.reduce(0) { $0 &+ $1.seen }))])
        var words: Words = []
        for entry in routes.flatMap(\.words) {
            if let index = words.firstIndex(where: { $0.word == entry.word }) {
                words[index].count &+= entry.count
            } else {
                words.append(entry)
            }
        }
        for entry in words { object.set(entry.word, Value(entry.count)) }
        object.set("dead_letters", Value(deadLetters))
        object.set("billed", Value(billed))
        object.set("unpriced", Value(unpriced))
        return object.value
    }

    private static func value(_ route: Route) -> Value {
        var object = JSONObject([("name", Value(route.name)), ("seen", Value(route.seen))])
        for entry in route.words { object.set(entry.word, Value(entry.count)) }
        object.set("position", Value(route.position))
        object.set("source", Value(route.source))
        object.set("gaps_open", Value(route.gapsOpen))
        return object.value
    }

    private static func value(_ queue: Queue) -> Value {
        JSONObject([
            ("name", Value(queue.name)), ("waiting", Value(queue.waiting)), ("in_flight", Value(queue.inFlight)),
            ("delayed", Value(queue.delayed)), ("parked", Value(queue.parked)),
        ]).value
    }

    private static func value(_ receiver: Receiver) -> Value {
        JSONObject([
            ("connection", Value(receiver.connection)), ("host", Value(receiver.host)),
            ("in_flight", Value(receiver.inFlight)), ("waiting", Value(receiver.waiting)),
            ("is_cut_off", .bool(receiver.isCutOff)),
        ]).value
    }
}
