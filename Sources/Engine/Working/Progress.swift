package import Connecting
package import Message

/// What is remembered of a message beside its body once something has happened to it: which steps are done, the request
/// that failed and is sent again as it is, why it is in `on error`, and the children it waits for.
package struct Progress: Sendable, Hashable {
    /// Positions of the deliveries and splits that are done; they are never repeated.
    package var done: [Int] = []
    /// A delivery of this message (or of a child) has succeeded.
    package var hasDelivered = false
    /// The request as it was sent first, with what its bill will say.
    package var pending: RenderedDelivery?
    package var firstSentAt: Instant?
    package var lastFailure = ""
    package var outcomeUnknown = false
    /// Sends in all, over all deliveries.
    package var sends = 0
    /// Where the `on error` block that is being worked begins, and the error it handles.
    package var handler: Handler?
    package var childrenPending = 0
    package var deadChildren = 0

    package struct Handler: Sendable, Hashable {
        package let start: Int
        package let error: String
        /// The request that failed for good: `dead retry` sends it again as it is.
        package let failed: RenderedDelivery?
        package init(start: Int, error: String, failed: RenderedDelivery?) {
            self.start = start
            self.error = error
            self.failed = failed
        }
    }

    package init() {}

    package var isEmpty: Bool { self == Progress() }
}

/// A delivery with everything evaluated: what is sent on each attempt, and what its success will be billed as.
package struct RenderedDelivery: Sendable, Hashable {
    /// Position of its instruction.
    package let position: Int
    package let request: DeliveryRequest
    package let bill: Bill?

    package struct Bill: Sendable, Hashable {
        package let customer: String
        package let meter: String
        package let units: Int64
        package let value: ExactDecimal?
        package init(customer: String, meter: String, units: Int64, value: ExactDecimal?) {
            self.customer = customer
            self.meter = meter
            self.units = units
            self.value = value
        }
    }

    package init(position: Int, request: DeliveryRequest, bill: Bill?) {
        self.position = position
        self.request = request
        self.bill = bill
    }
}
