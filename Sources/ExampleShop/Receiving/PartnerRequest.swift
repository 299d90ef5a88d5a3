/// A request as a partner sees it.
package struct PartnerRequest: Sendable {
    package let method: String
    package let path: String
    /// Without the quotes of the structured field; `-` where the request has none.
    package let key: String
    package let body: [UInt8]
}

/// What a partner says to a request.
package struct PartnerAnswer: Sendable {
    package let status: Int
    package let delayMilliseconds: Int
    package let retryAfterSeconds: Int?
    /// Closes the connection without a word; the request stands in the log with status 0.
    package let hangsUp: Bool

    package init(_ status: Int, delayMilliseconds: Int = 0, retryAfterSeconds: Int? = nil, hangsUp: Bool = false) {
        self.status = status
        self.delayMilliseconds = delayMilliseconds
        self.retryAfterSeconds = retryAfterSeconds
        self.hangsUp = hangsUp
    }
}
