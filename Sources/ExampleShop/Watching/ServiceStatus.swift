import Foundation

/// The account of all messages, as `waybill status --json` gives it under `totals`.
package struct ServiceStatus: Sendable {
    package let counts: [String: Int]

    /// The words that end a message, in the order of the account.
    package static let finalWords = [
        "delivered", "filtered", "duplicate", "conflict", "rejected", "stopped", "handled", "expired", "dead",
        "removed", "lost",
    ]

    package init(_ json: [UInt8]) throws(ShopError) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any],
            let totals = object["totals"] as? [String: Any]
        else { throw ShopError.unanswered(path: "status", reason: "the answer has no `totals`") }
        counts = totals.compactMapValues { ($0 as? NSNumber)?.intValue }
    }

    package subscript(_ word: String) -> Int { counts[word] ?? 0 }

    package var isSettled: Bool { self["waiting"] == 0 }

    /// seen = the final words and what waits.
    package var addsUp: Bool {
        self["seen"] == Self.finalWords.reduce(self["waiting"]) { $0 + self[$1] }
    }

    /// `seen=2000 delivered=... filtered=... duplicate=... dead=... billed=...` and every further word that is not 0.
    package var line: String {
        let fixed = ["seen", "delivered", "filtered", "duplicate", "dead", "billed"]
        let further = (Self.finalWords + ["waiting", "unpriced"]).filter { !fixed.contains($0) && self[$0] != 0 }
        return (fixed + further).map { "\($0)=\(self[$0])" }.joined(separator: " ")
    }
}
