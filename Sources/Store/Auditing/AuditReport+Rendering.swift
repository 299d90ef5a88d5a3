import Message

extension AuditReport {
    /// For people: a line a route, a line a finding, its ids below it, and the verdict last.
    package var text: String {
        var lines = routes.map(Self.line)
        lines.append(
            "deliveries with a bill: \(billedDeliveries), billing records: \(billingRecords)"
                + (beyondRetention > 0 ? ", older than what is kept: \(beyondRetention)" : ""))
        for finding in findings {
            lines.append("\(finding.count) \(finding.kind.sentence):")
            lines += finding.ids.map { "  \($0)" }
            if finding.count > finding.ids.count { lines.append("  and \(finding.count - finding.ids.count) more") }
        }
        lines.append(addsUp ? "everything adds up" : "this does not add up")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ route: RouteAccount) -> String {
        var parts = ["seen \(route.account.seen)"]
        for word in FinalWord.allCases {
            if let count = route.account.words[word], count != 0 { parts.append("\(word) \(count)") }
        }
        parts.append("waiting \(route.account.waiting)")
        let verdict = route.addsUp ? "" : "  <- but \(route.queued) in the queue"
        return "\(route.route): " + parts.joined(separator: ", ") + verdict
    }

    /// One JSON object, ids included.
    package var json: [UInt8] {
        var json = JSONLine()
        json.open("{")
        json.key("adds_up")
        json.raw(addsUp ? "true" : "false")
        json.key("routes")
        json.list(routes) { json, route in route.append(to: &json) }
        json.key("billed_deliveries")
        json.raw("\(billedDeliveries)")
        json.key("billing_records")
        json.raw("\(billingRecords)")
        json.key("beyond_retention")
        json.raw("\(beyondRetention)")
        json.key("findings")
        json.list(findings) { json, finding in finding.append(to: &json) }
        json.close("}")
        return json.bytes
    }
}

extension AuditReport.RouteAccount {
    fileprivate func append(to json: inout JSONLine) {
        json.open("{")
        json.key("route")
        json.text(route)
        json.key("adds_up")
        json.raw(addsUp ? "true" : "false")
        json.key("seen")
        json.raw("\(account.seen)")
        for word in FinalWord.allCases {
            json.key("\(word)")
            json.raw("\(account.words[word] ?? 0)")
        }
        json.key("waiting")
        json.raw("\(account.waiting)")
        json.key("queued")
        json.raw("\(queued)")
        json.close("}")
    }
}

extension AuditReport.Finding {
    fileprivate func append(to json: inout JSONLine) {
        json.open("{")
        json.key("kind")
        json.text(kind.rawValue)
        json.key("count")
        json.raw("\(count)")
        json.key("ids")
        json.list(ids) { json, id in json.text(id) }
        json.close("}")
    }
}

/// A JSON document written from left to right; commas come by themselves.
private struct JSONLine {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    mutating func text(_ text: String) {
        separate()
        JSONText.append(string: text, to: &bytes)
        needsComma = true
    }

    mutating func key(_ name: String) {
        text(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func open(_ bracket: String) {
        separate()
        bytes.append(contentsOf: bracket.utf8)
        needsComma = false
    }

    mutating func close(_ bracket: String) {
        bytes.append(contentsOf: bracket.utf8)
        needsComma = true
    }

    mutating func list<Element>(_ elements: [Element], _ append: (inout JSONLine, Element) -> Void) {
        open("[")
        for element in elements { append(&self, element) }
        close("]")
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}
