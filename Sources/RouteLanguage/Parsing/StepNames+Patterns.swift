/// A name that is not ours: what it is called where it comes from, and what stands for it here.
struct ForeignName: Sendable {
    /// As the book or product writes it.
    let title: String
    let isPattern: Bool
    /// The verb that replaces the word in its place; nil: it is said in another way.
    let verb: Verb?
    /// What stands for it here, with backquotes.
    let ours: String
    /// How it is written here.
    let example: String
}

extension StepNames {
    /// By `normalized` name: patterns of the book under their titles, further names of them, words of other products.
    static let patterns: [String: ForeignName] = {
        var names: [String: ForeignName] = [:]
        for (title, verb, others) in patternVerbs {
            let entry = ForeignName(
                title: title, isPattern: true, verb: verb, ours: "`\(verb.rawValue)`", example: verb.example)
            for name in [title] + others { names[normalized(name)] = entry }
        }
        for (title, ours, example, others) in patternsSaidOtherwise {
            let entry = ForeignName(title: title, isPattern: true, verb: nil, ours: ours, example: example)
            for name in [title] + others { names[normalized(name)] = entry }
        }
        for (verb, words) in productVerbs {
            for word in words {
                names[normalized(word)] = ForeignName(
                    title: word, isPattern: false, verb: verb, ours: "`\(verb.rawValue)`", example: verb.example)
            }
        }
        for (words, ours, example) in productWordsSaidOtherwise {
            for word in words {
                names[normalized(word)] = ForeignName(
                    title: word, isPattern: false, verb: nil, ours: ours, example: example)
            }
        }
        return names
    }()

    private static let patternVerbs: [(title: String, verb: Verb, others: [String])] = [
        ("Content-Based Router", .choose, ["choice", "router", "switch"]),
        ("Message Router", .choose, []),
        ("Message Filter", .filter, []),
        ("Dynamic Router", .recipients, []),
        ("Recipient List", .recipients, ["recipients list"]),
        ("Splitter", .split, []),
        ("Aggregator", .aggregate, []),
        ("Resequencer", .reorder, ["resequence"]),
        ("Composed Message Processor", .split, []),
        ("Scatter-Gather", .fanout, []),
        ("Publish-Subscribe Channel", .fanout, ["publish", "multicast"]),
        ("Message Translator", .map, ["translate", "translator"]),
        ("Normalizer", .map, ["normalize"]),
        ("Canonical Data Model", .map, []),
        ("Content Enricher", .enrich, ["enricher", "poll enrich"]),
        ("Content Filter", .remove, []),
        ("Wire Tap", .tap, []),
        ("Detour", .choose, []),
        ("Idempotent Receiver", .unique, []),
        ("Idempotent Consumer", .unique, ["idempotent", "deduplicate", "dedupe", "distinct"]),
        ("Dead Letter Channel", .deadletter, ["dead letter", "dead letter queue", "dlq"]),
        ("Invalid Message Channel", .deadletter, []),
        ("Guaranteed Delivery", .through, []),
        ("Message Channel", .through, ["channel"]),
        ("Point-to-Point Channel", .through, []),
        ("Message Endpoint", .to, ["endpoint"]),
        ("Channel Adapter", .to, ["outbound adapter", "outbound gateway"]),
        ("Messaging Gateway", .to, []),
        ("Polling Consumer", .from, ["poll"]),
        ("Event-Driven Consumer", .from, ["consumer", "inbound adapter"]),
        ("Message Expiration", .through, []),
        ("Message Store", .to, []),
        ("Circuit Breaker", .breaker, []),
        ("Throttler", .throttle, []),
        ("Delayer", .delay, []),
        ("Loop", .loop, ["repeat"]),
        ("Validator", .validate, []),
    ]

    private static let patternsSaidOtherwise: [(title: String, ours: String, example: String, others: [String])] = [
        ("Claim Check", "`to` a file, and its name in the message", "to archive write \"{.id}.json\" as json", []),
        ("Pipes and Filters", "the steps of a `route`, one a line", "route orders { ... }", ["pipeline", "pipe"]),
        ("Process Manager", "a `route`", "route orders { ... }", []),
        ("Routing Slip", "steps in `choose`", "choose { when .kind == \"a\" { ... } }", []),
        ("Message Broker", "Waybill itself", "route orders { ... }", []),
        ("Message Bus", "Waybill itself", "route orders { ... }", []),
        ("Control Bus", "the command `waybill`", "waybill status", []),
        ("Message Bridge", "a `route` from one connection to another", "from shop.orders", ["messaging bridge"]),
        ("Messaging Mapper", "a `record` and `map`", "map PartnerOrder { ... }", []),
        ("Message History", "the command `waybill trace`", "waybill trace MESSAGE", []),
        ("Test Message", "`waybill send`", "waybill send orders --body order.json", []),
        ("Channel Purger", "`waybill queue purge`", "waybill queue purge outbox", []),
        ("Smart Proxy", "`to` and what it answers", "enrich scan with acme get \"/parcels/{.code}\"", []),
        ("Request-Reply", "`enrich`", "enrich scan with acme get \"/parcels/{.code}\"", []),
        (
            "Return Address", "a field that `recipients` reads", "recipients .hooks among { acme = acme } post \"/x\"",
            []
        ),
        ("Correlation Identifier", "`@id`", "log \"{@id}\"", []),
        ("Message Sequence", "`key` of a queue: one key's messages in order", "queue outbox { key .customer_id }", []),
        ("Format Indicator", "`as json`", "to acme post \"/orders\" as json", []),
        ("Command Message", "a row, and what its steps make of it", "from shop.orders as order", []),
        ("Document Message", "a row, and what its steps make of it", "from shop.orders as order", []),
        ("Event Message", "a row, and what its steps make of it", "from shop.orders as order", []),
        ("Envelope Wrapper", "`map` to an object around it", "map { body = . }", []),
        ("Datatype Channel", "`record` and the types of a table", "map PartnerOrder { ... }", []),
        ("Transactional Client", "`through`: one commit for position, key and message", "through outbox", []),
        ("Competing Consumers", "`workers` of `through`", "through outbox workers 8", []),
        ("Message Dispatcher", "`workers` of `through`", "through outbox workers 8", []),
        ("Selective Consumer", "`filter` after `from`", "filter .status == \"paid\"", []),
        ("Durable Subscriber", "`through`: the queue is durable", "through outbox", []),
        ("Service Activator", "`to`", "to acme post \"/orders\" as json", []),
        ("Shared Database", "`from` a table", "from shop.orders as order", []),
        ("File Transfer", "`to` a file connection", "to archive write \"{.id}.json\" as json", []),
        ("Message", "`.`, a row and what its steps make of it", "let whole = .", []),
        ("Messaging", "Waybill itself", "route orders { ... }", []),
        (
            "Remote Procedure Invocation", "`enrich` with an http connection", "enrich scan with acme get \"/x\"",
            ["rpc"]
        ),
        ("Saga", "a `route` with `on error`", "on error { deadletter failed }", []),
    ]

    private static let productVerbs: [(verb: Verb, words: [String])] = [
        (.set, ["setBody", "setHeader", "setProperty", "assign", "setVariable"]),
        (.let, ["var", "const", "val", "define"]),
        (.map, ["transform", "convertBodyTo", "marshal", "unmarshal", "select", "project"]),
        (.remove, ["removeHeader", "removeHeaders", "removeProperty", "delete", "unset", "drop"]),
        (.filter, ["where", "reject", "only"]),
        (.when, ["case", "elif", "elseif", "elsif"]),
        (.otherwise, ["default", "else"]),
        (.to, ["toD", "send", "sink", "output", "deliver", "write", "post", "put", "call", "http", "wireTo"]),
        (.recipients, ["recipientList"]),
        (.from, ["source", "input", "read", "subscribe", "timer"]),
        (.split, ["foreach", "for", "each", "flatMap", "unnest"]),
        (.aggregate, ["group", "groupBy", "window", "batch", "collect"]),
        (.fanout, ["parallel", "broadcast", "fork"]),
        (.loop, ["loopDoWhile", "while", "doWhile"]),
        (.throttle, ["limit", "rateLimit", "rate"]),
        (.delay, ["sleep", "wait", "pause"]),
        (.log, ["print", "echo", "trace", "debug", "info", "warn"]),
        (.fail, ["throw", "throwException", "raise", "error", "abort"]),
        (.stop, ["end", "exit", "return", "halt", "break"]),
        (.on, ["onException", "catch", "doCatch", "onFailure", "rescue", "errorHandler"]),
        (.validate, ["assert", "require", "ensure", "check", "guard"]),
        (.breaker, ["hystrix", "resilience4j"]),
        (.run, ["include", "invoke", "apply", "kamelet", "routeTemplate"]),
        (.bill, ["charge", "meter", "invoice"]),
        (.through, ["queue", "enqueue", "persist", "seda", "jms"]),
        (.tap, ["mirror", "tee"]),
        (.enrich, ["lookup", "join", "fetch"]),
        (.choose, ["match"]),
    ]

    private static let productWordsSaidOtherwise: [(words: [String], ours: String, example: String)] = [
        (
            ["process", "bean", "script", "processor", "exec"],
            "said with `map`, `set` and `let`: a route runs no foreign code", "let total = .net * 1.19"
        ),
        (
            ["doTry", "try", "doFinally", "finally"], "`on error` at the end of the route",
            "on error { deadletter failed }"
        ),
        (
            ["retry", "redeliver", "redeliveryPolicy"], "a `policy`, named by `retry`",
            "to acme post \"/x\" retry gentle"
        ),
        (["loadBalance"], "`balance` of a connection", "connect a = http { hosts [\"x\", \"y\"], balance least_busy }"),
        (["transacted", "transaction", "commit"], "`through`: one commit is made there", "through outbox workers 8"),
        (["rollback"], "`fail`", "fail \"no price for {.sku}\""),
        (["if"], "`choose` with `when`", "choose { when .country == \"DE\" { stop } }"),
        (["sort"], "a function of lists", "let first = .lines[0]"),
    ]
}
