/// One request to one receiver, rendered: the same bytes on every attempt. It is stored when an attempt fails and sent
/// again as it is. Secrets are not in it; the connection adds them when it sends.
package struct DeliveryRequest: Sendable, Hashable {
    /// The clause that chose what to do: `post`, `put`, `write`, `append`.
    package let action: String
    /// URL path with query for HTTP, path below the root for files.
    package let target: String
    /// Names and values in the order they were written; values hold no CR, LF or NUL.
    package let headers: [Header]
    /// `application/json` for `as json`.
    package let contentType: String?
    package let body: [UInt8]
    /// Sent on every attempt, the same each time.
    package let idempotencyKey: String
    /// The time one attempt may take in all.
    package let timeoutMilliseconds: Int64

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        action: String, target: String, headers: [Header] = [], contentType: String?, body: [UInt8],
        idempotencyKey: String, timeoutMilliseconds: Int64
    ) {
        self.action = action
        self.target = target
        self.headers = headers
        self.contentType = contentType
        self.body = body
        self.idempotencyKey = idempotencyKey
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// A request on its way, with what the engine needs to know it again.
package struct Dispatch: Sendable {
    /// The engine's number for this attempt; comes back with the outcome, exactly once.
    package let token: UInt64
    /// Index into the connection's `hosts`.
    package let host: Int
    package let request: DeliveryRequest
    package init(token: UInt64, host: Int, request: DeliveryRequest) {
        self.token = token
        self.host = host
        self.request = request
    }
}

/// What became of one attempt.
package struct DeliveryOutcome: Sendable {
    package let token: UInt64
    package let result: Result<Delivered, DeliveryFailure>
    package init(token: UInt64, result: Result<Delivered, DeliveryFailure>) {
        self.token = token
        self.result = result
    }
}

/// A success. For an `append`, how far the file reaches now: the engine commits it with the delivery's mark, and gives it
/// back at the next start, so that the file can be cut to what was committed.
package struct Delivered: Sendable {
    /// HTTP status; 0 for files.
    package let status: Int
    package let appended: FileExtent?
    package init(status: Int, appended: FileExtent? = nil) {
        self.status = status
        self.appended = appended
    }
}

/// How far a file that is appended to has been written and synced.
package struct FileExtent: Sendable, Hashable {
    /// Path below the connection's root.
    package let path: String
    package let inode: UInt64
    package let length: Int64
    package init(path: String, inode: UInt64, length: Int64) {
        self.path = path
        self.inode = inode
        self.length = length
    }
}

/// Why an attempt did not succeed. `isRetryable` is the connector's word on whether trying again can help at all;
/// the route's policy chooses among those.
package struct DeliveryFailure: Error, Sendable, Hashable {
    package enum Cause: Sendable, Hashable {
        /// No answer came: name look-up, connect, handshake, reset, time-out.
        case noAnswer
        /// An answer with a status that is no success.
        case status(Int)
        /// The receiver cannot be trusted (certificate).
        case untrusted
        /// A file operation failed with this errno.
        case file(Int32)
        /// The request can never be sent as it is (bad name, bad header, other content under the same name).
        case refused
    }

    package let cause: Cause
    /// A sentence for the operator; holds no payload and no secret.
    package let reason: String
    package let isRetryable: Bool
    /// The request may have reached the receiver although no success was seen (a time-out after it was sent).
    package let outcomeUnknown: Bool
    /// `Retry-After`, within 1 s to 1 h.
    package let retryAfterMilliseconds: Int64?
    /// The whole receiver asks for less (429, 502, 503, 504) or is away: the engine holds back its host.
    package let concernsHost: Bool
    /// The step must stop until somebody looks (an append file was replaced or cut): nothing is tried until it is resolved.
    package let pausesStep: Bool

    package init(
        cause: Cause, reason: String, isRetryable: Bool, outcomeUnknown: Bool = false,
        retryAfterMilliseconds: Int64? = nil, concernsHost: Bool = false, pausesStep: Bool = false
    ) {
        self.cause = cause
        self.reason = reason
        self.isRetryable = isRetryable
        self.outcomeUnknown = outcomeUnknown
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.concernsHost = concernsHost
        self.pausesStep = pausesStep
    }
}

/// A connection that delivers. Its work happens in threads of its own; its edge to the core is batches of requests in
/// and batches of outcomes out.
package protocol DeliveryConnection: AnyObject, Sendable {
    /// What is limited, backs off and fails together: the authorities of an HTTP connection, one for a file root.
    var hosts: [String] { get }

    /// Messages that a host may have between send and outcome, where a route writes no `workers`: as many as keep it busy.
    var inFlightByDefault: Int { get }

    /// Hands over requests and returns at once. Each token comes back in `outcomes` exactly once.
    func send(_ batch: [Dispatch])

    /// Gives up what is running after `graceMilliseconds`, reports it, and ends the threads.
    func close(graceMilliseconds: Int64)
}

/// A connector that can open delivering connections.
package protocol DeliveryConnector: Sendable {
    /// The one thing in the world that only one connection may write to, under a name that stays the same wherever the
    /// installation is moved: the root of files. Declarations of one place share a connection, and how far its files
    /// reach is kept under this name. nil: nothing is owned.
    func place(of settings: ConnectionSettings) -> String?

    /// - Parameters:
    ///   - extents: how far each appended file of this connection was committed.
    ///   - outcomes: called from the connection's threads with finished attempts, a batch at a time.
    func open(
        _ settings: ConnectionSettings, extents: [FileExtent],
        outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) throws(ConnectionError) -> any DeliveryConnection
}

extension DeliveryConnector {
    package func place(of settings: ConnectionSettings) -> String? { nil }
}
