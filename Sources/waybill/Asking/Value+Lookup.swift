import Message

/// Looking into an answer that was parsed from JSON.
extension Value {
    /// A member of an object; nil where there is none.
    subscript(_ name: String) -> Value? {
        guard case .record(let record) = self else { return nil }
        return record.value(named: name)
    }

    var asText: String? { if case .text(let text) = self { text } else { nil } }

    var asInt: Int64? { if case .int(let number) = self { Int64(exactly: number) } else { nil } }

    var asBool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    var asList: [Value] { if case .list(let items) = self { items } else { [] } }

    /// Members in their order.
    var members: [(name: String, value: Value)] {
        guard case .record(let record) = self else { return [] }
        return zip(record.shape.names, record.fields).map { (name: $0.0, value: $0.1) }
    }

    /// A moment in a table: `2026-11-25T01:42:58Z`.
    var shownToTheSecond: String {
        guard let text = asText, let point = text.firstIndex(of: "."), text.last == "Z" else { return shown }
        return text[..<point] + "Z"
    }

    /// A cell of a table.
    var shown: String {
        switch self {
        case .missing: return ""
        case .text(let text): return text
        case .int(let number): return Int64(exactly: number).map(GroupedNumber.text) ?? "\(number)"
        case .bool(let flag): return flag ? "yes" : "no"
        default:
            var bytes: [UInt8] = []
            JSONText.append(self, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
