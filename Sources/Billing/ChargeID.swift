/// What makes a charge the same charge: it is written once for ever. Sorts by message.
package struct ChargeID: Sendable, Hashable {
    package let customer: String
    /// `shop.orders/4711`.
    package let message: String
    /// `orders/7/1`.
    package let step: String
    /// Index path of the split items around the step: empty, `0`, `3.1`.
    package let itemPath: String
    package let kind: LedgerRecord.Kind

    package init(customer: String, message: String, step: String, itemPath: String, kind: LedgerRecord.Kind) {
        self.customer = customer
        self.message = message
        self.step = step
        self.itemPath = itemPath
        self.kind = kind
    }
}
