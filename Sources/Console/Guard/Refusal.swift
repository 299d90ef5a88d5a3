/// A request that is not served: its status, and a sentence that holds nothing of the inside.
package struct Refusal: Error, Sendable, Hashable {
    package let status: Int
    package let reason: String
    /// Further response headers: `Allow`, `WWW-Authenticate`, `Retry-After`.
    package let headers: [Header]

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package init(_ status: Int, _ reason: String, headers: [(String, String)] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers.map { Header(name: $0.0, value: $0.1) }
    }
}
