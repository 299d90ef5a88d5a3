package import Message

/// The live values of one message while its steps run, and what `@x` and `now` answer.
package struct Frame: Sendable {
    /// By slot; slot 0 is the current message `.`.
    package var slots: [Value]
    /// `@id`.
    package var messageID: String
    /// `@received`, and `now`: fixed when the message enters, so that a replay gives the same result.
    package var received: Instant
    package var attempt: Int
    /// `@error`, inside `on error`.
    package var error: String?
    package var customer: String?

    package init(
        slots: [Value], messageID: String, received: Instant, attempt: Int = 0, error: String? = nil,
        customer: String? = nil
    ) {
        self.slots = slots
        self.messageID = messageID
        self.received = received
        self.attempt = attempt
        self.error = error
        self.customer = customer
    }
}

/// Why an expression has no value for this message; goes to `on error`. Names what was there, holds no secret.
package struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
    package var description: String { reason }
}
