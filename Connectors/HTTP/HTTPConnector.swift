import CCurl
import CCurlShim
package import Connecting
import Glibc

/// Delivers over HTTP/1.1 with libcurl: keep-alive, many requests in flight, TLS verified, no redirects, no proxy, no
/// cookies.
///
/// libcurl itself sends a request again when a kept-alive connection turns out to be closed before a byte of the answer
/// came. So one attempt may reach a receiver twice; both carry the same `Idempotency-Key` and the same bytes.
package struct HTTPConnector: DeliveryConnector {
    package static let descriptor = ConnectorDescriptor(
        name: "http",
        summary: "Delivers messages as HTTP requests.",
        settings: [
            Clause(
                "base", .constantText, group: "address", "URL that every path is put behind: http:// or https://"),
            Clause(
                "hosts", .constantTextList, group: "address",
                "several hosts that do the same work: [\"https://a.example\", \"b.example\"], https where not written"),
            Clause("balance", .word(["least_busy"]), default: "least_busy", "which of the hosts gets a message"),
            Clause("bearer", .secret, "token sent as `Authorization: Bearer`"),
            Clause("user", .constantText, "user of basic authentication"),
            Clause("password", .secret, "password of basic authentication"),
            Clause("timeout", .duration, default: "15s", "time one attempt may take where a route names none"),
            Clause("connect_timeout", .duration, default: "5s", "time name look-up, connect and handshake may take"),
            Clause("ca", .constantText, "PEM file of the authorities to trust instead of the system's"),
            Clause("max_response", .byteCount, default: "64KB", "bytes of an answer that are read before it is cut"),
        ],
        delivery: [
            Clause("get", .urlPath, group: "method", "sends GET to this path"),
            Clause("post", .urlPath, group: "method", "sends POST to this path"),
            Clause("put", .urlPath, group: "method", "sends PUT to this path"),
            Clause("patch", .urlPath, group: "method", "sends PATCH to this path"),
            Clause("delete", .urlPath, group: "method", "sends DELETE to this path"),
            Clause("as", .word(["json"]), default: "json", "how the body is written"),
            Clause("body", .body, "what to send; the message where it is absent"),
            Clause("key", .headerText, "idempotency key, sent exactly as written"),
            Clause("timeout", .duration, default: "15s", "time one attempt may take in all"),
            Clause("retry", .policy, "when a failed attempt is repeated"),
            Clause("headers", .headers, "further headers"),
        ],
        repeatingActions: ["post", "patch"])

    private let userAgent: String

    package init(version: String = "1") {
        userAgent = "Waybill/\(version)"
    }

    package func open(
        _ settings: ConnectionSettings, extents: [FileExtent],
        outcomes: @escaping @Sendable ([DeliveryOutcome]) -> Void
    ) throws(ConnectionError) -> any DeliveryConnection {
        let endpoint = try HTTPEndpoint(settings, userAgent: userAgent)
        guard Self.libraryIsReady else {
            throw ConnectionError(
                connection: settings.connection, problem: "libcurl could not be initialised",
                remedy: "check that libcurl 7.85 or newer with TLS is installed")
        }
        guard let connection = HTTPConnection(endpoint, outcomes: outcomes) else {
            throw ConnectionError(
                connection: settings.connection, problem: "the system has no thread or descriptor left",
                remedy: "raise the limits of open files and tasks")
        }
        return connection
    }

    /// Once for the process, before the first sender thread starts.
    private static let libraryIsReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    }()
}
