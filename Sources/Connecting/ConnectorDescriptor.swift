/// What a connector tells the compiler, `waybill explain` and the reference about itself: its settings and clauses,
/// with types, defaults, units and secrecy. A descriptor holds no code; the engine pairs it with a connector by name.
package struct ConnectorDescriptor: Sendable {
    /// As routes write it: `connect shop = mysql { ... }`.
    package let name: String
    package let summary: String
    /// What stands in the braces of `connect`.
    package let settings: [Clause]
    /// Clauses of `from` for a source of rows; empty where the connector cannot be read from.
    package let source: [Clause]
    /// Clauses of `to`; empty where the connector cannot be delivered to.
    package let delivery: [Clause]
    /// Whether sending the same request twice may do its work twice (HTTP POST), so that R0503 asks for a `key`.
    package let repeatingActions: Set<String>

    package init(
        name: String, summary: String, settings: [Clause], source: [Clause] = [], delivery: [Clause] = [],
        repeatingActions: Set<String> = []
    ) {
        self.name = name
        self.summary = summary
        self.settings = settings
        self.source = source
        self.delivery = delivery
        self.repeatingActions = repeatingActions
    }
}

/// One `name value` pair that a step or a `connect` block may write.
package struct Clause: Sendable {
    package enum Kind: Sendable, Hashable {
        /// Text that is known before the first message: a literal, `env.X`.
        case constantText
        /// A list of constant texts.
        case constantTextList
        /// Only `secret.X` is taken, so that no secret stands in a route file.
        case secret
        /// One of a few words, written bare: `as json`, `tls verify`.
        case word([String])
        case integer(ClosedRange<Int64>)
        /// A length of time with its unit.
        case duration
        /// A number of bytes with its unit: `64KB`.
        case byteCount
        case boolean
        /// A URL path per message: interpolated values are escaped as path segments or query values.
        case urlPath
        /// A file path per message below the connection's root: interpolated values may not hold `/` or be `..`.
        case filePath
        /// A text per message that goes into a header: CR, LF and NUL are refused.
        case headerText
        /// `{ "X-Name" = text }`: further headers per message, each with the rules of `headerText`.
        case headers
        /// A retry policy: its name or `retry`-clauses written in place.
        case policy
        /// The message or expression to send as the body.
        case body
        /// Names columns of the source: `after .id`, `after [.updated_at, .id]`.
        case columns
        /// `first`, `now`, or a position.
        case startPosition
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// Clauses of one group exclude each other, and one of them must stand there: the verbs of an HTTP delivery.
    package let group: String?
    /// As a route would write it; for explain and the reference.
    package let defaultText: String?
    package let summary: String

    package init(
        _ name: String, _ kind: Kind, isRequired: Bool = false, group: String? = nil,
        default defaultText: String? = nil,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.group = group
        self.defaultText = defaultText
        self.summary = summary
    }
}
