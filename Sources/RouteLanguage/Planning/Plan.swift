package import Billing
package import Connecting
package import Message

/// Everything that one set of route files says, checked and resolved: what the engine runs. Immutable and flat; no name
/// is looked up in it per message.
package struct Plan: Sendable {
    /// SHA-256 over the source texts and lock files, hex; entries in the queue refer to it.
    package let hash: String
    package let connections: [ConnectionPlan]
    package let queues: [QueuePlan]
    package let routes: [RoutePlan]
    package let tariffs: [Tariff]
    /// Shapes of every record that a message of this plan can hold; stored messages refer to them by position.
    package let shapes: [Shape]
    /// Names of environment variables that must be set, with their defaults.
    package let environment: [EnvironmentVariable]
    package let secrets: [String]

    package init(
        hash: String, connections: [ConnectionPlan], queues: [QueuePlan], routes: [RoutePlan], tariffs: [Tariff],
        shapes: [Shape], environment: [EnvironmentVariable], secrets: [String]
    ) {
        self.hash = hash
        self.connections = connections
        self.queues = queues
        self.routes = routes
        self.tariffs = tariffs
        self.shapes = shapes
        self.environment = environment
        self.secrets = secrets
    }
}

package struct EnvironmentVariable: Sendable, Hashable {
    package let name: String
    package let defaultText: String?
    package init(name: String, defaultText: String?) {
        self.name = name
        self.defaultText = defaultText
    }
}

package struct ConnectionPlan: Sendable {
    package let name: String
    package let connector: String
    package let settings: [(name: String, value: SettingValue)]

    /// A setting as declared; `env` and `secret` are filled in when the service starts.
    package indirect enum SettingValue: Sendable {
        case constant(ConnectionSettings.Setting)
        case environment(String)
        case secret(String)
        case list([SettingValue])
    }

    package init(name: String, connector: String, settings: [(name: String, value: SettingValue)]) {
        self.name = name
        self.connector = connector
        self.settings = settings
    }
}

package struct QueuePlan: Sendable, Hashable {
    package let name: String
    /// How long a message may wait before it ends as `expired`; nil: for ever.
    package let keepMilliseconds: Int64?
    /// `deliver at_most_once`.
    package let isAtMostOnce: Bool
    /// Declared as `queue NAME`; else it is named after a route without `through`.
    package let isDeclared: Bool
    package init(name: String, keepMilliseconds: Int64?, isAtMostOnce: Bool, isDeclared: Bool = true) {
        self.name = name
        self.keepMilliseconds = keepMilliseconds
        self.isAtMostOnce = isAtMostOnce
        self.isDeclared = isDeclared
    }
}

/// One route: how its rows are read, and two lists of instructions: `intake` above the durability line, `body` below.
package struct RoutePlan: Sendable {
    package let name: String
    package let source: SourcePlan
    package let intake: [Instruction]
    /// `unique by ... within ...`; nil: the row's identity is the key.
    package let unique: UniquePlan?
    /// Index into `Plan.queues` of the queue that `through` names (an implicit one is named after the route).
    package let queue: Int
    /// `workers n` of `through`: messages between send and outcome, per host; nil: what the connection takes by default.
    package let workers: Int?
    /// `key` of the queue, evaluated on the message as it is admitted.
    package let orderingKey: Expression?
    package let body: [Instruction]
    /// `on error` blocks in order; each is an entry point into `body`.
    package let handlers: [HandlerPlan]
    /// Number of slots of a frame. Slot 0 is the current message `.`.
    package let slotCount: Int
    /// What each slot is called, for dead letters and `trace`: `.`, `order`, `total`.
    package let slotNames: [String]

    package init(
        name: String, source: SourcePlan, intake: [Instruction], unique: UniquePlan?, queue: Int, workers: Int?,
        orderingKey: Expression?, body: [Instruction], handlers: [HandlerPlan], slotCount: Int, slotNames: [String]
    ) {
        self.name = name
        self.source = source
        self.intake = intake
        self.unique = unique
        self.queue = queue
        self.workers = workers
        self.orderingKey = orderingKey
        self.body = body
        self.handlers = handlers
        self.slotCount = slotCount
        self.slotNames = slotNames
    }
}

package struct SourcePlan: Sendable {
    package enum Origin: Sendable {
        /// Rows of a table; `connection` is an index into `Plan.connections`.
        case table(connection: Int, SourceRequest)
        /// Jobs of the queue of this name, which other programs add.
        case queue(String)
    }
    package let origin: Origin
    /// The shape of its rows, in the order of the request's columns; of its jobs, in the order of the record's fields.
    package let shape: Shape
    /// The types of what `shape` names; nil where a plan was not made of route files.
    package let record: RecordType?
    /// Slots that the row is put into besides slot 0 (`as order`).
    package let nameSlot: Int?
    /// `shop.orders` in its file: where a changed column is reported.
    package let span: Span?
    /// The lock file that the columns came from, by its path in the source set.
    package let lockPath: String?

    package init(
        connection: Int, request: SourceRequest, shape: Shape, record: RecordType? = nil, nameSlot: Int?,
        span: Span? = nil, lockPath: String? = nil
    ) {
        origin = .table(connection: connection, request)
        self.shape = shape
        self.record = record
        self.nameSlot = nameSlot
        self.span = span
        self.lockPath = lockPath
    }

    package init(queue: String, record: RecordType, nameSlot: Int?, span: Span? = nil) {
        origin = .queue(queue)
        shape = record.shape
        self.record = record
        self.nameSlot = nameSlot
        self.span = span
        lockPath = nil
    }

    /// Index into `Plan.connections`; nil for a queue.
    package var connection: Int? { if case .table(let connection, _) = origin { connection } else { nil } }
    /// nil for a queue.
    package var request: SourceRequest? { if case .table(_, let request) = origin { request } else { nil } }
    /// The queue that jobs are read from; nil for a table.
    package var queue: String? { if case .queue(let name) = origin { name } else { nil } }
}

extension SourcePlan {
    /// The sweep never goes back further than keys are known: it would deliver again what is forgotten.
    func sweepingBack(atMost milliseconds: Int64?) -> SourcePlan {
        guard let milliseconds, case .table(let connection, var request) = origin else { return self }
        request.sweepBackMilliseconds = min(request.sweepBackMilliseconds, milliseconds)
        return SourcePlan(
            connection: connection, request: request, shape: shape, record: record, nameSlot: nameSlot, span: span,
            lockPath: lockPath)
    }
}

package struct UniquePlan: Sendable {
    package let key: Expression
    package let withinMilliseconds: Int64
    package init(key: Expression, withinMilliseconds: Int64) {
        self.key = key
        self.withinMilliseconds = withinMilliseconds
    }
}

/// One step, resolved. Blocks are flattened: `branch` and `jump` go to positions in the same list.
package enum Instruction: Sendable {
    /// False ends the message as *filtered*.
    case filter(Expression)
    /// False ends the message as *rejected* (above the line) or fails it (below) with the text of `reason`.
    case validate(Expression, reason: Expression)
    /// Replaces one field of slot 0: the path of field positions from the record in slot 0.
    case setField(path: [Int], Expression)
    /// `let x =`, and naming by `as`.
    case setSlot(Int, Expression)
    /// `map`: slot 0 becomes the record that the expression makes.
    case map(Expression)
    /// Goes on with the next instruction if true, else at `otherwise`. A missing condition counts as false only where
    /// the checker has said so; it never hands one over.
    case branch(Expression, otherwise: Int)
    case jump(Int)
    case deliver(DeliveryPlan)
    /// A child per item; the item is put into `itemSlot` (and slot 0). The parent goes on at the next instruction when the
    /// last child has ended. `body` is where children start; they end at `end`.
    case split(SplitPlan)
    case fanout(FanoutPlan)
    /// Ends the message as *dead*, in the dead letters of this queue.
    case deadLetter(queue: Int, step: StepID)
    case log(Expression, step: StepID)
    /// Ends the message as *stopped*.
    case stop
    /// Ends the message (or the child, or the handler).
    case end
}

/// A step's path in its plan: `orders/7/1`. Part of idempotency keys and charge ids, so it never holds a position in
/// the flattened list.
package struct StepID: Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package init(_ path: String) { self.path = path }
    package var description: String { path }
}

package final class DeliveryPlan: Sendable {
    package let step: StepID
    /// Where it stands, for messages: file and line.
    package let file: String
    package let line: Int
    /// Index into `Plan.connections`.
    package let connection: Int
    package let action: String
    /// URL or file path; renders escaped as its place demands.
    package let target: Expression
    package let headers: [(name: String, value: Expression)]
    /// nil sends no body. With content type `application/json` the value is rendered by `JSONBody`; else it is text or
    /// bytes and sent as it is.
    package let body: Expression?
    package let contentType: String?
    /// The route's own idempotency key, sent exactly as written; nil: message id and step.
    package let key: Expression?
    package let timeoutMilliseconds: Int64
    package let policy: RetryPolicy
    package let bill: BillPlan?

    package init(
        step: StepID, file: String, line: Int, connection: Int, action: String, target: Expression,
        headers: [(name: String, value: Expression)], body: Expression?, contentType: String?, key: Expression?,
        timeoutMilliseconds: Int64, policy: RetryPolicy, bill: BillPlan?
    ) {
        self.step = step
        self.file = file
        self.line = line
        self.connection = connection
        self.action = action
        self.target = target
        self.headers = headers
        self.body = body
        self.contentType = contentType
        self.key = key
        self.timeoutMilliseconds = timeoutMilliseconds
        self.policy = policy
        self.bill = bill
    }
}

/// `bill customer ... meter ... units ... value ...`, evaluated before the request of its `to` is sent.
package struct BillPlan: Sendable {
    package let step: StepID
    package let customer: Expression
    package let meter: Expression
    /// A whole number; absent: 1.
    package let units: Expression?
    package let value: Expression?
    package init(step: StepID, customer: Expression, meter: Expression, units: Expression?, value: Expression?) {
        self.step = step
        self.customer = customer
        self.meter = meter
        self.units = units
        self.value = value
    }
}

package struct SplitPlan: Sendable {
    package let step: StepID
    package let items: Expression
    package let itemSlot: Int?
    /// Position of the children's first instruction.
    package let body: Int
    /// Children worked at the same time; nil: no limit of its own.
    package let workers: Int?
    package init(step: StepID, items: Expression, itemSlot: Int?, body: Int, workers: Int?) {
        self.step = step
        self.items = items
        self.itemSlot = itemSlot
        self.body = body
        self.workers = workers
    }
}

package struct FanoutPlan: Sendable {
    package let step: StepID
    /// Position of each branch's first instruction.
    package let branches: [Int]
    package init(step: StepID, branches: [Int]) {
        self.step = step
        self.branches = branches
    }
}

/// `on error [only [...]] { ... }`.
package struct HandlerPlan: Sendable {
    package let only: FailureFilter?
    /// Position of its first instruction in `body`.
    package let body: Int
    package init(only: FailureFilter?, body: Int) {
        self.only = only
        self.body = body
    }
}

/// `only [timeout, 429, 5xx]`. `timeout` stands for every failure without an answer.
package struct FailureFilter: Sendable, Hashable {
    package let noAnswer: Bool
    /// Statuses and classes as ranges: 429...429, 500...599.
    package let statuses: [ClosedRange<Int>]
    package init(noAnswer: Bool, statuses: [ClosedRange<Int>]) {
        self.noAnswer = noAnswer
        self.statuses = statuses
    }
}

/// When a failed attempt is repeated.
package struct RetryPolicy: Sendable, Hashable {
    package enum Limit: Sendable, Hashable {
        /// Sends after the first.
        case count(Int)
        /// For so long after the first send.
        case milliseconds(Int64)
    }
    package let limit: Limit
    package let backoffMilliseconds: ClosedRange<Int64>
    package let hasJitter: Bool
    package let only: FailureFilter?

    package init(limit: Limit, backoffMilliseconds: ClosedRange<Int64>, hasJitter: Bool, only: FailureFilter?) {
        self.limit = limit
        self.backoffMilliseconds = backoffMilliseconds
        self.hasJitter = hasJitter
        self.only = only
    }

    /// What holds where a route says nothing: 24 hours of 500 ms to 15 minutes, full jitter.
    package static let standard = RetryPolicy(
        limit: .milliseconds(24 * 3600 * 1000), backoffMilliseconds: 500...900_000, hasJitter: true, only: nil)
}
